"""Brings rows into a buffer from elsewhere under their own keys: salvaged, or of a memory file."""

import sqlite3
from typing import Final

import msgspec
from msgspec.structs import replace

from edge_agent.buffer import anchors, epochs, numbers, stored
from edge_agent.buffer.epochs import Epoch, Forgotten
from edge_agent.buffer.found import Found
from edge_agent.buffer.proof import Field
from edge_agent.buffer.row_id import row_id, span_of_epoch
from wire.topic import Lane

FILE_BROKEN: Final = "file_broken"
"""Why readings were given up that were taken, and that nothing proves any more."""


class Adopted(msgspec.Struct):
    """Rows brought in, their readings, and readings that were taken and are nowhere."""

    batches: int = 0
    readings: int = 0
    lost: int = 0

    def __add__(self, other: "Adopted") -> "Adopted":
        return Adopted(
            self.batches + other.batches, self.readings + other.readings, self.lost + other.lost
        )


def replace_all(connection: sqlite3.Connection, found: Found) -> Adopted:
    """Make an empty buffer hold what was found in a broken one; one transaction."""
    for name in (numbers.CONNECTION, numbers.LAST_UTC_US):
        numbers.note(connection, name, found.numbers.get(name, 0))
    adopted = add(connection, found)
    add_others(connection, found)
    for lane in Lane:
        epochs.save_forgotten(connection, _forgotten(connection, lane, found))
    return adopted


def _forgotten(connection: sqlite3.Connection, lane: Lane, found: Found) -> Forgotten:
    """As found; else such that no epoch to come begins below what an epoch has stated."""
    listed = epochs.of_lane(connection, lane)
    latest = listed[-1].epoch if listed else None
    known = found.lanes.get(lane)
    if known is not None:
        return replace(known, latest=latest or known.latest)
    total = max((one.base + one.taken for one in listed), default=0)
    gone = max(total - sum(one.taken for one in listed), 0)
    return Forgotten(lane, gone, gone, 0, latest, {})


def add_others(connection: sqlite3.Connection, found: Found) -> None:
    """Anchors and commands that the buffer does not have."""
    known = set(connection.execute("SELECT boot, mono_ms, utc_us FROM anchor"))
    for _, anchor in sorted(found.anchors.items()):
        if (anchor.boot, anchor.mono, anchor.utc) not in known:
            anchors.write(connection, anchor)
    for fields in sorted(found.commands.values(), key=lambda one: int(str(one[0]))):
        _command(connection, fields)


def _command(connection: sqlite3.Connection, fields: tuple[Field, ...]) -> None:
    """What was not answered counts as begun: it is answered as interrupted, never done again."""
    _, name, device, payload, boot, mono_ms, _, answer, _ = fields
    state, to_send = ("under_way", 0) if answer is None else ("answered", 1)
    connection.execute(
        "INSERT OR IGNORE INTO command (id, device, payload, boot, mono_ms, state, answer, to_send)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (name, device, payload, boot, mono_ms, state, answer, to_send),
    )


def add(connection: sqlite3.Connection, found: Found, *, is_of_another: bool = False) -> Adopted:
    """Add the rows that the buffer lacks, and their epochs, within a transaction.

    Of an epoch that it knows, only rows above its last key: the others went for a reason.
    `is_of_another`: they were taken in another file, so their epochs follow those of this one.
    """
    adopted = Adopted()
    for one in _epochs(found):
        known = epochs.named(connection, one.lane, one.epoch)
        above, before = (0 if known is None else known.last), adopted.batches
        there = known or _open(connection, one, is_of_another=is_of_another)
        for row in found.rows.standing(one.lane, one.id, above):
            number = row_id(there.lane, there.id, row.seq)
            stored.write(connection, replace(row, id=number, base=there.base))
            adopted.batches += 1
            adopted.readings += row.taken
        if adopted.batches > before:
            there.dropped = _most(there.dropped, one.dropped)
        adopted.lost += settle(connection, there)
    return adopted


def _epochs(found: Found) -> list[Epoch]:
    """Those found, and those of which there are only rows; in the order of their old numbers."""
    known = dict(found.epochs)
    for row in found.rows.firsts():
        place = row.lane, row.epoch
        if place not in known:
            known[place] = Epoch(row.epoch_id, row.lane, row.epoch, None, row.base, boot=row.boot)
    return sorted(known.values(), key=lambda one: one.id)


def _open(connection: sqlite3.Connection, one: Epoch, *, is_of_another: bool) -> Epoch:
    if is_of_another:
        follows = epochs.unopened(connection, one.lane, one.epoch)
        one = replace(one, base=follows.base, prev=follows.prev)
    return epochs.opened(connection, replace(one, dropped=dict(one.dropped)))


def _most(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in sorted({*one, *other})}


def settle(connection: sqlite3.Connection, one: Epoch) -> int:
    """Make the counts of an epoch those of its rows; readings that are nowhere are given up.

    Returns how many those are.
    """
    span = span_of_epoch(one.lane, one.id)
    one.follow(stored.newest(connection, span))
    held, readings, size = connection.execute(
        "SELECT count(*), coalesce(sum(taken), 0), coalesce(sum(length(payload)), 0)"
        " FROM batch WHERE id BETWEEN ? AND ?",
        span,
    ).fetchone()
    one.rows_gone = one.last - held
    one.size_gone = one.size - size
    lost = one.buffered - readings
    if lost > 0:
        one.dropped[FILE_BROKEN] = one.dropped.get(FILE_BROKEN, 0) + lost
    else:  # rows came back that a receipt had already: they go up once more, and are known there
        one.stored += lost
    epochs.save(connection, one)
    return max(int(lost), 0)
