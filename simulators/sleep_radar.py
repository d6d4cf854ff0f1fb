"""A MicRadar R60ABD1 radar as its host sees it: breath, heart, bed and sleep of one person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sin, tau
from typing import ClassVar, Final

from simulators.person import Body
from simulators.r60_radar import ACKNOWLEDGED, R60Radar
from simulators.r60_words import FIRMWARE, HARDWARE, ID, MODEL
from simulators.sleep_book import Stage
from simulators.sleep_eye import (
    BREATH_MOST,
    FINE,
    HEART_LEAST,
    HEART_MOST,
    NO_BREATH,
    NOT_ABNORMAL,
    SleepEye,
    breath_state,
)
from simulators.sleep_words import WORDS
from simulators.stream_radar import SECOND_US, Said, Timed

NEGATIVE: Final = 0x8000
WAVE_MIDDLE: Final = 128
WAVE_POINTS: Final = 5
WAVES: Final = {"breath_wave": ("breath", 40.0), "heart_wave": ("heart", 18.0)}
NO_BED: Final = 2
MINUTE_S: Final = 60

REST: Final[Mapping[str, float]] = {
    "in_range": 1, "presence": 0, "motion": 0, "movement": 0, "distance": 0,
    "x": 0, "y": 0, "z": 0, "breath_state": NO_BREATH, "breath": 0, "heart": 0,
    "bed": 0, "sleep": Stage.NONE, "abnormal": NOT_ABNORMAL, "struggle": FINE, "no_person": FINE,
}  # fmt: skip
ON_CHANGE: Final = (
    "in_range", "presence", "motion", "breath_state", "bed", "abnormal", "struggle", "no_person",
)  # fmt: skip
SWITCH_OF: Final = {
    "breath": "breath_switch",
    "breath_state": "breath_switch",
    "heart": "heart_switch",
    "struggle": "struggle_switch",
    "no_person": "no_person_switch",
}
OF_SLEEP: Final = ("bed", "sleep", "abnormal")
OFF: Final[Mapping[str, float]] = {"bed": NO_BED, "sleep": Stage.NONE, "abnormal": NOT_ABNORMAL}
EVERY_S: Final = {
    "presence": {"movement": 1, "distance": 2, "position": 2},
    "breath": {"breath": 3, "breath_wave": 1},
    "heart": {"heart": 3, "heart_wave": 1},
    "sleep": dict.fromkeys(("sleep", "awake_min", "light_min", "deep_min", "composite"), 600),
}
STAGE_OF: Final = {
    "awake_min": Stage.AWAKE,
    "light_min": Stage.LIGHT,
    "deep_min": Stage.DEEP,
}


class SleepRadar(R60Radar):
    """The radar beside a bed; times are the manual's: absent after 40 s, out of bed after 30 s.

    Presence, motion, bed and the alarms are sent once, on change. Breath is 0 to 35, heart 60 to
    120 a minute (0 without a person): the device tells of no other. Source: maker's manual V3.0
    (2024-08-05). Assumed, as the manual is silent: a heartbeat each 60 s, what the alarms need
    (struggle for 10, 5 or 2 s by sensitivity), and that rates are only found of who lies still.
    """

    WORDS = WORDS
    NAMES = tuple(WORDS.reports)
    REST = REST
    MADE: ClassVar = {
        MODEL: b"R60ABD1",
        ID: b"0",
        HARDWARE: b"G60BD1",
        FIRMWARE: b"G60BD1SYv030000",
    }

    _eye: SleepEye
    _wave_at: dict[str, float]

    # Conditions ----------------------------------------------------------------------------

    def set_breath(self, per_min: int) -> None:
        """Set the breath rate and the state that follows from it. Raises ValueError above 35."""
        if not 0 <= per_min <= BREATH_MOST:
            raise ValueError(f"breath {per_min}: this radar tells 0 to {BREATH_MOST} a minute")
        self.conditions.put("breath", per_min)
        state = breath_state(per_min, self.settings["breath_low"])
        self.conditions.put("breath_state", state)

    def set_heart(self, per_min: int) -> None:
        """Set the heart rate, 0 for none. Raises ValueError for one that it never tells."""
        if per_min != 0 and not HEART_LEAST <= per_min <= HEART_MOST:
            told = f"{HEART_LEAST} to {HEART_MOST}"
            raise ValueError(f"heart {per_min}: this radar tells only {told} a minute, or 0")
        self.conditions.put("heart", per_min)

    def report_wave(self, name: str, samples: bytes) -> None:
        """Send one second of `breath_wave` or `heart_wave`: five bytes around 128."""
        if name not in WAVES or len(samples) != WAVE_POINTS:
            raise ValueError(f"{name}: a wave is breath_wave or heart_wave, of five bytes")
        self._say(self._report(name, samples))

    # Inside --------------------------------------------------------------------------------

    def _begin(self, now: int) -> None:  # noqa: ARG002 - a new book has no date
        self._eye = SleepEye(self.conditions.sense, self.settings)
        self._wave_at = dict.fromkeys(WAVES, 0.0)

    def _look(self, bodies: Sequence[Body], now: int) -> None:
        ended = self._eye.look(bodies[0] if bodies else None, now)
        if ended and self._is_on("sleep"):
            for name in ("score", "night", "rating"):
                self._say(self._report(name, self._data(name)))

    def _is_on(self, name: str) -> bool:
        """Tell whether the function that finds a condition is switched on."""
        if name in OF_SLEEP:
            return self.settings["sleep_switch"] == 1 and self.settings["mode"] == 1
        return self.settings[SWITCH_OF.get(name, "presence_switch")] == 1

    def _told(self, name: str) -> float:
        return self.conditions[name] if self._is_on(name) else OFF.get(name, 0)

    def _first(self, now: int) -> Iterable[Said]:  # noqa: ARG002 - the same at any time
        yield self._report("init", ACKNOWLEDGED)
        who = {"model": MODEL, "id": ID, "hardware": HARDWARE, "firmware": FIRMWARE}
        for name, command in who.items():
            yield self._report(name, self._identity[command])
        for name in ON_CHANGE:
            if self._is_on(name) and self.conditions[name] != REST[name]:
                yield name, self._reported(name)

    def _changed(self, name: str, value: float) -> Iterable[Said]:
        if name not in ON_CHANGE or not self._is_on(name):
            return ()
        return (self._report(name, bytes((int(value),))),)

    def _timed(self) -> dict[str, Timed]:
        timed: dict[str, Timed] = {"heartbeat": (MINUTE_S * SECOND_US, self._making("heartbeat"))}
        for function, reports in EVERY_S.items():
            if self._is_on(function):
                for name, seconds in reports.items():
                    timed[name] = (seconds * SECOND_US, self._making(name))
        return timed

    def _making(self, name: str) -> Callable[[int], bytes]:
        def make(_now: int) -> bytes:
            frame = self._reported(name)
            if name == "composite":
                self._eye.book.close_window()
            return frame

        return make

    def _data(self, name: str) -> bytes:
        if name in WAVES:
            return self._wave(name)
        if name in STAGE_OF:
            return self._eye.book.night.minutes(STAGE_OF[name]).to_bytes(2, "big")
        special: dict[str, Callable[[], bytes]] = {
            "heartbeat": lambda: ACKNOWLEDGED,
            "distance": lambda: int(self._told("distance")).to_bytes(2, "big"),
            "position": lambda: b"".join(_sign_magnitude(self._told(one)) for one in "xyz"),
            "composite": self._window,
            "score": lambda: bytes((self._eye.book.last.score,)),
            "rating": lambda: bytes((self._eye.book.last.rating,)),
            "night": lambda: self._eye.book.last.data,
        }
        return special[name]() if name in special else super()._data(name)

    def _window(self) -> bytes:
        present = self._told("presence") == 1
        return self._eye.book.window_data(present=present, stage=int(self._told("sleep")))

    def _wave(self, name: str) -> bytes:
        """Return the next second of a wave; without a rate it is flat."""
        condition, swing = WAVES[name]
        step = self._told(condition) / MINUTE_S / WAVE_POINTS
        points = []
        for _ in range(WAVE_POINTS):
            self._wave_at[name] = (self._wave_at[name] + step) % 1.0
            points.append(WAVE_MIDDLE + round(swing * sin(tau * self._wave_at[name])))
        return bytes(points) if step else bytes((WAVE_MIDDLE,)) * WAVE_POINTS


def _sign_magnitude(centimetres: float) -> bytes:
    """Bit 15 is the sign, 1 for negative; the rest the amount."""
    amount = min(NEGATIVE - 1, abs(round(centimetres)))
    return (amount | (NEGATIVE if centimetres < 0 else 0)).to_bytes(2, "big")
