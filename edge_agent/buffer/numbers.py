"""The few numbers that outlive a run: connections counted, the last good time."""

import sqlite3

from edge_agent.buffer.proof import Kind, check, proof

CONNECTION = "connection"
LAST_UTC_US = "last_utc_us"


def number(connection: sqlite3.Connection, name: str) -> int:
    """Raise DamagedError."""
    fields = connection.execute(
        "SELECT name, value, proof FROM meta WHERE name = ?", (name,)
    ).fetchone()
    _, value = check(Kind.META, fields)
    return int(value or 0)


def note(connection: sqlite3.Connection, name: str, value: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO meta (name, value, proof) VALUES (?, ?, ?)",
        (name, value, proof(Kind.META, (name, value))),
    )


def next_connection(connection: sqlite3.Connection) -> int:
    """Count a connection to the broker; the number only ever grows in this file."""
    counted = number(connection, CONNECTION) + 1
    note(connection, CONNECTION, counted)
    return counted
