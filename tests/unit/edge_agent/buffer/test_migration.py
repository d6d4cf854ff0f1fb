"""A new file gets its tables, whole or not at all; one of another schema is refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import numbers, rows
from edge_agent.buffer.migration import PAGE_BYTES, SCHEMA_VERSION, NewerBufferError, migrate
from edge_agent.buffer.proof import DamagedError
from runtime.database import connect
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane

DRAFT = rows.Draft(1, Base("boot", 7, ClockState.UNSET), Encoding.RAW, b"[]")


def test_a_new_file_has_small_pages_a_log_and_its_schema(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "new.db")) as disk:
        for _ in range(2):
            migrate(disk)
        assert disk.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert disk.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert disk.execute("PRAGMA page_size").fetchone() == (PAGE_BYTES,)
        assert numbers.number(disk, numbers.SCHEMA) == SCHEMA_VERSION
        assert rows.ledger(disk, Lane.BULK) == rows.Ledger(0, 0, 0, 0, {})


def test_epochs_leave_room_below_for_those_of_other_files(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "new.db")) as disk:
        migrate(disk)
        rows.commit(disk, Lane.BULK, "a" * 16, [DRAFT])
        assert disk.execute("SELECT id FROM epoch").fetchone() == (1 << 20,)


def test_a_file_that_somebody_looks_at_gets_its_tables_too(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(connect(path)) as disk, closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        disk.execute("PRAGMA busy_timeout = 0")
        migrate(disk)
        assert disk.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_what_was_before_the_first_release_is_refused(tmp_path: Path, version: int) -> None:
    with closing(connect(tmp_path / "old.db")) as disk:
        disk.execute(f"PRAGMA user_version = {version}")
        with pytest.raises(DamagedError, match=f"schema {version}"):
            migrate(disk)


def test_what_is_newer_is_refused(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "new.db")) as disk:
        disk.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        with pytest.raises(NewerBufferError):
            migrate(disk)
