"""How far a stage has read the journal: one named number in the stage's own file."""

import sqlite3
from enum import StrEnum


class Cursor(StrEnum):
    """The cursors of book.db; intake trims the journal below them."""

    URGENT = "alarm.urgent"  # urgent, birth and status entries
    BULK = "alarm.bulk"
    CONTROL = "control"  # results


def read_cursor(connection: sqlite3.Connection, name: Cursor) -> int:
    """The id of the last entry that is done; 0 before the first."""
    row = connection.execute("SELECT entry FROM cursor WHERE name = ?", (name.value,)).fetchone()
    return 0 if row is None else int(row[0])


def write_cursor(connection: sqlite3.Connection, name: Cursor, entry: int) -> None:
    connection.execute(
        "INSERT INTO cursor VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET entry = excluded.entry",
        (name.value, entry),
    )
