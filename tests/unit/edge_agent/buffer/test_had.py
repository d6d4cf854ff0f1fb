"""Rows that a receipt has are gone at once, counted as stored, and deleted together later."""

import sqlite3

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.backlog import Backlog, backlog
from edge_agent.buffer.had import ALONE_US, NOTHING, RIDE_US, TOGETHER, Gone, Had, look_up
from edge_agent.buffer.row_id import row_id
from wire.envelope import Base, ClockState, Encoding
from wire.receipt import Receipt
from wire.topic import Lane

A, B = "a" * 16, "b" * 16


@pytest.fixture
def disk() -> sqlite3.Connection:
    disk = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(disk)
    base = Base("boot", 7, ClockState.HOLDOVER)
    rows.commit(disk, Lane.BULK, A, [rows.Draft(10, base, Encoding.RAW, b"xx")] * 3)
    return disk


def receipt(*have: tuple[int, int], done: tuple[str, ...] = ()) -> Receipt:
    return Receipt(Lane.BULK, A, have, done, None, 0)


def test_what_is_noted_is_gone_once_and_deleted_later(disk: sqlite3.Connection) -> None:
    had, said = Had(), receipt((1, 2))
    covered = had.note(look_up(disk, said), said, 0)
    assert len(covered) == len(had) == 2
    assert covered[0] in had
    assert had.note(look_up(disk, said), said, 1) == []
    assert len(rows.rows_after(disk, Lane.BULK, 0, 9)) == 3
    due = had.all()
    due.delete(disk, A)
    had.deleted(due, 5)
    assert [row.key.seq for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [3]
    assert len(had) == 0
    assert not had.is_due(10**12)


def test_the_ledger_and_the_backlog_are_those_after_the_deletion(disk: sqlite3.Connection) -> None:
    had, said = Had(), receipt((1, 2))
    had.note(look_up(disk, said), said, 0)
    book = had.ledger(Lane.BULK, rows.ledger(disk, Lane.BULK))
    assert book == rows.Ledger(30, 20, 10, 0, {})
    assert had.backlog(Lane.BULK, backlog(disk, Lane.BULK)) == Backlog(1, 2, "boot", 7)
    urgent = rows.ledger(disk, Lane.URGENT)
    assert had.ledger(Lane.URGENT, urgent) == urgent
    had.all().delete(disk, A)
    assert rows.ledger(disk, Lane.BULK) == book


def test_it_rides_with_a_commit_after_a_while_and_goes_alone_after_longer() -> None:
    had = Had()
    gone = Gone(row_id(Lane.BULK, 1, 1), 1, 1, 1)
    had.note([gone], receipt(), 1_000)
    assert had.riding(1_000 + RIDE_US - 1) == NOTHING
    assert had.riding(1_000 + RIDE_US).rows == (gone.id,)
    assert not had.is_due(1_000 + ALONE_US - 1)
    assert had.is_due(1_000 + ALONE_US)


def test_many_do_not_wait() -> None:
    had = Had()
    had.note([Gone(n, 1, 1, 1) for n in range(TOGETHER)], receipt(), 0)
    assert had.is_due(0)


def test_what_comes_during_the_deletion_stays_noted() -> None:
    had = Had()
    had.note([Gone(1, 1, 1, 1)], receipt(), 0)
    due = had.all()
    had.note([Gone(2, 1, 1, 1)], receipt(), 1)
    had.deleted(due, 7)
    assert 1 not in had
    assert 2 in had
    assert had.is_due(7 + ALONE_US)


def test_an_epoch_that_is_done_is_forgotten_with_them(disk: sqlite3.Connection) -> None:
    had, said = Had(), receipt((1, 3), done=(A,))
    had.note(look_up(disk, said), said, 0)
    had.all().delete(disk, B)
    assert [one.epoch for one in rows.state(disk, Lane.BULK, B)] == [B]
