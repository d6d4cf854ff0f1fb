"""Brings rows into a buffer from elsewhere under their own keys: salvaged, or of a memory file."""

import sqlite3
from typing import Final

import msgspec
from msgspec.structs import replace

from edge_agent.buffer import anchors, epochs, stored
from edge_agent.buffer.epochs import Epoch
from edge_agent.buffer.found import Found
from edge_agent.buffer.proof import Field
from edge_agent.buffer.row_id import Span, row_id, span_of_epoch

FILE_BROKEN: Final = "file_broken"
"""Why readings were given up that were taken, and that nothing proves any more."""


class Adopted(msgspec.Struct):
    """Rows brought in, their readings, and readings that were taken and are nowhere."""

    batches: int = 0
    readings: int = 0
    lost: int = 0

    def __str__(self) -> str:
        return (
            f"{self.readings} readings in {self.batches} batches were saved,"
            f" {self.lost} that it had are lost"
        )

    def __add__(self, other: "Adopted") -> "Adopted":
        return Adopted(
            self.batches + other.batches, self.readings + other.readings, self.lost + other.lost
        )


def add_others(connection: sqlite3.Connection, found: Found) -> list[str]:
    """Anchors and commands that the buffer does not have; the ids of commands not answered yet.

    Of a boot only anchors newer than those that it has: nobody may take an old one for the latest.
    """
    newest = dict(connection.execute("SELECT boot, max(mono_ms) FROM anchor GROUP BY boot"))
    for _, anchor in sorted(found.anchors.items()):
        if anchor.mono > newest.get(anchor.boot, -1):
            anchors.write(connection, anchor)
    listed = sorted(found.commands.values(), key=lambda one: int(str(one[0])))
    return [str(fields[1]) for fields in listed if _command(connection, fields)]


def _command(connection: sqlite3.Connection, fields: tuple[Field, ...]) -> bool:
    """What was not answered counts as begun: it is answered as interrupted, never done again.

    Whether there is such a one, and it is new here.
    """
    _, name, device, payload, boot, mono_ms, _, answer, _ = fields
    state, to_send = ("under_way", 0) if answer is None else ("answered", 1)
    there = connection.execute(
        "INSERT OR IGNORE INTO command (id, device, payload, boot, mono_ms, state, answer, to_send)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (name, device, payload, boot, mono_ms, state, answer, to_send),
    )
    return there.rowcount > 0 and answer is None


def add_known(connection: sqlite3.Connection, found: Found, one: Epoch) -> Adopted:
    """Add the rows of an epoch that the buffer has, above its last key, within a transaction."""
    there = epochs.named(connection, one.lane, one.epoch)
    return Adopted() if there is None else _add_above(connection, found, (one, there), there.last)


def add(connection: sqlite3.Connection, found: Found) -> Adopted:
    """Add the rows that the buffer lacks and that began in it, within a transaction.

    Of an epoch that it knows, only rows above its last key: the others went for a reason. Rows that
    were coming in from another file when a kill tore the log come in again with all of that file.
    """
    adopted = Adopted()
    for one in epochs_of(found):
        known = epochs.named(connection, one.lane, one.epoch)
        if known is None and epochs.is_coming_in(connection, one):
            continue
        there = known or epochs.opened(connection, replace(one, dropped=dict(one.dropped)))
        above = 0 if known is None else known.last
        adopted += _add_above(connection, found, (one, there), above)
    return adopted


def _add_above(
    connection: sqlite3.Connection, found: Found, both: tuple[Epoch, Epoch], above: int
) -> Adopted:
    """Rows of an epoch, as it was found and as it is there, above a key."""
    adopted, (one, there) = Adopted(), both
    for row in found.rows.standing(one.lane, one.id, above):
        number = row_id(there.lane, there.id, row.seq)
        stored.write(connection, replace(row, id=number, base=there.base))
        adopted.batches += 1
        adopted.readings += row.taken
    if adopted.batches:
        there.dropped = most(there.dropped, one.dropped)
    adopted.lost = settle(connection, there)
    return adopted


def epochs_of(found: Found) -> list[Epoch]:
    """Those found, and those of which there are only rows; in the order of their old numbers."""
    known = dict(found.epochs)
    for row in found.rows.firsts():
        place = row.lane, row.epoch
        if place not in known:
            known[place] = Epoch(row.epoch_id, row.lane, row.epoch, None, row.base, boot=row.boot)
    return sorted(known.values(), key=lambda one: one.id)


def most(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in sorted({*one, *other})}


class Counted(msgspec.Struct, frozen=True):
    """What an epoch has in the table of rows."""

    rows: int
    readings: int
    size: int


def counted(connection: sqlite3.Connection, span: Span) -> Counted:
    """Reads every row of the span, which may be a million."""
    return Counted(
        *connection.execute(
            "SELECT count(*), coalesce(sum(taken), 0), coalesce(sum(length(payload)), 0)"
            " FROM batch WHERE id BETWEEN ? AND ?",
            span,
        ).fetchone()
    )


def settle(connection: sqlite3.Connection, one: Epoch, held: Counted | None = None) -> int:
    """Make the counts of an epoch those of its rows; readings that are nowhere are given up.

    Returns how many those are.
    """
    span = span_of_epoch(one.lane, one.id)
    held = counted(connection, span) if held is None else held
    one.follow(stored.newest(connection, span))
    one.rows_gone = one.last - held.rows
    one.size_gone = one.size - held.size
    lost = one.buffered - held.readings
    if lost > 0:
        one.dropped[FILE_BROKEN] = one.dropped.get(FILE_BROKEN, 0) + lost
    else:  # rows came back that a receipt had already: they go up once more, and are known there
        one.stored += lost
    epochs.save(connection, one)
    return max(lost, 0)
