"""Noise of a sensor that repeats itself: the same seed, name and time give the same value."""

import random
from typing import Final

EVERY_US: Final = 100_000


def wobble(seed: int, name: str, now: int, spread: float, *, every_us: int = EVERY_US) -> float:
    """Return Gaussian noise around 0 with this standard deviation; 0 for a spread of 0.

    It is drawn anew each `every_us`, so that two reads of one moment agree.
    """
    if not spread:
        return 0.0
    drawn = random.Random(f"{seed}/{name}/{now // every_us}")  # noqa: S311 - repeatable, not secret
    return drawn.gauss(0.0, spread)
