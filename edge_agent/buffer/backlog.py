"""How much waits in a lane, and since when."""

import sqlite3
from dataclasses import dataclass

from wire.topic import Lane


@dataclass(frozen=True, slots=True)
class Backlog:
    """Batches and bytes of payload; `boot` and `mono_ms` place the oldest one, if there is any."""

    batches: int
    size: int
    boot: str | None
    mono_ms: int


def backlog(connection: sqlite3.Connection, lane: Lane) -> Backlog:
    batches, size = connection.execute(
        "SELECT count(*), coalesce(sum(length(payload)), 0) FROM batch WHERE lane = ?",
        (lane.value,),
    ).fetchone()
    oldest = connection.execute(
        "SELECT boot, mono_ms FROM batch WHERE lane = ? ORDER BY id LIMIT 1",
        (lane.value,),
    ).fetchone()
    boot, mono_ms = (None, 0) if oldest is None else oldest
    return Backlog(batches, size, boot, mono_ms)
