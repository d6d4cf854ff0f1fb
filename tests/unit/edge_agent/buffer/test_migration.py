"""Files of older agents are raised with all that they hold; a newer one is refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import anchors, rows
from edge_agent.buffer.backlog import Backlog, backlog
from edge_agent.buffer.migration import PAGE_BYTES, SCHEMA_VERSION, migrate
from runtime.database import connect
from tests.old_buffer import old_buffer, old_epoch, old_row
from wire.identity import Anchor
from wire.receipt import Receipt
from wire.topic import Lane

A, B = "a" * 16, "b" * 16


def of_version_4(path: Path) -> sqlite3.Connection:
    """Two epochs of bulk: of the first 3 readings are delivered and 4 given up."""
    old = old_buffer(connect(path))
    first = old_epoch(old, Lane.BULK, A, last=3, taken=12)
    old_row(old, Lane.BULK, first, 2, taken=5, payload=b"second")
    old.execute("INSERT INTO dropped VALUES (?, 'bulk_full', 4)", (first,))
    old.execute("INSERT INTO ledger_dropped VALUES ('bulk', 'bulk_full', 10)")
    old.execute("UPDATE lane SET stored = 3, taken = taken + 6 WHERE lane = 'bulk'")
    second = old_epoch(old, Lane.BULK, B, last=2, taken=7)
    for seq, taken in ((1, 3), (2, 4)):
        old_row(old, Lane.BULK, second, seq, taken=taken, boot="b-2")
    old.execute("INSERT INTO anchor (boot, mono_ms, utc_us) VALUES ('b-1', 5, 1763700000000000)")
    old.execute("UPDATE meta SET value = 41 WHERE name = 'connection'")
    return old


def test_keys_statements_ledger_and_payloads_of_version_4_stay(tmp_path: Path) -> None:
    with closing(of_version_4(tmp_path / "old.db")) as disk:
        migrate(disk)
        held = rows.rows_after(disk, Lane.BULK, 0, 9)
        assert [(one.key.epoch, one.key.seq, one.payload) for one in held] == [
            (A, 2, b"second"),
            (B, 1, b"[]"),
            (B, 2, b"[]"),
        ]
        current, first, second = rows.state(disk, Lane.BULK, "c" * 16)
        assert (current.base, current.prev) == (25, B)
        assert (first.floor, first.last, first.taken, first.base) == (2, 3, 12, 0)
        assert first.dropped == {"bulk_full": 4}
        assert (second.floor, second.last, second.taken, second.base) == (1, 2, 7, 18)
        assert rows.ledger(disk, Lane.BULK) == rows.Ledger(25, 3, 12, 0, {"bulk_full": 10})
        assert rows.ledger(disk, Lane.URGENT) == rows.Ledger(0, 0, 0, 0, {})
        assert rows.sizes(disk) == {Lane.BULK: len(b"second[][]")}
        assert backlog(disk, Lane.BULK) == Backlog(3, len(b"second[][]"), "b-1", 7)
        assert anchors.stated(disk, "b-9") == (Anchor("b-1", 5, 1763700000000000),)
        assert rows.next_connection(disk) == 42
        assert disk.execute("PRAGMA page_size").fetchone() == (PAGE_BYTES,)
        assert disk.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_was_raised_goes_on(tmp_path: Path) -> None:
    with closing(of_version_4(tmp_path / "old.db")) as disk:
        migrate(disk)
        rows.receive(disk, Receipt(Lane.BULK, A, ((2, 2),), (A,), None, 0), "c" * 16)
        rows.receive(disk, Receipt(Lane.BULK, B, ((1, 2),), (B,), None, 0), "c" * 16)
        assert rows.ledger(disk, Lane.BULK) == rows.Ledger(25, 15, 0, 0, {"bulk_full": 10})
        (current,) = rows.state(disk, Lane.BULK, "c" * 16)
        assert (current.base, current.prev) == (25, B)


@pytest.mark.parametrize("version", range(5))
def test_a_file_of_any_version_is_raised(tmp_path: Path, version: int) -> None:
    with closing(connect(tmp_path / "old.db")) as disk:
        old_buffer(disk, version)
        migrate(disk)
        migrate(disk)
        assert disk.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert disk.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert disk.execute("PRAGMA page_size").fetchone() == (PAGE_BYTES,)


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    with closing(of_version_4(tmp_path / "old.db")) as disk:
        disk.execute("UPDATE dropped SET readings = 9223372036854775807")
        disk.execute("UPDATE epoch SET taken = -9223372036854775808")
        with pytest.raises((OverflowError, sqlite3.Error)):
            migrate(disk)
        assert disk.execute("PRAGMA user_version").fetchone() == (4,)
        assert disk.execute("SELECT count(*) FROM batch").fetchone() == (3,)


def test_a_large_file_is_raised_without_a_log_of_its_size(tmp_path: Path) -> None:
    """A start that is cut off would find such a log again, and read it into memory."""
    path = tmp_path / "old.db"
    logs: list[int] = []

    def look() -> None:
        log = path.with_name("old.db-wal")
        logs.append(log.stat().st_size if log.exists() else 0)

    with closing(old_buffer(connect(path))) as disk:
        many = 3_000
        disk.execute("BEGIN")
        one = old_epoch(disk, Lane.BULK, A, last=many, taken=many)
        for seq in range(1, many + 1):
            old_row(disk, Lane.BULK, one, seq, taken=1, payload=bytes(1_000))
        disk.execute("COMMIT")
        disk.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        disk.set_progress_handler(look, 1_000)
        migrate(disk)
        disk.set_progress_handler(None, 0)
        assert len(rows.numbers_after(disk, Lane.BULK, 0, 9_999)) == many
        assert disk.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert max(logs) < 100_000


def test_a_file_that_somebody_looks_at_is_raised_too(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(of_version_4(path)), closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM batch").fetchone() == (3,)
        with closing(connect(path)) as disk:
            disk.execute("PRAGMA busy_timeout = 0")
            migrate(disk)
            assert len(rows.rows_after(disk, Lane.BULK, 0, 9)) == 3
            assert disk.execute("PRAGMA journal_mode").fetchone() == ("wal",)
