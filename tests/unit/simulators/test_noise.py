"""Noise repeats itself, and has the spread that was asked for."""

import statistics

from simulators.noise import EVERY_US, wobble


def test_the_same_seed_name_and_time_agree() -> None:
    assert wobble(1, "x", 250_000, 0.5) == wobble(1, "x", 299_999, 0.5)
    several = {wobble(s, n, t, 0.5) for s in (1, 2) for n in "xy" for t in (0, EVERY_US)}
    assert len(several) == 8


def test_has_its_spread() -> None:
    drawn = [wobble(7, "x", n * EVERY_US, 0.2) for n in range(2000)]
    assert abs(statistics.mean(drawn)) < 0.02
    assert abs(statistics.stdev(drawn) - 0.2) < 0.02
    assert wobble(7, "x", 0, 0.0) == 0.0
