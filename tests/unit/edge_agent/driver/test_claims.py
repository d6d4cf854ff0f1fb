import msgspec
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.model import Gate, Point, ValueKind
from device_profiles.transport import Block, Identity, Modbus
from edge_agent.driver.claims import claimed, needed_for, parted
from edge_agent.driver.request_cost import RequestCost
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.exchange import Claim
from tests.shipped import PROFILES

HOLDING = Table.HOLDING_REGISTERS
COST = RequestCost(character_us=10_000_000 / 9_600, between_us=13_646)


def point(address: int, gate: str | None = None) -> Point:
    register = Register(type=NumberType.U16, table=HOLDING, address=address)
    gates = () if gate is None else (Gate(point=gate, equals=1.0, otherwise="sensor_fault"),)
    title = Words("a", "一")
    return Point(
        id=f"p{address}",
        value=ValueKind.NUMBER,
        title=title,
        unit="m",
        register=register,
        valid_when=gates,
    )


POINTS = tuple(point(n, "p3" if n in {20, 21} else None) for n in range(40))


def apart(*hazards: str, transport: Modbus | None = None) -> list[tuple[Claim, int, int]]:
    wire = transport or Modbus()
    needed = needed_for(POINTS, frozenset(hazards))
    reads = plan_reads(POINTS, wire, COST)
    return [
        (one.claim, one.address, one.count) for one in parted(reads, POINTS, wire, needed, COST)
    ]


def test_a_point_needs_what_it_is_judged_by() -> None:
    profile = PROFILES["honeywell_sensepoint_xcd"]
    gated = next(one for one in profile.points if one.valid_when)
    found = needed_for(profile.points, frozenset({gated.id}))
    assert {gated.id, *(gate.point for gate in gated.valid_when)} <= found
    assert needed_for(POINTS, frozenset({"p20", "nowhere"})) == {"p20", "p3"}


def test_hazard_points_are_read_apart_from_the_rest_with_their_gates() -> None:
    assert apart("p5") == [(Claim.HARD, 5, 1), (Claim.SOFT, 0, 40)]
    assert apart("p20")[:2] == [(Claim.HARD, 3, 1), (Claim.HARD, 20, 1)]


def test_the_rest_keeps_the_gates_that_it_is_judged_by() -> None:
    reads = parted(
        plan_reads(POINTS, Modbus(max_gap=30), COST),
        POINTS,
        Modbus(max_gap=30),
        needed_for(POINTS, frozenset({"p3"})),
        COST,
    )
    soft = [one for one in reads if one.claim is Claim.SOFT]
    for read in soft:
        names = {one.id for one in read.points}
        assert "p3" in names or not {"p20", "p21"} & names


def test_what_saves_little_or_is_printed_as_one_read_stays_whole() -> None:
    few = POINTS[:3]
    reads = plan_reads(few, Modbus(), COST)
    assert parted(reads, few, Modbus(), frozenset({"p0"}), COST) == (
        replace(reads[0], claim=Claim.HARD),
    )
    block = Modbus(blocks=(Block(table=HOLDING, address=0, count=40),))
    assert apart("p5", transport=block) == [(Claim.HARD, 0, 40)]
    known = Modbus(identity=Identity(table=HOLDING, address=0, value=1))
    assert apart("p5", transport=known) == [(Claim.HARD, 0, 40)]


def test_without_hazards_everything_is_soft() -> None:
    assert apart() == [(Claim.SOFT, 0, 40)]
    known = Modbus(identity=Identity(table=HOLDING, address=0, value=1))
    assert apart(transport=known) == [(Claim.SOFT, 0, 40)]


def test_a_read_is_hard_when_it_brings_a_hazard_point_or_tells_who_answers() -> None:
    profile = PROFILES["honeywell_sensepoint_xcd"]
    assert isinstance(profile.transport, Modbus)
    wire = msgspec.structs.replace(
        profile.transport, identity=Identity(table=Table.HOLDING_REGISTERS, address=56, value=1)
    )
    reads = plan_reads(profile.points, wire)
    hazard = reads[1].points[0].id
    found = claimed(reads, wire, frozenset({hazard}))
    assert [one.claim for one in found] == [
        Claim.HARD if bring(one, hazard) or one.holds(HOLDING, 56) else Claim.SOFT for one in found
    ]


def bring(read: PlannedRead, point: str) -> bool:
    return any(one.id == point for one in read.points)
