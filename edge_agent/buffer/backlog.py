"""How much waits in a lane, and since when."""

import sqlite3

import msgspec

from edge_agent.buffer import epochs, stored
from wire.topic import Lane


class Backlog(msgspec.Struct, frozen=True):
    """Batches and bytes of payload; `boot` and `mono_ms` place the oldest one, if there is any."""

    batches: int
    size: int
    boot: str | None
    mono_ms: int


def backlog(connection: sqlite3.Connection, lane: Lane) -> Backlog:
    """From kept counts and the first row, however many there are."""
    listed = epochs.of_lane(connection, lane)
    oldest = stored.between(connection, epochs.in_sight(connection, lane), 1)
    boot, mono_ms = (oldest[0].boot, oldest[0].mono_ms) if oldest else (None, 0)
    batches = sum(one.rows_held for one in listed)
    return Backlog(batches, sum(one.size_held for one in listed), boot, mono_ms)
