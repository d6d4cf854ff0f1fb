import pytest

from device_profiles.encoding import NumberType, Register, Table
from edge_agent.exchange import Table as BusTable


@pytest.mark.parametrize(
    ("type_", "count"),
    [(NumberType.U8, 1), (NumberType.U16, 1), (NumberType.S32, 2), (NumberType.F32, 2)],
)
def test_a_value_takes_whole_registers(type_: NumberType, count: int) -> None:
    assert Register(type=type_, table=Table.HOLDING_REGISTERS, address=0).count == count


def test_a_bit_is_one() -> None:
    assert Register(type=NumberType.BIT, table=Table.COILS, address=0).count == 1


def test_the_catalogue_and_the_bus_have_the_same_tables() -> None:
    assert {table.value for table in Table} == {table.value for table in BusTable}
