"""What a fleet may be told, how gateways share connections, and whose turn it is when."""

from random import Random

import pytest

from simulators.fleet.incident import parse_storm
from simulators.fleet.kind import KINDS
from simulators.fleet.plan import Plan, PlanError, Rota, dealt

S = 1_000_000


def plan(**wanted: object) -> Plan:
    given = {"gateways": 100, "devices": 3, "rate": 0.5, "kinds": tuple(KINDS.values()), **wanted}
    return Plan(**given)  # type: ignore[arg-type]  # the tests pass what may not be


def test_many_share_a_connection_unless_told_otherwise() -> None:
    assert (plan().links, plan().is_shared) == (50, True)
    assert (plan(gateways=7).links, plan(gateways=7).is_shared) == (7, False)
    assert (plan(connections=100).links, plan(connections=100).is_shared) == (100, False)
    assert plan().readings_per_s == 150


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"gateways": 0}, "--gateways: from 1"),
        ({"devices": 2_001}, "--devices: from 1 to 2000"),
        ({"rate": -1}, "--rate"),
        ({"connections": 101}, "--connections: from 1 to 100"),
        ({"connections": 0}, "--connections"),
        ({"kinds": ()}, "--kinds"),
        ({"prefix": "Fleet"}, "--prefix"),
        ({"memory": 1 << 20}, "--memory: at least 16 KiB a gateway"),
        ({"incidents": (parse_storm("at=60s"),)}, "--outage, --storm: at="),
    ],
)
def test_what_can_not_be_is_refused_by_its_option(wanted: dict[str, object], told: str) -> None:
    with pytest.raises(PlanError) as refused:
        plan(**wanted)
    assert told in str(refused.value)


def test_the_seed_decides_all_but_the_epochs() -> None:
    one = plan(gateways=2).fleet("boot", Random(1))
    same = plan(gateways=2).fleet("boot", Random(2))
    assert [gateway.name for gateway in one] == ["fleet-0001", "fleet-0002"]
    assert [device.kind.name for device in one[0].devices] == ["water", "smoke", "water"]
    epochs = {lane.epoch for g in (*one, *same) for lane in g.lanes.values()}
    assert len(epochs) == 4
    for first, second in zip(one, same, strict=True):
        for gateway in (first, second):
            gateway.begin(0)
        said = [list(device.due(9 * S, 0)) for device in first.devices]
        assert said == [list(device.due(9 * S, 0)) for device in second.devices]


def test_gateways_are_dealt_evenly() -> None:
    gateways = plan(gateways=7).fleet("boot", Random(1))
    shared = dealt(gateways, 3)
    assert [len(one) for one in shared] == [3, 2, 2]
    assert sorted(g.name for one in shared for g in one) == [g.name for g in gateways]


def test_everyone_has_a_turn_each_second_in_turn() -> None:
    rota = Rota(4, S)
    turns = [rota.due(S + step * 125_000)[0] for step in range(16)]
    assert turns == [[0], [], [1], [], [2], [], [3], []] * 2


def test_who_comes_late_gives_each_one_turn_and_says_how_late() -> None:
    rota = Rota(4, 0)
    assert rota.due(0) == ([0], 0)
    numbers, late_us = rota.due(5 * S)
    assert sorted(numbers) == [0, 1, 2, 3]
    assert late_us == 5 * S - 250_000
    assert rota.due(5 * S) == ([], 0)
    assert rota.due(0) == ([], 0)
