"""Boots survive on disk as they were, and say which was heard last."""

import sqlite3
from importlib.resources import files

import pytest

from ingest_server.db.boot import Boot
from ingest_server.db.boot_table import boots_after, last_boot, load_boot, save_boot
from ingest_server.db.journal import migrate_journal


@pytest.fixture
def connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate_journal(connection)
    return connection


def test_a_boot_comes_back_as_it_was(connection: sqlite3.Connection) -> None:
    boot = Boot(
        7,
        is_anchored=True,
        latest_us=9,
        earliest_us=3,
        end_us=5,
        is_used=True,
        before="b-0",
        turn=4,
    )
    save_boot(connection, "gw", "b-1", boot)
    assert load_boot(connection, "gw", "b-1") == boot
    assert load_boot(connection, "other", "b-1") is None
    assert boot.ended_us == 12


def test_the_last_boot_and_those_that_follow(connection: sqlite3.Connection) -> None:
    assert last_boot(connection, "gw") is None
    save_boot(connection, "gw", "lost", Boot(99))
    assert last_boot(connection, "gw") == ("lost", 0)
    save_boot(connection, "gw", "b-2", Boot(10, before="b-1", turn=2))
    save_boot(connection, "gw", "b-1", Boot(20, turn=1))
    assert last_boot(connection, "gw") == ("b-2", 2)
    assert boots_after(connection, "gw", "b-1") == ["b-2"]
    assert boots_after(connection, "gw", "b-2") == []


def test_a_boot_of_the_release_before_is_kept() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    name = "journal_001_start.sql"
    script = files("ingest_server.db") / "migrations" / name
    connection.executescript(script.read_text(encoding="utf-8"))
    connection.execute("CREATE TABLE migration (name TEXT PRIMARY KEY) STRICT")
    connection.execute("INSERT INTO migration VALUES (?)", (name,))
    connection.execute("INSERT INTO boot VALUES ('gw', 'b', 7, 1)")
    migrate_journal(connection)
    assert load_boot(connection, "gw", "b") == Boot(7, is_anchored=True, is_used=True)
