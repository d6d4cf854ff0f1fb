"""A Seeed MR60FDA2 fall radar as its host sees it: fall and presence told without pause."""

import math
import struct
from collections.abc import Mapping, Sequence
from typing import Final

from simulators.person import Body
from simulators.radar_eye import RadarEye
from simulators.stream_radar import SECOND_US, Said, Timed
from simulators.tiny_frame import TinyFrame
from simulators.tiny_radar import TinyRadar, answer, floats, u32

FALL, PRESENCE = 0x0E02, 0x0F09
SET_HEIGHT, GET_PARAMETERS, SET_THRESHOLD = 0x0E04, 0x0E06, 0x0E08
SET_SENSITIVITY, SET_RECTANGLE, TARGET_HEIGHT = 0x0E0A, 0x0E0C, 0x0E0E
FACTORY_RESET: Final = 0x2110
REPORT_US: Final = 200_000
ABSENT_US: Final = 3 * SECOND_US
SIDES: Final = ("rect_left_m", "rect_right_m", "rect_front_m", "rect_back_m")
FACTORY: Final[Mapping[str, float]] = {
    "height_m": 2.2, "threshold_m": 0.5, "sensitivity": 3, **dict.fromkeys(SIDES, 0.5),
}  # fmt: skip
# Above the first, up to the second: the height is Seeed's, the others are assumed.
LIMITS: Final = {
    "height_m": (1.0, 5.0),
    "threshold_m": (0.0, 5.0),
    "sensitivity": (0, 100),
    **dict.fromkeys(SIDES, (0.0, 10.0)),
}
REST: Final = {"fall": 0, "presence": 0, "target_height": 0.0}
U32_LENGTH: Final = 4


class FallRadar(TinyRadar):
    """The radar: fall and presence come again and again, so that a lost frame is soon repeated.

    Sources: Seeed's library and the frames of mr60fda2-proto; the same words as Hi-Link LD6002C.
    Assumed, as they are silent: five reports a second, absent after 3 s, a fall after as many
    reports as the sensitivity says, 0 for a setting out of range, no answer to a factory reset.
    The alarm rectangle is kept and told, but everybody in the room is inside it.
    """

    NAMES = ("fall", "presence", "target_height")

    def __init__(
        self,
        *,
        settings: Mapping[str, float] | None = None,
        zones: bool = True,
        first_id: int = 0,
        boot_us: int = 500_000,
        record: bool = False,
        seed: int = 0,
    ) -> None:
        """Make a radar in an empty room. Raises ValueError for a setting that it can not have.

        Without `zones` it is an older one, whose parameters end before the alarm rectangle.
        """
        for name, value in (settings or {}).items():
            if name not in LIMITS or not _allows(name, value):
                raise ValueError(f"the radar has no setting {name} = {value}")
        super().__init__(
            REST,
            FACTORY,
            settings or {},
            first_id=first_id,
            boot_us=boot_us,
            record=record,
            seed=seed,
        )
        self._zones = zones
        self._tells_height = False
        self._eye = RadarEye()

    def set_presence(self, present: bool) -> None:  # noqa: FBT001 - reads as a sentence
        self.conditions.put("presence", int(present))

    def set_fall(self, fallen: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Let the radar decide that somebody fell, or got up."""
        self.conditions.put("fall", int(fallen))

    # Inside --------------------------------------------------------------------------------

    def _begin(self, now: int) -> None:
        super()._begin(now)
        self._eye = RadarEye()
        self._tells_height = False

    def _look(self, bodies: Sequence[Body], now: int) -> None:
        body = bodies[0] if bodies else None
        below_m, frames = self.settings["threshold_m"], self.settings["sensitivity"]
        after_us = round(frames * REPORT_US)
        sense = self.conditions.sense
        sense("fall", self._eye.fall(body, now, below_m=below_m, after_us=after_us))
        sense("presence", self._eye.presence(body, now, absent_us=ABSENT_US))
        sense("target_height", 0.0 if body is None else body.height_m)

    def _timed(self) -> dict[str, Timed]:
        timed: dict[str, Timed] = {
            "fall": (REPORT_US, lambda _: self._frame(FALL, self._flag("fall"))),
            "presence": (REPORT_US, lambda _: self._frame(PRESENCE, self._flag("presence"))),
        }
        if self._tells_height:
            timed["target_height"] = (REPORT_US, lambda _: self._height())
        return timed

    def _flag(self, name: str) -> bytes:
        return bytes((int(self._told(name)),))

    def _height(self) -> bytes:
        return self._frame(TARGET_HEIGHT, floats(self._told("target_height")))

    def _answer(self, frame: TinyFrame, now: int) -> Said | None:
        if not self._is_ready(now):
            return None
        if frame.kind == GET_PARAMETERS and not frame.data:
            return answer(frame, self._parameters())
        if frame.kind == FACTORY_RESET and not frame.data:
            self.settings.restore_factory()
            return None
        if frame.kind == TARGET_HEIGHT and not frame.data:
            self._tells_height = True
            return None
        given = _given(frame)
        if given is None:
            return None
        taken = all(_allows(name, value) for name, value in given.items())
        if taken:
            self.settings.update(given)
        return answer(frame, bytes((taken,)))

    def _parameters(self) -> bytes:
        found = self.settings
        data = floats(found["height_m"], found["threshold_m"]) + u32(found["sensitivity"])
        return data + floats(*(found[side] for side in SIDES)) if self._zones else data


def _given(frame: TinyFrame) -> dict[str, float] | None:
    """Return the settings that a command carries, None if it is none or of a wrong length."""
    names = {
        SET_HEIGHT: ("height_m",),
        SET_THRESHOLD: ("threshold_m",),
        SET_RECTANGLE: SIDES,
    }.get(frame.kind)
    if frame.kind == SET_SENSITIVITY and len(frame.data) == U32_LENGTH:
        return {"sensitivity": int.from_bytes(frame.data, "little")}
    if names is None or len(frame.data) != struct.calcsize(f"<{len(names)}f"):
        return None
    return dict(zip(names, struct.unpack(f"<{len(names)}f", frame.data), strict=True))


def _allows(name: str, value: float) -> bool:
    above, most = LIMITS[name]
    return math.isfinite(value) and above < value <= most
