"""A quantity on its way in a straight line: a water level, the angle of a cover."""

from dataclasses import dataclass
from typing import Self

SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Course:
    """From `start` at `since_us` towards `target`, `per_s` units a second, and then it stays."""

    since_us: int
    start: float
    target: float
    per_s: float

    def __post_init__(self) -> None:
        """Raise ValueError for a speed below 0: the target gives the direction."""
        if self.per_s < 0:
            raise ValueError(f"per_s is {self.per_s}; the target gives the direction")

    @classmethod
    def resting(cls, value: float) -> Self:
        """Return the course of what does not move."""
        return cls(0, value, value, 0.0)

    def at(self, now: int) -> float:
        """Return the value at `now` (µs of one clock); the start for any time before it."""
        way = self.target - self.start
        travelled = self.per_s * max(0, now - self.since_us) / SECOND_US
        if travelled >= abs(way):
            return self.target
        return self.start + (travelled if way > 0 else -travelled)

    def is_moving(self, now: int) -> bool:
        return self.at(now) != self.target

    def towards(self, target: float, per_s: float, now: int) -> "Course":
        """Return the course that leaves for another target from where it is at `now`.

        A speed of 0 stops it there.
        """
        here = self.at(now)
        return Course(now, here, target if per_s else here, per_s)
