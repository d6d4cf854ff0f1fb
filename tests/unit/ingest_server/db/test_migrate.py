"""Scripts run once and in order; a file of a newer release is not touched."""

import sqlite3

import pytest

from ingest_server.db.migrate import NewerDatabaseError, migrate


def test_migrating_twice_changes_nothing() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, "journal")
    before = connection.serialize()
    migrate(connection, "journal")
    assert connection.serialize() == before


def test_a_newer_file_is_refused() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, "journal")
    connection.execute("INSERT INTO migration VALUES ('journal_999_later.sql')")
    with pytest.raises(NewerDatabaseError, match=r"journal_999_later\.sql"):
        migrate(connection, "journal")
