"""The account of a run as data and as a table in both languages."""

from random import Random

import msgspec
import pytest

from simulators.delivery_text import Language
from simulators.fleet.gateway import FleetGateway
from simulators.fleet.incident import parse_outage, parse_storm
from simulators.fleet.kind import KINDS
from simulators.fleet.plan import Plan
from simulators.fleet.report import Generator, Report, account, report, table
from simulators.fleet.tally import Drill, Tally
from wire.envelope import Encoding
from wire.receipt import Receipt
from wire.topic import Lane

S = 1_000_000


def fleet() -> tuple[Plan, list[FleetGateway]]:
    plan = Plan(gateways=2, devices=1, rate=1.0, kinds=tuple(KINDS.values()))
    return plan, plan.fleet("boot", Random(1))


def receipted(gateway: FleetGateway, lane: Lane, seq: int) -> None:
    gateway.receive(Receipt(lane, gateway.lanes[lane].epoch, ((seq, seq),), (), None, 0))


def found(*, whole: bool) -> Report:
    plan, gateways = fleet()
    tally = Tally(published=3, receipts=2)
    tally.pubacks["bulk", "accepted"] = 2
    for gateway in gateways:
        gateway.introductions = 1
        gateway.lanes[Lane.BULK].commit(10, 0, Encoding.RAW, b"")
    tally.latency[Lane.BULK].add(12_300)
    receipted(gateways[0], Lane.BULK, 1)
    if whole:
        receipted(gateways[1], Lane.BULK, 1)
    drills = [Drill(parse_outage("at=1s,for=2s"), [0, 1]), Drill(parse_storm("at=5s"), [0])]
    drills[0].back(4 * S, [])
    drills[0].look(5 * S)
    return report(
        plan, gateways, tally, drills, seconds=10.0, drain_s=0.25 if whole else None,
        generator=Generator(0.5, 12.0, 80),
    )  # fmt: skip


def test_a_whole_run_is_whole() -> None:
    one = found(whole=True)
    assert one.is_whole
    assert (one.readings.taken, one.readings.receipted, one.readings.lost) == (20, 20, 0)
    assert (one.bulk.taken, one.urgent.taken, one.readings_per_s) == (20, 0, 2.0)
    assert one.pubacks == {"bulk": {"accepted": 2}}
    assert (one.bulk_took.p50_ms, one.bulk_took.max_ms, one.urgent_took.max_ms) == (
        12.3,
        12.3,
        None,
    )
    assert (one.incidents[0].back_s, one.incidents[0].drain_s) == (1.0, 2.0)
    assert one.incidents[1].drain_s is None


def test_what_has_no_receipt_is_lost_and_says_where_it_is() -> None:
    one = found(whole=False)
    assert not one.is_whole
    assert (one.readings.lost, one.readings.outstanding) == (10, 10)


def test_what_was_dropped_is_lost_by_name() -> None:
    _, gateways = fleet()
    lane = gateways[0].lanes[Lane.BULK]
    lane.commit(7, 0, Encoding.RAW, b"")
    lane.give_up("bulk_full")
    one = account(gateways)
    assert (one.lost, one.outstanding, one.dropped) == (7, 0, {"bulk_full": 7})


def test_who_never_spoke_makes_it_not_whole() -> None:
    plan, gateways = fleet()
    one = report(
        plan, gateways, Tally(), [], seconds=0.0, drain_s=None, generator=Generator(0, 0, 0)
    )
    assert one.readings.lost == one.readings_per_s == 0
    assert not one.is_whole


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", ["lost                10", "outage @1s", "all back after 1.0 s", "after never"]),
     ("zh", ["丢失", "断网 @1s", "全部恢复用时 1.0 s", "未完成"])],
)  # fmt: skip
def test_the_table_is_readable(lang: Language, said: list[str]) -> None:
    text = table(found(whole=False), lang)
    for part in said:
        assert part in text


def test_it_is_plain_data() -> None:
    one = found(whole=True)
    assert msgspec.json.decode(msgspec.json.encode(one), type=Report) == one
