"""Water rises, falls, stands, ripples; what can not be is refused."""

import pytest

from simulators.water_level import WaterLevel

MINUTE = 60_000_000


def test_rises_and_falls() -> None:
    water = WaterLevel(0.1)
    water.rise(0.05, 0)
    assert water.level_m(2 * MINUTE) == pytest.approx(0.2)
    water.rise(-0.1, 2 * MINUTE)
    assert water.level_m(3 * MINUTE) == pytest.approx(0.1)
    assert water.level_m(9 * MINUTE) == 0.0


def test_rises_to_a_mark_and_stands() -> None:
    water = WaterLevel()
    water.rise(0.6, 0, to=0.3)
    assert water.level_m(MINUTE) == pytest.approx(0.3)
    water.rise(0, MINUTE)
    water.set_level(0.27)
    assert water.smooth_m(9 * MINUTE) == 0.27


def test_ripples_repeat_and_dry_ground_has_none() -> None:
    one, same = (WaterLevel(0.5, ripple_m=0.01, seed=3) for _ in range(2))
    assert [one.level_m(n * 100_000) for n in range(9)] == [
        same.level_m(n * 100_000) for n in range(9)
    ]
    assert len({one.level_m(n * 100_000) for n in range(9)}) == 9
    assert WaterLevel(ripple_m=0.01).level_m(5) == 0.0


def test_what_can_not_be() -> None:
    with pytest.raises(ValueError, match="level is -0"):
        WaterLevel(-0.1)
    water = WaterLevel(0.5, deepest_m=2.0)
    with pytest.raises(ValueError, match=r"to 2\.0"):
        water.rise(1, 0, to=3.0)
    with pytest.raises(ValueError, match="other way"):
        water.rise(-1, 0, to=0.6)
