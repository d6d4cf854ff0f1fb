"""Gas builds up, is blown out, and never exceeds pure gas."""

import math

import pytest

from simulators.gas_cloud import GasCloud

S = 1_000_000


def test_builds_up_and_is_blown_out() -> None:
    cloud = GasCloud()
    cloud.leak(0.6, 0, tau_s=20)
    assert cloud.level(20 * S) == pytest.approx(0.6 * (1 - math.exp(-1)))
    assert cloud.level(900 * S) == pytest.approx(0.6)
    cloud.ventilate(900 * S, tau_s=10)
    assert cloud.level(910 * S) == pytest.approx(0.6 / math.e)
    cloud.set_level(0.25)
    assert cloud.level(0) == 0.25
    cloud.leak(0.5, 5, tau_s=0)
    assert cloud.level(5) == 0.5


@pytest.mark.parametrize("level", [-0.1, 20.5, math.nan])
def test_levels_that_can_not_be(level: float) -> None:
    with pytest.raises(ValueError, match="gas level"):
        GasCloud(level)
    with pytest.raises(ValueError, match="gas level"):
        GasCloud().leak(level, 0)


@pytest.mark.parametrize("tau", [-1, math.inf, math.nan])
def test_times_that_can_not_be(tau: float) -> None:
    with pytest.raises(ValueError, match="tau_s"):
        GasCloud().ventilate(0, tau_s=tau)
