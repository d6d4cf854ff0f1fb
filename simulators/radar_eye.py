"""What a radar makes of a person: presence, motion, a fall, stillness, each after its delay."""

from enum import IntEnum
from math import dist
from typing import Final

from simulators.held import Held
from simulators.person import Body

ACTIVE_FROM: Final = 15.0
SEEN_AFTER_US: Final = 500_000
FALL_FROM_M_PER_S: Final = 1.0
WALL_M: Final = 2.0


class Motion(IntEnum):
    """What the radar makes of a person's motion."""

    NONE = 0
    STATIC = 1
    ACTIVE = 2


def motion_of(body: Body | None) -> Motion:
    """Return how a person moves: only breath and a fidget are static."""
    if body is None:
        return Motion.NONE
    return Motion.ACTIVE if body.movement >= ACTIVE_FROM else Motion.STATIC


def distance_m(body: Body) -> float:
    """Return how far a person is from a radar in the middle of the wall."""
    return dist((body.x_m, body.y_m), (0.0, -WALL_M))


class RadarEye:
    """The decisions that need time; asked at least a few times a second."""

    def __init__(self) -> None:
        """Start in an empty room."""
        self._presence = Held()
        self._fall = Held()
        self._still = Held()

    def presence(self, body: Body | None, now: int, *, absent_us: int) -> bool:
        """Tell of somebody within half a second, of nobody after `absent_us`."""
        return self._presence.at(now, so=body is not None, on_us=SEEN_AFTER_US, off_us=absent_us)

    def fall(self, body: Body | None, now: int, *, below_m: float, after_us: int) -> bool:
        """Tell of a trunk that came down fast and has been below a height for so long."""
        down = (
            body is not None and body.came_down_m_s >= FALL_FROM_M_PER_S and body.height_m < below_m
        )
        return self._fall.at(now, so=down, on_us=after_us)

    def still(self, body: Body | None, now: int, *, after_us: int) -> bool:
        """Tell of somebody who has not moved for so long."""
        return self._still.at(now, so=motion_of(body) is Motion.STATIC, on_us=after_us)
