"""Rows that a commit made leave without a look at the file only if a look would find just them."""

import pytest
from msgspec.structs import replace

from edge_agent.buffer.fresh import FRESH_US, Fresh
from edge_agent.buffer.leaving import Wanted
from edge_agent.buffer.row_id import row_id
from edge_agent.buffer.stored import Row
from wire.envelope import Base, ClockState, Encoding, Key
from wire.statement import EpochStatement, Statement
from wire.topic import Lane

A = "a" * 16
SAID = Statement(1, (EpochStatement(A, 1, 8, ended=False, taken=8, base=0),))
NOW_US = 5_000_000


def row(seq: int) -> Row:
    base = Base("boot", 7, ClockState.HOLDOVER)
    return Row(
        row_id(Lane.URGENT, 1, seq), Lane.URGENT, Key(A, seq, 1), base, Encoding.RAW, b"[]" * 50
    )


FRESH = Fresh((row(7), row(8)), (SAID, SAID), NOW_US)
WANTED = Wanted(Lane.URGENT, row(6).id, None, 2, 1_000, lambda _: False)


def test_all_that_is_new_is_next() -> None:
    assert FRESH.is_next(WANTED, NOW_US + FRESH_US)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(replace(WANTED, after=row(5).id), id="a row before it has not left"),
        pytest.param(replace(WANTED, after=row(7).id), id="one of them was looked up already"),
        pytest.param(replace(WANTED, until=row(9).id), id="backlog is asked for"),
        pytest.param(replace(WANTED, most=1), id="not all may leave now"),
        pytest.param(replace(WANTED, size=300), id="the link takes less at once"),
        pytest.param(replace(WANTED, lane=Lane.BULK), id="of the other lane"),
    ],
)
def test_else_it_is_looked_up(wanted: Wanted) -> None:
    assert not FRESH.is_next(wanted, NOW_US)


def test_what_waited_is_looked_up() -> None:
    assert not FRESH.is_next(WANTED, NOW_US + FRESH_US + 1)
