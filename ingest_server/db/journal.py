"""The journal: what intake committed, read by cursor; the lanes' last signs of life; trimming."""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec
from msgspec import structs

from ingest_server.db.migrate import migrate
from ingest_server.db.retime import Retime, decode_retime
from wire.batch import decode_batch
from wire.codec import unpack
from wire.command import Result, decode_command
from wire.envelope import Encoding
from wire.identity import Birth, Status, decode_birth, decode_status
from wire.reading import Reading
from wire.refusal import WireError
from wire.topic import Lane

_log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What an entry holds."""

    URGENT = "urgent"
    BULK = "bulk"
    BIRTH = "birth"
    STATUS = "status"
    RESULT = "result"
    RETIME = "retime"  # of intake itself: earlier entries stand elsewhere in time


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that is about to be committed; `kept` names the readings to take, None for all."""

    kind: Kind
    gateway: str
    arrival_us: int
    clock: str
    shift_us: int
    encoding: Encoding
    payload: bytes
    kept: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A committed entry, decoded; the times of its readings are UTC microseconds."""

    id: int
    kind: Kind
    gateway: str
    arrival_us: int
    clock: str
    readings: tuple[Reading, ...] = ()
    birth: Birth | None = None
    status: Status | None = None
    result: Result | None = None
    retime: Retime | None = None


class LaneState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """When a lane was last heard, and through which source time (UTC us) it is complete.

    `live_since_us`, `live_us`: the same of its current epoch alone, see db/lane_book.py Live.
    Each pass of the alarm stage makes one for every lane: they leave the collector alone.
    """

    gateway: str
    lane: Lane
    arrival_us: int
    through_us: int | None
    clones: int
    live_since_us: int | None = None
    live_us: int | None = None


def migrate_journal(connection: sqlite3.Connection) -> None:
    migrate(connection, "journal")


def append(connection: sqlite3.Connection, draft: Draft) -> int:
    """Write an entry and return its id; ids only ever grow."""
    kept = None if draft.kept is None else msgspec.json.encode(draft.kept).decode()
    cursor = connection.execute(
        "INSERT INTO entry (kind, gateway, arrival_us, clock, shift_us, encoding, payload, kept)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            draft.kind.value,
            draft.gateway,
            draft.arrival_us,
            draft.clock,
            draft.shift_us,
            draft.encoding.value,
            draft.payload,
            kept,
        ),
    )
    return cursor.lastrowid or 0


def entries_after(
    connection: sqlite3.Connection,
    kinds: Sequence[Kind],
    cursor: int,
    limit: int,
    readings: int | None = None,
) -> list[Entry]:
    """At most `limit` entries of these kinds with an id above the cursor, in order of id.

    With `readings`, the entry that brings them to so many is the last: what stands behind it is
    not even decoded. One that this release can not read is empty, which is logged.
    """
    marks = ", ".join("?" for _ in kinds)
    rows = connection.execute(
        "SELECT id, kind, gateway, arrival_us, clock, shift_us, encoding, payload, kept"  # noqa: S608 - question marks, as many as kinds
        f" FROM entry WHERE kind IN ({marks}) AND id > ? ORDER BY id LIMIT ?",
        (*(kind.value for kind in kinds), cursor, limit),
    )
    entries: list[Entry] = []
    total = 0
    for row in rows:
        entries.append(_entry_or_empty(row))
        total += len(entries[-1].readings)
        if readings is not None and total >= readings:
            break
    return entries


_Row = tuple[int, str, str, int, str, int, str, bytes, str | None]


def _entry_or_empty(row: _Row) -> Entry:
    """An entry that an earlier release admitted and this one refuses must stop no stage."""
    try:
        return _entry(row)
    except WireError as error:
        number, kind, gateway, arrival_us, clock, *_ = row
        _log.error("entry %d of gateway %s can not be read any more: %s", number, gateway, error)
        return Entry(number, Kind(kind), gateway, arrival_us, clock)


def _entry(row: _Row) -> Entry:
    number, kind, gateway, arrival_us, clock, shift_us, encoding, payload, kept = row
    entry = Entry(number, Kind(kind), gateway, arrival_us, clock)
    if entry.kind is Kind.BIRTH:
        return replace(entry, birth=decode_birth(payload, gateway))
    if entry.kind is Kind.STATUS:
        return replace(entry, status=decode_status(payload))
    if entry.kind is Kind.RESULT:
        return replace(entry, result=decode_command(payload, Result))
    if entry.kind is Kind.RETIME:
        return replace(entry, retime=decode_retime(payload))
    readings = decode_batch(unpack(payload, Encoding(encoding)), gateway).readings
    if kept is not None:
        slices = msgspec.json.decode(kept, type=list[tuple[int, int]])
        readings = tuple(r for start, end in slices for r in readings[start:end])
    if shift_us:
        readings = tuple(structs.replace(r, time_us=r.time_us + shift_us) for r in readings)
    return replace(entry, readings=readings)


def lane_states(connection: sqlite3.Connection) -> list[LaneState]:
    rows = connection.execute(
        "SELECT gateway, lane, arrival_us, through_us, clones, live_since_us, live_through_us"
        " FROM lane"
    )
    return msgspec.convert(rows.fetchall(), list[LaneState])


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries that a stage has not read, and when the oldest of them arrived."""

    entries: int
    oldest_us: int | None


def waiting(connection: sqlite3.Connection, kinds: Sequence[Kind], cursor: int) -> Waiting:
    marks = ", ".join("?" for _ in kinds)
    row = connection.execute(
        f"SELECT count(*), min(arrival_us) FROM entry WHERE kind IN ({marks}) AND id > ?",  # noqa: S608 - question marks, as many as kinds
        (*(kind.value for kind in kinds), cursor),
    ).fetchone()
    return Waiting(*row)


def last_id(connection: sqlite3.Connection) -> int:
    """The highest id ever given, trimmed entries included."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entry'").fetchone()
    return 0 if row is None else int(row[0])


def trim(connection: sqlite3.Connection, below: Mapping[Kind, int], limit: int = 5_000) -> int:
    """Delete at most `limit` entries with an id at or below the cursors; return how many."""
    deleted = 0
    for kind, cursor in below.items():
        deleted += connection.execute(
            "DELETE FROM entry WHERE id IN"
            " (SELECT id FROM entry WHERE kind = ? AND id <= ? ORDER BY id LIMIT ?)",
            (kind.value, cursor, limit - deleted),
        ).rowcount
    return deleted
