"""A device speaks evenly, keeps its share of urgent points, and turns into alarm and back."""

from itertools import pairwise
from random import Random

import pytest

from simulators.fleet.device import Beat, FleetDevice
from simulators.fleet.kind import KINDS
from wire.topic import Lane

S = 1_000_000


def device(kind: str = "smoke", rate: float = 2.0, urgent: float = 0.5) -> FleetDevice:
    made = FleetDevice("d-001", KINDS[kind], Beat(rate, urgent), Random(1))
    made.begin(0)
    return made


def test_readings_come_evenly_and_each_once_however_often_it_is_asked() -> None:
    often, seldom = device(), device()
    asked = [one for second in range(10) for one in often.due(second * S, 0)]
    assert asked == list(seldom.due(9 * S, 0))
    assert {b.time_us - a.time_us for (_, a), (_, b) in pairwise(asked)} == {500_000}
    assert 18 <= len(asked) <= 19


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.25, 25), (1.0, 100)])
def test_the_urgent_share_is_kept(share: float, expected: int) -> None:
    said = list(device(rate=10, urgent=share).due(11 * S, 0))[:100]
    assert abs(sum(lane is Lane.URGENT for lane, _ in said) - expected) <= 1


def test_each_lanes_points_have_their_turns() -> None:
    said = list(device(rate=10, urgent=0.0).due(S, 0))
    assert [one.point for _, one in said][:4] == ["mounted", "service", "relay", "mounted"]


def test_before_it_begins_and_without_a_rate_it_says_nothing() -> None:
    silent = FleetDevice("d", KINDS["smoke"], Beat(0.0, 0.5), Random(1))
    silent.begin(0)
    early = FleetDevice("d", KINDS["smoke"], Beat(1.0, 0.5), Random(1))
    assert list(silent.due(9 * S, 0)) == list(early.due(9 * S, 0)) == []


def test_an_alarm_is_told_by_its_urgent_points_and_stays_until_it_turns_back() -> None:
    smoke = device()
    (turned,) = smoke.turn(77, alarmed=True)
    assert (turned.point, turned.value, turned.time_us) == ("smoke", True, 77)
    said = [one.value for lane, one in smoke.due(3 * S, 0) if lane is Lane.URGENT]
    assert set(said) == {True}
    (turned,) = smoke.turn(99, alarmed=False)
    assert turned.value is False


def test_water_moves_a_little_around_its_level() -> None:
    levels = [one.value for _, one in device("water", 50, 1.0).due(4 * S, 0)]
    assert len(set(levels)) > 5
    assert all(isinstance(level, float) and 0.04 <= level <= 0.06 for level in levels)
