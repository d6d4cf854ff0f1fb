"""Rows of a lane as the uplink takes them: many in one look, and where the young ones begin."""

import sqlite3
from collections.abc import Callable

import msgspec

from edge_agent.buffer import epochs, rows, stored
from edge_agent.buffer.row_id import span_of_lane
from edge_agent.buffer.rows import Row
from wire.topic import Lane

ENVELOPE_BYTES = 128
"""What a message has beside its payload, about."""
_YOUNGEST = 32
_EXTRA = 64


class Wanted(msgspec.Struct, frozen=True):
    """Rows above `after`, up to `until` (None: all): so many and so many bytes, at least one.

    `is_passed_over`: rows that are on their way, or that the server has.
    """

    lane: Lane
    after: int
    until: int | None
    most: int
    size: int
    is_passed_over: Callable[[int], bool]


class Found(msgspec.Struct, frozen=True):
    """`last`: up to here all was looked at; None: there is nothing more."""

    rows: tuple[Row, ...]
    last: int | None


def look(connection: sqlite3.Connection, wanted: Wanted) -> Found:
    """Oldest first."""
    after, limit = wanted.after, wanted.most + _EXTRA
    while True:
        numbers = rows.numbers_after(connection, wanted.lane, after, limit)
        inside = [n for n in numbers if wanted.until is None or n <= wanted.until]
        free = [n for n in inside if not wanted.is_passed_over(n)]
        chosen = _within(connection, free[: wanted.most], wanted.size)
        if chosen:
            return Found(tuple(chosen), chosen[-1].id)
        if len(inside) < limit:
            return Found((), None)
        after = inside[-1]


def _within(connection: sqlite3.Connection, numbers: list[int], size: int) -> list[Row]:
    chosen: list[Row] = []
    for number in numbers:
        row = rows.row(connection, number)
        if row is None:
            continue
        size -= len(row.payload) + ENVELOPE_BYTES
        if chosen and size < 0:
            break
        chosen.append(row)
    return chosen


def oldest_young(connection: sqlite3.Connection, lane: Lane, boot: str, since_ms: int) -> int:
    """The first of the newest rows that began at or after that time of this boot; else one beyond.

    Of the newest 32 rows: what came thicker than that is backlog.
    """
    found = connection.execute(
        "SELECT id FROM batch WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?",
        (*epochs.in_sight(connection, lane), _YOUNGEST),
    ).fetchall()
    first = found[0][0] + 1 if found else span_of_lane(lane)[0]
    for (number,) in found:
        row = stored.one(connection, number)
        if row is None or row.boot != boot or row.mono_ms < since_ms:
            break
        first = number
    return int(first)
