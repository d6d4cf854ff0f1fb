"""Water over the lowest point of a road or well: it rises, falls and ripples."""

from typing import Final

from simulators.course import Course
from simulators.noise import wobble

MINUTE_S: Final = 60


class WaterLevel:
    """Metres of water; set by method, from any thread, at a `now` of the line's clock (µs).

    `ripple_m` is the standard deviation of the waves, drawn anew each 100 ms from the seed.
    """

    def __init__(
        self, level_m: float = 0.0, *, deepest_m: float = 10.0, ripple_m: float = 0.0, seed: int = 0
    ) -> None:
        """Start with still water. Raises ValueError for a level that can not be."""
        self._deepest_m = deepest_m
        self._ripple_m = ripple_m
        self._seed = seed
        self._course = Course.resting(self._checked(level_m))

    def set_level(self, level_m: float) -> None:
        """Let the water stand at a level at once. Raises ValueError for what can not be."""
        self._course = Course.resting(self._checked(level_m))

    def rise(self, m_per_min: float, now: int, *, to: float | None = None) -> None:
        """Rise, fall (below 0) or stand (0) from now on, up to `to` or the end of what can be.

        Raises ValueError when `to` can not be, or lies on the other side.
        """
        end = self._deepest_m if m_per_min > 0 else 0.0
        target = end if to is None else self._checked(to)
        if m_per_min * (target - self._course.at(now)) < 0:
            raise ValueError(f"{target} m lies the other way")
        self._course = self._course.towards(target, abs(m_per_min) / MINUTE_S, now)

    def smooth_m(self, now: int) -> float:
        """Return the level without waves."""
        return self._course.at(now)

    def level_m(self, now: int) -> float:
        """Return the level with waves, never below 0; dry ground has no waves."""
        smooth = self._course.at(now)
        waves = wobble(self._seed, "water", now, self._ripple_m) if smooth else 0.0
        return max(0.0, smooth + waves)

    def _checked(self, level_m: float) -> float:
        if not 0.0 <= level_m <= self._deepest_m:
            raise ValueError(f"level is {level_m} m; it must be from 0 to {self._deepest_m}")
        return level_m
