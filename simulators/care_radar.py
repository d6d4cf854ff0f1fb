"""A MicRadar R60AFD1 fall radar as its host sees it: reports on change, answers, reboots."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from simulators.care_words import ACCUMULATION_QUERY, AUTO_HEIGHT_QUERY, HEIGHTS_QUERY, WORDS
from simulators.person import Body
from simulators.r60_frame import RadarFrame, encode
from simulators.r60_radar import ACKNOWLEDGED, R60Radar
from simulators.r60_words import FIRMWARE, HARDWARE, ID, MODEL
from simulators.radar_eye import Motion, RadarEye, motion_of
from simulators.stream_outlet import ANSWER
from simulators.stream_radar import SECOND_US, Said, Timed

MINUTE_US: Final = 60 * SECOND_US
CM_PER_M: Final = 100
ON_CHANGE: Final = ("presence", "motion", "fall", "still")
SWITCH_OF: Final = {"fall": "fall_switch", "still": "still_switch"}
REST: Final = {"presence": 0, "motion": 0, "movement": 0, "fall": 0, "still": 0}


class CareRadar(R60Radar):
    """The radar: conditions are set by method, from any thread; `due` and `received` give bytes.

    A condition is what the radar has decided (after its own delays). Presence, motion, fall and
    stay-still are sent once, on change; a lost frame is never repeated. The first `due` powers the
    radar on. Source: maker's user manual V1.6 (2023-06-07). Assumed, as the manual is silent: what
    is out of range or unknown gets no answer, a switched-off function reports 0 to a query, and
    conditions that still hold after a reboot are reported again.
    """

    WORDS = WORDS
    NAMES = tuple(WORDS.reports)
    REST = REST
    MADE: ClassVar = {
        MODEL: b"R60AFD1",
        ID: b"0",
        HARDWARE: b"G60FD1",
        FIRMWARE: b"G60FD1SYv010104",
    }

    _position = (0, 0)
    _heights = bytes(6)
    _eye: RadarEye

    # Conditions ----------------------------------------------------------------------------

    def set_presence(self, present: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Let somebody come or go; who leaves takes motion and movement along."""
        self.conditions.put("presence", int(present))
        if not present:
            self.set_motion(Motion.NONE)
            self.set_movement(0)

    def set_motion(self, motion: Motion) -> None:
        self.conditions.put("motion", int(motion))

    def set_movement(self, amount: int) -> None:
        """Set the body movement, 0–100, that is sent each second."""
        self.conditions.put("movement", max(0, min(100, amount)))

    def set_fall(self, fallen: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Let the radar decide that somebody fell, or got up."""
        self.conditions.put("fall", int(fallen))

    def set_still(self, still: bool) -> None:  # noqa: FBT001 - reads as a sentence
        self.conditions.put("still", int(still))

    def set_position(self, x: int, y: int) -> None:
        """Set the trajectory point; sent as two's complement (the manual gives no sign rule).

        Raises ValueError beyond 16 bits.
        """
        if not all(-0x8000 <= part <= 0x7FFF for part in (x, y)):  # noqa: PLR2004 - 16 bits
            raise ValueError(f"position {x}, {y} does not fit into two 16-bit numbers")
        self._position = (x, y)

    def report_heights(self, total: int, shares: tuple[int, int, int, int]) -> None:
        """Send the height statistics: a total and the % of 0–0.5, 0.5–1, 1–1.5, 1.5–2 m."""
        self._heights = total.to_bytes(2, "big") + bytes(shares)
        self._say(self._report("heights", self._heights))

    def report_chip_fault(self, code: int) -> None:
        """Send 0 ok, 1 radar chip exception, 2 encryption exception."""
        self._say(self._report("chip_fault", bytes((code,))))

    # Inside --------------------------------------------------------------------------------

    def _begin(self, now: int) -> None:  # noqa: ARG002 - the eye needs no time
        self._eye = RadarEye()

    def _look(self, bodies: Sequence[Body], now: int) -> None:
        body = bodies[0] if bodies else None
        found, eye, sense = self.settings, self._eye, self.conditions.sense
        sense("presence", eye.presence(body, now, absent_us=found["absence_s"] * SECOND_US))
        sense("motion", motion_of(body))
        sense("movement", 0 if body is None else round(body.movement))
        below_m = found["break_height_cm"] / CM_PER_M
        fallen_us = found["fall_duration_s"] * SECOND_US
        sense("fall", eye.fall(body, now, below_m=below_m, after_us=fallen_us))
        sense("still", eye.still(body, now, after_us=found["still_duration_s"] * SECOND_US))
        if body is not None:
            self._position = (round(body.x_m * CM_PER_M), round(body.y_m * CM_PER_M))

    def _told(self, name: str) -> float:
        on = self.settings[SWITCH_OF.get(name, "presence_switch")] == 1
        return self.conditions[name] if on else 0

    def _first(self, now: int) -> Iterable[Said]:  # noqa: ARG002 - the same at any time
        init = self._report("init", ACKNOWLEDGED)
        return [init, self._report("scenario", b"\x00"), *self._holding(ON_CHANGE)]

    def _changed(self, name: str, value: float) -> Iterable[Said]:
        if name not in ON_CHANGE or self.settings[SWITCH_OF.get(name, "presence_switch")] != 1:
            return ()
        return (self._report(name, bytes((int(value),))),)

    def _timed(self) -> dict[str, Timed]:
        timed: dict[str, Timed] = {
            "heartbeat": (MINUTE_US, lambda _: self._report("heartbeat", ACKNOWLEDGED)[1]),
            "uptime": (MINUTE_US, self._uptime),
        }
        if self.settings["presence_switch"]:
            timed["movement"] = (SECOND_US, lambda _: self._reported("movement"))
        if self.settings["trajectory_switch"] and self.conditions["presence"]:
            period_us = self.settings["trajectory_period_s"] * SECOND_US
            timed["trajectory"] = (period_us, lambda _: self._reported("trajectory"))
        return timed

    def _uptime(self, now: int) -> bytes:
        return self._report("uptime", self._running_s(now).to_bytes(4, "big"))[1]

    def _data(self, name: str) -> bytes:
        if name == "trajectory":
            return b"".join(part.to_bytes(2, "big", signed=True) for part in self._position)
        return super()._data(name)

    def _asked(self, frame: RadarFrame) -> Said | None:
        if frame.key == HEIGHTS_QUERY:
            return self._report("heights", self._heights)
        others = {
            ACCUMULATION_QUERY: self._heights[:2],
            AUTO_HEIGHT_QUERY: self.settings["installed_height_cm"].to_bytes(2, "big"),
        }
        if frame.key in others:
            return ANSWER, encode(RadarFrame(*frame.key, others[frame.key]))
        return super()._asked(frame)
