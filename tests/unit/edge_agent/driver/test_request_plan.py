from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.load import catalog
from device_profiles.model import Point, ValueKind
from device_profiles.transport import Modbus
from edge_agent.driver.request_plan import plan_reads


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
    profile = catalog()["calectro_ug3"]
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
