"""A row of the table: written and read whole, refused when a bit of it differs."""

import sqlite3

import pytest
from msgspec.structs import replace

from edge_agent.buffer import rows, stored
from edge_agent.buffer.proof import DamagedError
from edge_agent.buffer.row_id import row_id, span_of_lane
from edge_agent.buffer.stored import Stored
from wire.envelope import Base, ClockState, Cover, Encoding
from wire.topic import Lane


@pytest.fixture
def disk() -> sqlite3.Connection:
    disk = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(disk)
    return disk


def a_row(seq: int = 4, covers: str | None = None) -> Stored:
    number = row_id(Lane.BULK, 3, seq)
    return Stored(
        number, "a" * 16, 7, 20, 99, seq, 10, 10, covers, "boot", 5, "unset", "zlib", b"\x00x"
    )


def test_a_row_is_what_was_written(disk: sqlite3.Connection) -> None:
    stored.write(disk, a_row())
    assert stored.one(disk, a_row().id) == a_row()
    assert stored.one(disk, a_row().id + 1) is None
    assert stored.newest(disk, span_of_lane(Lane.URGENT)) is None


def test_rows_come_in_order_as_many_as_are_asked_for(disk: sqlite3.Connection) -> None:
    for seq in (3, 1, 2):
        stored.write(disk, a_row(seq))
    span = span_of_lane(Lane.BULK)
    assert [one.seq for one in stored.between(disk, span)] == [1, 2, 3]
    assert [one.seq for one in stored.between(disk, span, 2)] == [1, 2]
    assert stored.newest(disk, span) == a_row(3)


def test_it_says_what_is_published() -> None:
    row = a_row(covers="[[3,6,1],[4,4,2]]").row()
    assert row.key.covers == (Cover(3, 6, 1), Cover(4, 4, 2))
    assert (row.lane, row.key.epoch, row.key.seq, row.key.taken) == (Lane.BULK, "a" * 16, 4, 10)
    assert row.base == Base("boot", 5, ClockState.UNSET)
    assert row.encoding is Encoding.ZLIB
    assert a_row().cover_list() == (Cover(4, 10, 10),)
    assert a_row().row().key.covers == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE batch SET taken = 11",
        "UPDATE batch SET boot = 'b'",
        "UPDATE batch SET payload = x'01'",
        "UPDATE batch SET id = id + 1",
    ],
)
def test_a_changed_row_is_refused(disk: sqlite3.Connection, change: str) -> None:
    stored.write(disk, a_row())
    disk.execute(change)
    with pytest.raises(DamagedError):
        stored.between(disk, span_of_lane(Lane.BULK))


def test_writing_again_takes_its_place(disk: sqlite3.Connection) -> None:
    stored.write(disk, a_row())
    stored.write(disk, replace(a_row(), kept=2))
    assert stored.between(disk, span_of_lane(Lane.BULK)) == [replace(a_row(), kept=2)]
