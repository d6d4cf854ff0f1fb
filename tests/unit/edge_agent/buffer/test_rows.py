"""The rows of the lanes: keys, statements, receipts, the ledger, what is given up."""

import sqlite3

import pytest

from edge_agent.buffer import rows, stored
from edge_agent.buffer.backlog import backlog
from edge_agent.buffer.proof import DamagedError
from wire.envelope import Base, ClockState, Cover, Encoding
from wire.receipt import Receipt
from wire.topic import Lane

A, B = "a" * 16, "b" * 16


@pytest.fixture
def disk() -> sqlite3.Connection:
    disk = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(disk)
    return disk


def draft(taken: int = 10) -> rows.Draft:
    return rows.Draft(taken, Base("boot", 7, ClockState.HOLDOVER), Encoding.ZLIB, b"payload")


def receipt(*have: tuple[int, int], epoch: str = A, done: tuple[str, ...] = ()) -> Receipt:
    return Receipt(Lane.BULK, epoch, have, done, None, 0)


def test_a_row_comes_back_as_committed(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft(3), draft(4)])
    first, second = rows.rows_after(disk, Lane.BULK, 0, 9)
    assert (first.key.epoch, first.key.seq, first.key.taken) == (A, 1, 3)
    assert (second.key.seq, second.base, second.encoding, second.payload) == (
        2,
        Base("boot", 7, ClockState.HOLDOVER),
        Encoding.ZLIB,
        b"payload",
    )
    assert rows.row(disk, first.id) == first
    assert rows.rows_after(disk, Lane.URGENT, 0, 9) == []


def test_an_epoch_without_readings_leaves_no_state(disk: sqlite3.Connection) -> None:
    (stated,) = rows.state(disk, Lane.BULK, A)
    assert (stated.epoch, stated.floor, stated.last, stated.taken) == (A, 1, 0, 0)
    (next_run,) = rows.state(disk, Lane.BULK, B)
    assert next_run.prev is None


def test_the_next_epoch_names_the_one_before_and_what_was_taken(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft(3), draft(4)])
    current, before = rows.state(disk, Lane.BULK, B)
    assert (current.base, current.prev, current.ended) == (7, A, False)
    assert (before.epoch, before.ended, before.floor, before.last) == (A, True, 1, 2)


def test_a_receipt_deletes_what_it_has_and_nothing_else(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft() for _ in range(5)])
    deleted = rows.receive(disk, receipt((2, 2), (4, 9)), A)
    assert [rows.row(disk, number) for number in deleted] == [None, None, None]
    assert [row.key.seq for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [1, 3]
    assert rows.state(disk, Lane.BULK, A)[0].floor == 1
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 30, 20, 0, {})


def test_a_receipt_of_another_epoch_deletes_nothing(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft()])
    assert rows.receive(disk, receipt((1, 1), epoch=B), A) == []


def test_a_thinned_row_needs_every_key_that_it_covers(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft(), draft(), draft()])
    one, two, _ = (stored.one(disk, row.id) for row in rows.rows_after(disk, Lane.BULK, 0, 9))
    assert one is not None
    assert two is not None
    covers = (Cover(1, 10, 2), Cover(2, 10, 2))
    rows.thin(disk, [one.id, two.id], covers, two.row().base, (Encoding.RAW, b"[]"))
    assert rows.state(disk, Lane.BULK, A)[0].floor == 1
    assert rows.sizes(disk) == {Lane.BULK: len(b"[]") + len(b"payload")}
    assert rows.receive(disk, receipt((2, 2)), A) == []
    assert rows.receive(disk, receipt((1, 2)), A) == [two.id]
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(30, 4, 10, 16, {})


def test_a_done_epoch_is_forgotten_once_no_row_is_left(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft()])
    rows.commit(disk, Lane.BULK, B, [draft()])
    rows.receive(disk, receipt(done=(A,)), B)
    assert [one.epoch for one in rows.state(disk, Lane.BULK, B)] == [B, A]
    rows.receive(disk, receipt((1, 1), done=(A, B)), B)
    assert [one.epoch for one in rows.state(disk, Lane.BULK, B)] == [B]


