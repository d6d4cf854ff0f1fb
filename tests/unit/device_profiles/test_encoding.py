import pytest

from device_profiles.encoding import NumberType, Register, Table
from edge_agent.exchange import Table as BusTable


@pytest.mark.parametrize(
    ("type_", "count"),
    [
        (NumberType.U8, 1),
        (NumberType.U16, 1),
        (NumberType.S32, 2),
        (NumberType.F32, 2),
        (NumberType.BCD_MIXED, 1),
    ],
)
def test_a_value_takes_whole_registers(type_: NumberType, count: int) -> None:
    assert Register(type=type_, table=Table.HOLDING_REGISTERS, address=0).count == count


def test_a_string_takes_two_characters_a_register() -> None:
    register = Register(
        type=NumberType.STRING, table=Table.HOLDING_REGISTERS, address=0, characters=13
    )
    assert register.count == 7


def test_a_bit_is_one() -> None:
    assert Register(type=NumberType.BIT, table=Table.COILS, address=0).count == 1


def test_the_catalogue_and_the_bus_have_the_same_tables() -> None:
    assert {table.value for table in Table} == {table.value for table in BusTable}
