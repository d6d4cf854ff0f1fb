"""Quantiles within two per cent, the maximum exact, in bounded memory."""

from random import Random

from simulators.fleet.latency import Latency


def test_nothing_counted_has_no_quantile() -> None:
    assert Latency().quantile_us(0.5) is None


def test_quantiles_are_at_most_two_per_cent_too_high() -> None:
    dice, latency = Random(5), Latency()
    values = sorted(round(dice.lognormvariate(10, 2)) for _ in range(2_000))
    for value in values:
        latency.add(value)
    for share, rank in ((0.5, 999), (0.99, 1_979)):
        found = latency.quantile_us(share)
        assert found is not None
        assert values[rank] <= found <= values[rank] * 1.021 + 1
    assert latency.quantile_us(1.0) == latency.maximum_us == values[-1]
    assert latency.count == 2_000


def test_no_time_at_all_is_counted_too() -> None:
    latency = Latency()
    latency.add(0)
    assert latency.quantile_us(0.5) == 0