def test_what_is_given_up_is_stated_and_stays_in_the_ledger(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft(4), draft(5)])
    (number, size), *_ = rows.oldest(disk, Lane.BULK, 9)
    assert rows.give_up(disk, number, "bulk_full") == size == len(b"payload")
    assert rows.give_up(disk, number, "bulk_full") == 0
    (stated,) = rows.state(disk, Lane.BULK, A)
    assert (stated.floor, stated.dropped) == (2, {"bulk_full": 4})
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(9, 0, 5, 0, {"bulk_full": 4})
    rows.receive(disk, receipt((2, 2), done=(A,)), B)
    assert rows.ledger(disk, Lane.BULK).dropped == {"bulk_full": 4}


def test_sizes_count_the_payload_of_each_lane(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.URGENT, A, [draft()])
    assert rows.sizes(disk) == {Lane.URGENT: 7}


def test_connections_are_counted_for_ever(disk: sqlite3.Connection) -> None:
    assert [rows.next_connection(disk) for _ in range(3)] == [1, 2, 3]


def test_a_newer_file_is_refused(disk: sqlite3.Connection) -> None:
    rows.migrate(disk)
    disk.execute("PRAGMA user_version = 99")
    with pytest.raises(rows.NewerBufferError, match="99"):
        rows.migrate(disk)


def test_sizes_follow_what_goes(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft(), draft(), draft()])
    whole = rows.sizes(disk)[Lane.BULK]
    rows.receive(disk, receipt((1, 1)), A)
    (number, _), *_ = rows.oldest(disk, Lane.BULK, 9)
    assert rows.give_up(disk, number, "full") == whole // 3
    assert rows.sizes(disk) == {Lane.BULK: whole // 3}


def test_what_is_asked_for_each_message_looks_at_few_rows(disk: sqlite3.Connection) -> None:
    def steps(size: int) -> int:
        """Hundreds of instructions of SQLite's machine."""
        rows.commit(disk, Lane.URGENT, A, [draft()] * size)
        counted: list[None] = []
        disk.set_progress_handler(lambda: counted.append(None), 100)
        rows.state(disk, Lane.URGENT, A)
        rows.sizes(disk)
        rows.ledger(disk, Lane.URGENT)
        backlog(disk, Lane.URGENT)
        rows.numbers_after(disk, Lane.URGENT, 0, 9)
        disk.set_progress_handler(None, 0)
        return len(counted)

    few = steps(10)
    assert steps(10_000) <= few + 2


def test_a_commit_writes_no_counter(disk: sqlite3.Connection) -> None:
    """One page for one transition: its totals ride in the row itself."""
    rows.commit(disk, Lane.URGENT, A, [draft()])
    before = disk.execute("SELECT * FROM epoch").fetchall()
    rows.commit(disk, Lane.URGENT, A, [draft(4)])
    assert disk.execute("SELECT * FROM epoch").fetchall() == before
    assert rows.ledger(disk, Lane.URGENT).taken == 14


def test_what_is_gone_is_still_counted_when_nothing_is_left(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft(3), draft(4)])
    rows.receive(disk, receipt((1, 2)), A)
    rows.commit(disk, Lane.BULK, A, [draft(5)])
    (stated,) = rows.state(disk, Lane.BULK, A)
    assert (stated.floor, stated.last, stated.taken) == (3, 3, 12)
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(12, 7, 5, 0, {})


def test_a_row_that_does_not_match_its_proof_is_not_believed(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft(), draft()])
    disk.execute("UPDATE batch SET payload = x'00' WHERE taken = 10 AND first = 1")
    with pytest.raises(DamagedError, match="batch"):
        rows.rows_after(disk, Lane.BULK, 0, 9)


def test_an_epoch_that_does_not_match_its_proof_is_not_believed(disk: sqlite3.Connection) -> None:
    rows.commit(disk, Lane.BULK, A, [draft()])
    disk.execute("UPDATE epoch SET base = 4")
    with pytest.raises(DamagedError, match="epoch"):
        rows.state(disk, Lane.BULK, A)
