from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.model import Point, ValueKind
from device_profiles.transport import Block, Identity, Modbus
from edge_agent.driver.request_plan import plan_reads, read_of
from tests.shipped import PROFILES


def point(name: str, table: Table, address: int, type_: NumberType = NumberType.U16) -> Point:
    register = Register(type=type_, table=table, address=address)
    title = Words("a", "一")
    return Point(id=name, value=ValueKind.NUMBER, title=title, unit="m", register=register)


HOLDING = Table.HOLDING_REGISTERS
INPUT = Table.INPUT_REGISTERS


def shapes(points: list[Point], transport: Modbus | None = None) -> list[tuple[Table, int, int]]:
    reads = plan_reads(points, transport or Modbus())
    return [(read.table, read.address, read.count) for read in reads]


def test_the_smoke_detector_takes_one_read() -> None:
    profile = PROFILES["calectro_ug3"]
    assert isinstance(profile.transport, Modbus)
    (read,) = plan_reads(profile.points, profile.transport)
    assert (read.table, read.address, read.count) == (Table.DISCRETE_INPUTS, 0, 4)
    assert [one.id for one in read.points] == ["mounted", "service", "smoke", "relay"]


def test_tables_are_read_apart_and_neighbours_together() -> None:
    points = [
        point("c", INPUT, 3),
        point("b", HOLDING, 2, NumberType.F32),
        point("a", HOLDING, 1),
        point("d", HOLDING, 9),
    ]
    assert shapes(points) == [(HOLDING, 1, 3), (HOLDING, 9, 1), (INPUT, 3, 1)]


def test_a_gap_is_read_over_only_when_the_profile_allows_it() -> None:
    points = [point("a", HOLDING, 0), point("b", HOLDING, 3)]
    assert shapes(points, Modbus(max_gap=1)) == [(HOLDING, 0, 1), (HOLDING, 3, 1)]
    assert shapes(points, Modbus(max_gap=2)) == [(HOLDING, 0, 4)]


def test_a_read_is_never_longer_than_allowed_and_no_value_is_cut() -> None:
    points = [point(f"p{n}", HOLDING, 2 * n, NumberType.U32) for n in range(4)]
    assert shapes(points, Modbus(max_registers=5)) == [(HOLDING, 0, 4), (HOLDING, 4, 4)]


def test_two_bits_of_one_register_are_read_once() -> None:
    points = [point("a", HOLDING, 5), point("b", HOLDING, 5)]
    assert shapes(points) == [(HOLDING, 5, 1)]


def profile_shapes(name: str) -> list[tuple[Table, int, int, int]]:
    profile = PROFILES[name]
    assert isinstance(profile.transport, Modbus)
    reads = plan_reads(profile.points, profile.transport)
    return [(read.table, read.address, read.count, read.every_us) for read in reads]


def test_blocks_are_read_just_so_and_who_answers_comes_first() -> None:
    minute = 60_000_000
    assert profile_shapes("honeywell_sensepoint_xcd") == [
        (HOLDING, 0, 13, 0),
        (INPUT, 13, 8, 0),
        (HOLDING, 45, 7, minute),
        (HOLDING, 16, 1, minute),
        (HOLDING, 55, 3, minute),
        (INPUT, 0, 9, 60 * minute),
    ]


def test_what_bounds_another_point_comes_before_it() -> None:
    assert [address for _, address, _, _ in profile_shapes("dfrobot_sen0676")] == [5, 3, 1]


def test_a_computed_point_comes_with_what_it_is_computed_from() -> None:
    profile = PROFILES["witmotion_485"]
    assert isinstance(profile.transport, Modbus)
    motion, battery, firmware = plan_reads(profile.points, profile.transport)
    assert "tilt" in [one.id for one in motion.points]
    assert [one.id for one in battery.points] == ["battery"]
    assert [one.id for one in firmware.points] == ["firmware"]


def test_a_point_outside_every_block_is_planned_and_an_empty_block_is_not_read() -> None:
    blocks = (Block(table=HOLDING, address=0, count=4), Block(table=INPUT, address=0, count=4))
    points = [point("a", HOLDING, 1), point("b", HOLDING, 9)]
    assert shapes(points, Modbus(blocks=blocks)) == [(HOLDING, 0, 4), (HOLDING, 9, 1)]
    identity = Identity(table=INPUT, address=2, value=7)
    assert shapes(points, Modbus(blocks=blocks, identity=identity)) == [
        (INPUT, 0, 4),
        (HOLDING, 0, 4),
        (HOLDING, 9, 1),
    ]


def test_a_read_that_somebody_else_made_has_the_points_that_lie_in_it_whole() -> None:
    points = [
        point("a", HOLDING, 1),
        point("b", HOLDING, 2, NumberType.F32),
        point("c", INPUT, 1),
        point("d", HOLDING, 4),
    ]
    found = {
        (first, count): [one.id for one in read_of(points, HOLDING, first, count).points]
        for first, count in ((1, 1), (1, 2), (1, 3), (3, 2), (9, 4))
    }
    assert found == {
        (1, 1): ["a"],
        (1, 2): ["a"],
        (1, 3): ["a", "b"],
        (3, 2): ["d"],
        (9, 4): [],
    }


def test_a_tilt_comes_with_all_its_axes_only() -> None:
    points = PROFILES["witmotion_485"].points
    assert "tilt" in {one.id for one in read_of(points, HOLDING, 0x34, 3).points}
    assert "tilt" not in {one.id for one in read_of(points, HOLDING, 0x34, 2).points}
