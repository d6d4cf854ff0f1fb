"""A Seeed MR60BHA2 radar as its host sees it: breath, heart and distance eight times a second."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from simulators.person import Body
from simulators.radar_eye import WALL_M, Motion, RadarEye, distance_m, motion_of
from simulators.stream_radar import LOOK_US, SECOND_US, Said, Timed
from simulators.tiny_frame import TinyFrame
from simulators.tiny_radar import TinyRadar, answer, floats, u32

DEBUG, TARGETS, PHASES, BREATH = 0x0100, 0x0A04, 0x0A13, 0x0A14
HEART, DISTANCE, PRESENCE, FIRMWARE = 0x0A15, 0x0A16, 0x0F09, 0xFFFF
REPORT_US: Final = 125_000
WARM_UP_S: Final = 60.0
ABSENT_US: Final = 3 * SECOND_US
VITALS_REACH_M: Final = 1.5
CM_PER_M: Final = 100
DOPPLER_CM_PER_S: Final = 17.28
MOST_TARGETS: Final = 3
VITALS: Final = ("breath", "heart")
REST: Final[Mapping[str, float]] = {
    "breath": 0.0, "heart": 0.0, "valid": 0, "distance": 0.0, "presence": 0,
}  # fmt: skip
RATES_PER_MINUTE: Final = 60


class VitalsRadar(TinyRadar):
    """The radar: every report comes at 8 Hz; breath and heart are 0.0 without a lock.

    It locks on who is still, within 1.5 m, after a minute of warm-up. Sources: the protocol notes
    of duramson/mr60bha2-radar (firmware 1.6.12) and Hi-Link's of the LD6002; where they contradict
    each other as devices.md decides: 0A16 is a flag, then centimetres. Assumed: absent after 3 s.
    """

    NAMES = ("breath", "heart", "distance", "presence", "phases", "targets", "debug")

    def __init__(
        self,
        *,
        first_id: int = 0,
        warm_up_s: float = WARM_UP_S,
        firmware: tuple[int, int, int, int] = (1, 1, 6, 12),
        boot_us: int = 500_000,
        record: bool = False,
        seed: int = 0,
    ) -> None:
        """Make a radar in an empty room; `firmware` is project, major, sub, modified."""
        super().__init__(REST, {}, {}, first_id=first_id, boot_us=boot_us, record=record, seed=seed)
        self._firmware = firmware
        self._warm_up_us = round(warm_up_s * SECOND_US)
        self._warm_us = 0
        self._now = 0
        self._eye = RadarEye()
        self._targets: list[tuple[float, float, int]] = []
        self._before: list[float] = []
        self._phase = dict.fromkeys(VITALS, 0.0)

    # Conditions ----------------------------------------------------------------------------

    def set_presence(self, present: bool) -> None:  # noqa: FBT001 - reads as a sentence
        self.conditions.put("presence", int(present))

    def set_rate(self, name: str, per_min: float) -> None:
        """Set `breath` or `heart` a minute, 0.0 for no lock. Raises ValueError for any other."""
        if name not in VITALS or not 0.0 <= per_min <= 250.0:  # noqa: PLR2004 - nobody has more
            raise ValueError(f"{name} {per_min}: breath or heart, 0 to 250 a minute")
        self.conditions.put(name, per_min)

    def set_distance(self, centimetres: float | None) -> None:
        """Set the distance, None for no target."""
        self.conditions.put("valid", int(centimetres is not None))
        self.conditions.put("distance", centimetres or 0.0)

    def warm_up(self, seconds: float, now: int) -> None:
        """Lose the lock and find it again after so long; everything else goes on."""
        self._warm_us = now + round(seconds * SECOND_US)

    # Inside --------------------------------------------------------------------------------

    def _begin(self, now: int) -> None:
        super()._begin(now)
        self._warm_us = now + self._boot_us + self._warm_up_us
        self._eye = RadarEye()
        self._targets, self._before = [], []

    def due(self, now: int) -> bytes:
        """Return what the radar sends by itself by `now` (µs)."""
        self._now = now
        return super().due(now)

    def _told(self, name: str) -> float:
        return 0.0 if name in VITALS and self._now < self._warm_us else self.conditions[name]

    def _look(self, bodies: Sequence[Body], now: int) -> None:
        body = bodies[0] if bodies else None
        locked = (
            body is not None
            and motion_of(body) is Motion.STATIC
            and distance_m(body) <= VITALS_REACH_M
        )
        sense = self.conditions.sense
        sense("breath", body.breath if body is not None and locked else 0.0)
        sense("heart", body.heart if body is not None and locked else 0.0)
        sense("valid", body is not None)
        sense("distance", 0.0 if body is None else distance_m(body) * CM_PER_M)
        sense("presence", self._eye.presence(body, now, absent_us=ABSENT_US))
        away_m = [distance_m(one) for one in bodies[:MOST_TARGETS]]
        self._targets = [
            (one.x_m, one.y_m + WALL_M, self._doppler(index, away_m[index]))
            for index, one in enumerate(bodies[:MOST_TARGETS])
        ]
        self._before = away_m

    def _doppler(self, index: int, away_m: float) -> int:
        """Return how fast a target goes away, in the device's steps."""
        if index >= len(self._before):
            return 0
        speed_cm_s = (away_m - self._before[index]) * CM_PER_M * SECOND_US / LOOK_US
        return round(speed_cm_s / DOPPLER_CM_PER_S)

    def _timed(self) -> dict[str, Timed]:
        makers = {
            "breath": lambda _: self._frame(BREATH, floats(self._told("breath"))),
            "heart": lambda _: self._frame(HEART, floats(self._told("heart"))),
            "distance": lambda _: self._frame(DISTANCE, self._distance()),
            "presence": lambda _: self._frame(PRESENCE, u32(self._told("presence"))),
            "phases": lambda _: self._frame(PHASES, self._phases()),
            "targets": lambda _: self._frame(TARGETS, self._target_list()),
            "debug": lambda _: self._frame(DEBUG, self._debug()),
        }
        return {name: (REPORT_US, make) for name, make in makers.items()}

    def _distance(self) -> bytes:
        valid = self._told("valid")
        return u32(valid) + floats(self._told("distance") if valid else 0.0)

    def _phases(self) -> bytes:
        for name in VITALS:
            turns = self._told(name) / RATES_PER_MINUTE * REPORT_US / SECOND_US
            self._phase[name] = (self._phase[name] + math.tau * turns) % math.tau
        return floats(sum(self._phase.values()), *(self._phase[name] for name in VITALS))

    def _target_list(self) -> bytes:
        data = u32(len(self._targets))
        for cluster, (x_m, y_m, doppler) in enumerate(self._targets):
            data += floats(x_m, y_m) + doppler.to_bytes(4, "little", signed=True) + u32(cluster)
        return data

    def _debug(self) -> bytes:
        breath = self._told("breath")
        text = f"breath rate = {breath:.6f} " if breath else f"invalid BR = {breath:.6f} "
        return text.encode("ascii") + b"\x00"

    def _answer(self, frame: TinyFrame, now: int) -> Said | None:
        if frame.kind != FIRMWARE or frame.data or not self._is_ready(now):
            return None
        project, major, sub, modified = self._firmware
        halves = sub.to_bytes(2, "little") + modified.to_bytes(2, "little")
        return answer(frame, u32(project) + u32(major) + halves)
