import pytest
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.model import Point, Profile, ValueKind
from device_profiles.transport import Modbus
from edge_agent.driver.dissection import AGAIN_US, HARD_AGAIN_US
from edge_agent.driver.read_plan import ILLEGAL_ADDRESS, ReadPlan, Refused
from edge_agent.driver.request_cost import RequestCost
from edge_agent.exchange import Claim
from tests.shipped import PROFILES

HOLDING = Table.HOLDING_REGISTERS
COST = RequestCost(character_us=1_042.0)
BUSY = 6


def plan(count: int, *hazards: str) -> ReadPlan:
    points = tuple(
        Point(
            id=f"r{n}",
            value=ValueKind.NUMBER,
            title=Words("a", "一"),
            unit="m",
            register=Register(type=NumberType.U16, table=HOLDING, address=n),
        )
        for n in range(count)
    )
    shipped: Profile = PROFILES["calectro_ug3"]
    transport = Modbus()
    profile = replace(shipped, points=points, transport=transport, rules=())
    return ReadPlan(profile, transport, hazards, COST)


def spans(one: ReadPlan) -> list[tuple[int, int]]:
    return [(read.address, read.count) for read in one.reads]


def search(one: ReadPlan, missing: set[int], now_us: int = 0) -> None:
    """The device answers whatever is asked but for the registers that it does not have."""
    for _ in range(100):
        before = one.reads
        for number, read in enumerate(before):
            span = range(read.address, read.address + read.count)
            if missing & set(span):
                one.refused(number, ILLEGAL_ADDRESS, now_us)
            else:
                one.answered(number, now_us)
            if one.reads is not before:
                break
        else:
            return
    pytest.fail("the search does not end")


def test_a_refused_read_is_parted_and_mended_around_what_is_missing() -> None:
    one = plan(5)
    assert spans(one) == [(0, 5)]
    assert one.refused(0, ILLEGAL_ADDRESS, 0) is Refused.PARTED
    assert spans(one) == [(n, 1) for n in range(5)]
    search(one, {2})
    assert spans(one) == [(0, 2), (3, 2)]
    assert [point.id for point in one.refused_points] == ["r2"]


def test_another_refusal_and_a_single_place_are_only_told() -> None:
    assert plan(5).refused(0, BUSY, 0) is Refused.TOLD
    assert plan(5).refused(0, None, 0) is Refused.TOLD
    assert plan(1).refused(0, ILLEGAL_ADDRESS, 0) is Refused.TOLD


@pytest.mark.parametrize(("hazards", "again_us"), [((), AGAIN_US), (("r1",), HARD_AGAIN_US)])
def test_what_is_refused_is_tried_again_in_time(hazards: tuple[str, ...], again_us: int) -> None:
    one = plan(3, *hazards)
    search(one, {1})
    assert not one.answered(0, again_us - 1)
    assert one.answered(0, again_us)
    assert (1, 1) in spans(one)
    search(one, set(), again_us)
    assert spans(one) == [(0, 3)]
    assert one.refused_points == ()


def test_a_device_that_was_away_is_asked_for_everything() -> None:
    one = plan(3)
    search(one, {1})
    assert one.answered(0, 1, is_back=True)
    assert spans(one) == [(0, 3)]
    assert not one.answered(0, 2, is_back=True)


def test_a_device_that_refuses_everything_is_asked_as_before_until_it_answers() -> None:
    one = plan(3)
    one.refused(0, ILLEGAL_ADDRESS, 0)
    for number in (0, 1):
        assert one.refused(number, ILLEGAL_ADDRESS, 0) is Refused.PARTED
    assert one.refused(2, ILLEGAL_ADDRESS, 0) is Refused.FOUND
    assert spans(one) == [(0, 3)]
    assert one.refused(0, ILLEGAL_ADDRESS, 1) is Refused.TOLD
    assert one.refused(0, ILLEGAL_ADDRESS, AGAIN_US) is Refused.PARTED
    search(one, {0, 1, 2}, AGAIN_US)
    assert one.answered(0, AGAIN_US + 1)
    assert spans(one) == [(0, 3)]


def test_a_crowded_line_parts_hazard_points_from_the_rest() -> None:
    one = plan(40, "r7")
    one.crowd(is_crowded=True)
    assert [(read.claim, read.address, read.count) for read in one.reads] == [
        (Claim.HARD, 7, 1),
        (Claim.SOFT, 0, 40),
    ]
    one.crowd(is_crowded=False)
    assert [(read.claim, read.address, read.count) for read in one.reads] == [(Claim.HARD, 0, 40)]
