import pytest

from device_profiles.encoding import Table
from edge_agent.driver.request_cost import RequestCost

NINE_SIX = RequestCost(character_us=10_000_000 / 9_600, between_us=13_646)


def test_a_read_costs_its_characters_and_what_stands_between() -> None:
    assert NINE_SIX.read_us(Table.HOLDING_REGISTERS, 10) == pytest.approx(48_021, abs=1)
    assert NINE_SIX.read_us(Table.COILS, 9) == NINE_SIX.read_us(Table.HOLDING_REGISTERS, 1)


def test_a_hole_is_read_over_while_that_is_cheaper_than_to_ask_again() -> None:
    hole = NINE_SIX.widest_hole(Table.HOLDING_REGISTERS)
    again_us = NINE_SIX.read_us(Table.HOLDING_REGISTERS, 0)
    assert 2 * hole * NINE_SIX.character_us <= again_us < 2 * (hole + 1) * NINE_SIX.character_us
    assert hole == 13
    fast = RequestCost(character_us=10_000_000 / 115_200, between_us=13_646)
    assert fast.widest_hole(Table.HOLDING_REGISTERS) == 85
    assert NINE_SIX.widest_hole(Table.COILS) == 208


def test_where_no_wire_keeps_the_time_characters_cost_nothing() -> None:
    assert RequestCost().read_us(Table.HOLDING_REGISTERS, 125) == 10_000
    assert RequestCost().widest_hole(Table.HOLDING_REGISTERS) >= 125
