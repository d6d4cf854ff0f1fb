"""A broken file goes aside with its companions; a sound, new or newer one is left alone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ingest_server.db.journal import Draft, Kind, append, migrate_journal
from ingest_server.db.migrate import NewerDatabaseError
from ingest_server.db.set_aside import is_broken, set_aside_if_broken
from runtime.database import connect
from wire.envelope import Encoding

STAMP = "20261121T090405Z"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A file of many pages, closed."""
    path = tmp_path / "journal.db"
    with closing(connect(path)) as connection:
        migrate_journal(connection)
        for _ in range(100):
            draft = Draft(Kind.BULK, "gw-001", 1, "unset", 0, Encoding.RAW, b"x" * 3_000)
            append(connection, draft)
    return path


def look(path: Path, largest_checked: int | None = None) -> Path | None:
    return set_aside_if_broken(path, migrate_journal, STAMP, largest_checked=largest_checked)


def test_none_is_none(tmp_path: Path) -> None:
    assert look(tmp_path / "journal.db") is None
    assert list(tmp_path.iterdir()) == []


def test_a_sound_one_stays(journal: Path) -> None:
    before = journal.read_bytes()
    assert look(journal) is None
    assert journal.read_bytes() == before


def test_one_that_is_no_database_goes_aside_with_its_companions(journal: Path) -> None:
    journal.write_bytes(b"no database" * 1_000)
    for suffix in ("-wal", "-shm"):
        journal.with_name(journal.name + suffix).write_bytes(b"rest")
    aside = look(journal)
    assert aside == journal.with_name(f"journal.db.broken-{STAMP}")
    assert aside is not None
    assert aside.read_bytes().startswith(b"no database")
    assert not journal.exists()
    assert not journal.with_name("journal.db-wal").exists()


def test_a_torn_page_is_found(journal: Path) -> None:
    with journal.open("r+b") as file:
        file.seek(20 * 4_096)
        file.write(b"\xff" * 8 * 4_096)
    assert look(journal, largest_checked=1_000) is None
    assert look(journal) is not None


def test_a_torn_schema_is_found_in_a_file_of_any_size(journal: Path) -> None:
    with journal.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3_996)
    assert look(journal, largest_checked=0) is not None


def test_a_truncated_file_is_found(journal: Path) -> None:
    with journal.open("r+b") as file:
        file.truncate(10 * 4_096)
    assert look(journal) is not None


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.touch()
    assert look(path) is None


def test_a_newer_one_is_not_broken(journal: Path) -> None:
    with closing(connect(journal)) as connection:
        connection.execute("INSERT INTO migration VALUES ('journal_999_future.sql')")
    with pytest.raises(NewerDatabaseError, match="newer release"):
        look(journal)
    assert journal.exists()


def test_what_a_new_file_would_meet_too_is_the_callers(tmp_path: Path) -> None:
    folder = tmp_path / "journal.db"
    folder.mkdir()
    with pytest.raises(sqlite3.OperationalError):
        look(folder)


def test_an_index_that_differs_from_its_table_is_found(journal: Path) -> None:
    """Half of a write: the row is gone, its place in the index is not."""
    with closing(connect(journal)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'entry_by_kind'")
        text = "CREATE INDEX entry_by_kind ON entry (gateway, id)"
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'quarantine_by_gateway'"
        ).fetchone()
        connection.execute(
            "INSERT INTO sqlite_master VALUES ('index', 'entry_by_kind', 'entry', ?, ?)",
            (root, text),
        )
    assert look(journal) is not None


def test_only_damage_counts_as_broken() -> None:
    error = sqlite3.DatabaseError("x")
    assert not is_broken(error)
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert not is_broken(error)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_INDEX
    assert is_broken(error)
    assert not is_broken(OSError())
