"""A person in a room, as any radar sees them: walks, sits, falls, gets up, sleeps, breathes."""

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

from simulators.course import SECOND_US, Course
from simulators.noise import wobble

STANDING_M, SITTING_M, BED_M, FLOOR_M = 1.10, 0.75, 0.55, 0.12
WALK_M_PER_S: Final = 0.7
FALL_M_PER_S: Final = 2.0
LOWER_M_PER_S: Final = 0.3
RISE_M_PER_S: Final = 0.25
BED_AT: Final = (0.3, -1.0)
BED_WAY_S: Final = 4.0
TURN_EVERY_US: Final = 420 * SECOND_US
TURN_US: Final = 3 * SECOND_US
RATE_VARIES_US: Final = 3 * SECOND_US
BREATH_PER_S: Final = 0.3
HEART_PER_S: Final = 1.0
RESTING_BREATH, RESTING_HEART = 15.0, 68.0
LOWEST_RATE, HIGHEST_RATE = 0.0, 250.0


class Doing(Enum):
    """What a person does, as another person would say it."""

    AWAY = "away"
    WALKING = "walking"
    SITTING = "sitting"
    FALLING = "falling"
    LYING = "lying"
    GETTING_UP = "getting-up"
    IN_BED = "in-bed"
    ASLEEP = "asleep"


@dataclass(frozen=True, slots=True)
class Body:
    """A person at one instant; metres from the middle of the room, rates per minute.

    x is to the right, y away from the wall with the radars, `height_m` the trunk's. `movement` is 0
    to 100; `came_down_m_s` is how fast who now lies on the floor came down.
    """

    doing: Doing
    x_m: float
    y_m: float
    height_m: float
    movement: float
    breath: float
    heart: float
    came_down_m_s: float = 0.0
    struggling: bool = False

    @property
    def in_bed(self) -> bool:
        return self.doing in (Doing.IN_BED, Doing.ASLEEP)


# How lively each doing is: movement and its spread, and by how much breath and heart quicken.
_LIVELINESS: Final = {
    Doing.AWAY: (0.0, 0.0, 1.0, 1.0),
    Doing.WALKING: (60.0, 8.0, 1.25, 1.25),
    Doing.SITTING: (4.0, 1.0, 1.0, 1.0),
    Doing.FALLING: (100.0, 0.0, 1.4, 1.4),
    Doing.LYING: (2.0, 0.7, 1.3, 1.3),
    Doing.GETTING_UP: (45.0, 6.0, 1.3, 1.3),
    Doing.IN_BED: (5.0, 1.5, 0.95, 0.95),
    Doing.ASLEEP: (1.0, 0.4, 0.85, 0.85),
}
_TURNING, _STRUGGLING = 40.0, 85.0


