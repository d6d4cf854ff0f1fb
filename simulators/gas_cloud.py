"""Gas in a well: it builds up towards what a leak feeds, and is blown out again."""

import math
from dataclasses import dataclass
from typing import Final

SECOND_US: Final = 1_000_000
RICHEST: Final = 20.0  # pure methane is twenty times its lower explosive limit


@dataclass(frozen=True, slots=True)
class _Drift:
    since_us: int
    start: float
    target: float
    tau_s: float

    def at(self, now: int) -> float:
        elapsed_s = max(0, now - self.since_us) / SECOND_US
        left = math.exp(-elapsed_s / self.tau_s) if self.tau_s else 0.0
        return self.target + (self.start - self.target) * left


class GasCloud:
    """Concentration as part of the lower explosive limit (0.20 = 20 %LEL).

    Set by method, from any thread, at a `now` of the line's clock (µs). Between two orders it only
    rises or only falls.
    """

    def __init__(self, level: float = 0.0) -> None:
        """Start with still air. Raises ValueError for a level that can not be."""
        self._drift = _Drift(0, _checked(level), _checked(level), 0.0)

    def set_level(self, level: float) -> None:
        """Bring the air to a level at once. Raises ValueError unless from 0 to pure gas."""
        self._drift = _Drift(0, _checked(level), level, 0.0)

    def leak(self, towards: float, now: int, *, tau_s: float = 20.0) -> None:
        """Build up from now on; after `tau_s` 63 % of the way is done, after five times that all.

        Raises ValueError for a level or a time that can not be.
        """
        if tau_s < 0 or not math.isfinite(tau_s):
            raise ValueError(f"tau_s is {tau_s}; it must be 0 or more")
        self._drift = _Drift(now, self.level(now), _checked(towards), tau_s)

    def ventilate(self, now: int, *, tau_s: float = 10.0) -> None:
        """Close the leak and blow the gas out. Raises ValueError for a time that can not be."""
        self.leak(0.0, now, tau_s=tau_s)

    def level(self, now: int) -> float:
        """Return the true concentration at `now`."""
        return self._drift.at(now)


def _checked(level: float) -> float:
    if not 0.0 <= level <= RICHEST:
        raise ValueError(f"gas level is {level}; it must be from 0 to {RICHEST:g} times the LEL")
    return level
