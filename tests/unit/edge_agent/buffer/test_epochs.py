"""Epochs count what was taken and what went; the lane keeps the sums of those forgotten."""

import sqlite3

import pytest

from edge_agent.buffer import epochs, numbers, rows
from edge_agent.buffer.epochs import Epoch, Forgotten, Ledger
from edge_agent.buffer.proof import DamagedError
from edge_agent.buffer.row_id import row_id, span_of_lane
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane

A, B = "a" * 16, "b" * 16


@pytest.fixture
def disk() -> sqlite3.Connection:
    disk = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(disk)
    return disk


def commit(disk: sqlite3.Connection, epoch: str, *taken: int) -> None:
    base = Base("boot", 7, ClockState.HOLDOVER)
    rows.commit(disk, Lane.BULK, epoch, [rows.Draft(n, base, Encoding.RAW, b"xx") for n in taken])


def test_an_epoch_is_as_it_was_saved(disk: sqlite3.Connection) -> None:
    one = Epoch(0, Lane.BULK, A, B, 7, 3, 30, 60, 1, 20, 5, 2, {"full": 4}, "boot")
    one = epochs.opened(disk, one)
    assert epochs.named(disk, Lane.BULK, A) == epochs.numbered(disk, one.id) == one
    assert epochs.of_lane(disk, Lane.BULK) == [one]
    assert epochs.named(disk, Lane.URGENT, A) is None
    assert (one.rows_held, one.size_held, one.buffered) == (2, 40, 19)


def test_it_follows_its_newest_row(disk: sqlite3.Connection) -> None:
    commit(disk, A, 3, 4)
    one = epochs.named(disk, Lane.BULK, A)
    assert one is not None
    assert (one.last, one.taken, one.size, one.boot) == (2, 7, 4, "boot")


def test_the_next_follows_the_newest_even_when_that_is_forgotten(disk: sqlite3.Connection) -> None:
    commit(disk, A, 3)
    commit(disk, B, 4)
    newest = epochs.named(disk, Lane.BULK, B)
    assert newest is not None
    disk.execute("DELETE FROM batch")
    epochs.forget(disk, newest)
    to_come = epochs.unopened(disk, Lane.BULK, "c" * 16)
    assert to_come.prev == B


def test_the_ledger_counts_listed_and_forgotten(disk: sqlite3.Connection) -> None:
    epochs.save_forgotten(disk, Forgotten(Lane.BULK, 100, 80, 5, None, {"full": 15}))
    commit(disk, A, 3, 4)
    (row, _) = rows.rows_after(disk, Lane.BULK, 0, 9)
    rows.give_up(disk, row.id, "full")
    assert epochs.ledger(disk, Lane.BULK) == Ledger(107, 80, 4, 5, {"full": 18})


def test_counts_that_do_not_match_their_proof_are_refused(disk: sqlite3.Connection) -> None:
    disk.execute("UPDATE lane SET taken = 5")
    with pytest.raises(DamagedError):
        epochs.forgotten(disk, Lane.BULK)
    disk.execute("DELETE FROM lane")
    with pytest.raises(DamagedError, match="no ledger of bulk"):
        epochs.forgotten(disk, Lane.BULK)


def test_what_was_brought_in_is_no_part_of_the_chain(disk: sqlite3.Connection) -> None:
    commit(disk, A, 3)
    numbers.note(disk, epochs.brought(Lane.BULK), 2)
    to_come = epochs.unopened(disk, Lane.BULK, B)
    assert (to_come.base, to_come.prev) == (1, A)


def test_rows_are_in_sight_when_their_epoch_is_listed(disk: sqlite3.Connection) -> None:
    low, high = epochs.in_sight(disk, Lane.BULK)
    assert low > high
    commit(disk, A, 3)
    one = epochs.named(disk, Lane.BULK, A)
    assert one is not None
    low, high = epochs.in_sight(disk, Lane.BULK)
    assert (low, high) == (row_id(Lane.BULK, one.id, 0), span_of_lane(Lane.BULK)[1])