class Person:
    """Told what to do by method, from any thread, at a `now` of the devices' clock (µs).

    Everything between two orders follows from time and seed alone, so that any number of radars
    see the same. Starts away.
    """

    def __init__(
        self, *, breath: float = RESTING_BREATH, heart: float = RESTING_HEART, seed: int = 0
    ) -> None:
        """Set the rates at rest. Raises ValueError for a rate that nobody has."""
        self._resting = (_rate(breath), _rate(heart))
        self._seed = seed
        self._doing = Doing.AWAY
        self._since_us = 0
        self._height = Course.resting(STANDING_M)
        self._walked = Course.resting(0.0)
        self._to_bed = Course.resting(0.0)
        self._breath = Course.resting(breath)
        self._heart = Course.resting(heart)
        self._came_down = 0.0
        self._breathless = False
        self._struggling = False

    # What they do ---------------------------------------------------------------------------

    def walk(self, now: int) -> None:
        """Walk about; who was away comes in, who lay or slept gets up first."""
        if self.doing(now) in (Doing.LYING, Doing.FALLING, Doing.IN_BED, Doing.ASLEEP):
            self.get_up(now)
            return
        self._begin(Doing.WALKING, STANDING_M, RISE_M_PER_S, now)
        self._stroll(now)

    def sit(self, now: int) -> None:
        """Sit still where they are."""
        self._begin(Doing.SITTING, SITTING_M, LOWER_M_PER_S, now)

    def fall(self, now: int) -> None:
        """Fall to the floor within half a second, and lie there."""
        self._begin(Doing.FALLING, FLOOR_M, FALL_M_PER_S, now)
        self._came_down = FALL_M_PER_S

    def lie_down(self, now: int) -> None:
        """Lower themselves to the floor slowly: no fall."""
        self._begin(Doing.LYING, FLOOR_M, LOWER_M_PER_S, now)
        self._came_down = LOWER_M_PER_S

    def get_up(self, now: int) -> None:
        """Rise from floor, chair or bed, which takes seconds, and walk on."""
        self._begin(Doing.GETTING_UP, STANDING_M, RISE_M_PER_S, now)
        way_s = (STANDING_M - self._height.start) / RISE_M_PER_S
        self._stroll(now + round(way_s * SECOND_US))

    def go_to_bed(self, now: int) -> None:
        """Walk to the bed and lie down in it, awake."""
        self._begin(Doing.IN_BED, STANDING_M, RISE_M_PER_S, now)
        self._to_bed = self._to_bed.towards(1.0, 1 / BED_WAY_S, now)
        there_us = now + round(BED_WAY_S * SECOND_US)
        self._height = Course(there_us, self._height.target, BED_M, LOWER_M_PER_S)

    def sleep(self, now: int) -> None:
        """Sleep in the bed; who is elsewhere goes there first."""
        if not self._in_bed():
            self.go_to_bed(now)
        self._become(Doing.ASLEEP, now)

    def wake(self, now: int) -> None:
        """Lie awake in the bed; nothing for who is not asleep."""
        if self._doing is Doing.ASLEEP:
            self._become(Doing.IN_BED, now)

    def leave(self, now: int) -> None:
        """Leave the room."""
        self._begin(Doing.AWAY, STANDING_M, RISE_M_PER_S, now)

    # How they are ---------------------------------------------------------------------------

    def hold_breath(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Stop breathing, as in an apnoea, or breathe again."""
        self._breathless = on

    def struggle(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Move violently wherever they are, or stop that."""
        self._struggling = on

    def set_breath(self, per_min: float, now: int) -> None:
        """Set the breath rate at rest. Raises ValueError for one that nobody has."""
        self._resting = (_rate(per_min), self._resting[1])
        self._quicken(now)

    def set_heart(self, per_min: float, now: int) -> None:
        """Set the heart rate at rest. Raises ValueError for one that nobody has."""
        self._resting = (self._resting[0], _rate(per_min))
        self._quicken(now)

    # What is seen ---------------------------------------------------------------------------

    def doing(self, now: int) -> Doing:
        """Return what they do at `now`: a fall ends on the floor, getting up in walking."""
        if self._in_bed() and self._to_bed.is_moving(now):
            return Doing.WALKING
        if self._height.is_moving(now):
            return self._doing
        follows = {Doing.FALLING: Doing.LYING, Doing.GETTING_UP: Doing.WALKING}
        return follows.get(self._doing, self._doing)

    def body(self, now: int) -> Body:
        """Return how they are at `now`."""
        doing = self.doing(now)
        x_m, y_m = self._place(now)
        away = doing is Doing.AWAY
        return Body(
            doing,
            x_m,
            y_m,
            self._height.at(now),
            self._movement(doing, now),
            0.0 if away or self._breathless else self._rate_at(self._breath, "breath", 0.4, now),
            0.0 if away else self._rate_at(self._heart, "heart", 1.5, now),
            self._came_down if doing in (Doing.FALLING, Doing.LYING) else 0.0,
            self._struggling and not away,
        )

    # Inside ---------------------------------------------------------------------------------

    def _begin(self, doing: Doing, height_m: float, per_s: float, now: int) -> None:
        """Leave off what they did and move the trunk to another height."""
        if self._doing is Doing.AWAY:
            self._height = Course.resting(STANDING_M)
            self._to_bed = Course.resting(0.0)
        if doing in (Doing.WALKING, Doing.GETTING_UP):
            self._to_bed = self._to_bed.towards(0.0, 1 / BED_WAY_S, now)
        else:
            self._to_bed = Course.resting(self._to_bed.at(now))
        self._walked = Course.resting(self._walked.at(now))
        self._height = self._height.towards(height_m, per_s, now)
        self._struggling = self._struggling and doing is not Doing.AWAY
        self._become(doing, now)

    def _become(self, doing: Doing, now: int) -> None:
        self._doing = doing
        self._since_us = now
        self._quicken(now)

    def _quicken(self, now: int) -> None:
        _, _, by_breath, by_heart = _LIVELINESS[self._doing]
        breath, heart = self._resting
        self._breath = self._breath.towards(breath * by_breath, BREATH_PER_S, now)
        self._heart = self._heart.towards(heart * by_heart, HEART_PER_S, now)

    def _stroll(self, start_us: int) -> None:
        self._walked = Course(start_us, self._walked.target, math.inf, WALK_M_PER_S)

    def _in_bed(self) -> bool:
        return self._doing in (Doing.IN_BED, Doing.ASLEEP)

    def _place(self, now: int) -> tuple[float, float]:
        """Return where they are: on a figure of eight through the room, or on the way to bed."""
        walked = self._walked.at(now)
        on_path = (1.4 * math.sin(walked / 1.8), 0.9 * math.sin(walked / 0.9))
        share = self._to_bed.at(now)
        x_m, y_m = (
            one * (1 - share) + bed * share for one, bed in zip(on_path, BED_AT, strict=True)
        )
        return x_m, y_m

    def _movement(self, doing: Doing, now: int) -> float:
        if self._struggling and doing is not Doing.AWAY:
            return _bounded(_STRUGGLING + self._wobble("struggle", 6.0, now))
        usual, spread, _, _ = _LIVELINESS[doing]
        asleep_us = now - self._since_us
        if doing is Doing.ASLEEP and asleep_us % TURN_EVERY_US < TURN_US < asleep_us:
            usual = _TURNING
        return _bounded(usual + self._wobble("movement", spread, now))

    def _rate_at(self, course: Course, name: str, spread: float, now: int) -> float:
        """Return a rate as it varies from one few breaths to the next; none does not vary."""
        rate = course.at(now)
        varies = wobble(self._seed, name, now, spread if rate else 0.0, every_us=RATE_VARIES_US)
        return max(0.0, rate + varies)

    def _wobble(self, name: str, spread: float, now: int) -> float:
        return wobble(self._seed, name, now, spread, every_us=SECOND_US)


def _bounded(amount: float) -> float:
    return min(100.0, max(0.0, amount))


def _rate(per_min: float) -> float:
    if not LOWEST_RATE <= per_min <= HIGHEST_RATE:
        raise ValueError(f"a rate of {per_min} a minute: must be {LOWEST_RATE} to {HIGHEST_RATE}")
    return per_min
