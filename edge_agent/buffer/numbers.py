"""The few numbers that outlive a run: connections, the last good time, the schema."""

import sqlite3

from edge_agent.buffer.proof import DamagedError, Kind, check, proof

CONNECTION = "connection"
LAST_UTC_US = "last_utc_us"
SCHEMA = "schema"
WEAR_US = "wear_us"
_WEAR = "wear:"


def wear(purpose: str) -> str:
    """Under which the bytes are kept that were written for a purpose."""
    return f"{_WEAR}{purpose}"


def is_wear(name: str) -> bool:
    """Whether it is one of those that tell what was written to the card."""
    return name == WEAR_US or name.startswith(_WEAR)


def number(connection: sqlite3.Connection, name: str) -> int:
    """Raise DamagedError."""
    fields = connection.execute(
        "SELECT name, value, proof FROM meta WHERE name = ?", (name,)
    ).fetchone()
    if fields is None:
        raise DamagedError(f"there is no number {name}")
    _, value = check(Kind.META, fields)
    return int(value or 0)


def kept(connection: sqlite3.Connection, name: str) -> int:
    """One that not every file has: 0 without it. Raise DamagedError."""
    found = connection.execute("SELECT 1 FROM meta WHERE name = ?", (name,)).fetchone()
    return 0 if found is None else number(connection, name)


def forget(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("DELETE FROM meta WHERE name = ?", (name,))


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
