"""A buffer as an agent of schema version 4 left it, made by its own scripts."""

import sqlite3
from importlib.resources import files

from edge_agent.buffer.migration import SCRIPTS
from wire.topic import Lane

OLD = 4


def old_buffer(connection: sqlite3.Connection, version: int = OLD) -> sqlite3.Connection:
    """Make the tables as they were then."""
    for script in SCRIPTS[:version]:
        connection.executescript((files("edge_agent.buffer") / script).read_text(encoding="utf-8"))
    return connection


def old_epoch(
    connection: sqlite3.Connection, lane: Lane, epoch: str, *, last: int, taken: int
) -> int:
    cursor = connection.execute(
        "INSERT INTO epoch (lane, epoch, prev, base, last, taken)"
        " SELECT lane, ?, latest, taken, ?, ? FROM lane WHERE lane = ?",
        (epoch, last, taken, lane.value),
    )
    connection.execute(
        "UPDATE lane SET taken = taken + ?, latest = ? WHERE lane = ?", (taken, epoch, lane.value)
    )
    return cursor.lastrowid or 0


def old_row(
    connection: sqlite3.Connection,
    lane: Lane,
    epoch_id: int,
    seq: int,
    *,
    taken: int,
    payload: bytes = b"[]",
    boot: str = "b-1",
) -> None:
    connection.execute(
        "INSERT INTO batch (lane, epoch_id, seq, first, taken, kept, boot, mono_ms, clock,"
        " encoding, payload) VALUES (?, ?, ?, ?, ?, ?, ?, 7, 'holdover', 'raw', ?)",
        (lane.value, epoch_id, seq, seq, taken, taken, boot, payload),
    )
