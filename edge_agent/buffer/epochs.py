"""The epochs of a lane: what each took, what of it went and why, and the ledger of the lane."""

import sqlite3
from typing import Any

import msgspec
from msgspec.structs import replace

from edge_agent.buffer import numbers, stored
from edge_agent.buffer.proof import DamagedError, Field, Kind, check, proof
from edge_agent.buffer.row_id import Span, row_id, span_of_epoch, span_of_lane
from edge_agent.buffer.stored import Stored
from wire.statement import EpochStatement
from wire.topic import Lane


class Epoch(msgspec.Struct):
    """One epoch; `id` 0: not in the file yet.

    `last`, `taken`, `size`: highest seq, readings and bytes of payload ever committed.
    """

    id: int
    lane: Lane
    epoch: str
    prev: str | None
    base: int
    last: int = 0
    taken: int = 0
    size: int = 0
    rows_gone: int = 0
    size_gone: int = 0
    stored: int = 0
    thinned: int = 0
    dropped: dict[str, int] = msgspec.field(default_factory=dict)
    boot: str = ""

    @property
    def rows_held(self) -> int:
        return self.last - self.rows_gone

    @property
    def size_held(self) -> int:
        return self.size - self.size_gone

    @property
    def buffered(self) -> int:
        return self.taken - self.stored - self.thinned - sum(self.dropped.values())

    def had(self, row: Stored) -> None:
        """A receipt has the row, and it is deleted."""
        self.stored += row.kept
        self.thinned += row.taken - row.kept
        self.went(row)

    def drop(self, row: Stored, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + row.taken
        self.went(row)

    def went(self, row: Stored) -> None:
        self.rows_gone += 1
        self.size_gone += len(row.payload)

    def follow(self, row: Stored | None) -> None:
        """Take the running totals of the newest row."""
        if row is not None and row.seq > self.last:
            self.last, self.taken, self.size = row.seq, row.through, row.size


class Ledger(msgspec.Struct, frozen=True):
    """Where the readings of a lane of this file are: taken is the sum of all the others."""

    taken: int
    stored: int
    buffered: int
    thinned: int
    dropped: dict[str, int]


_COLUMNS = (
    "id, lane, epoch, prev, base, last, taken, size, rows_gone, size_gone, stored, thinned,"
    " dropped, boot, proof"
)
_MARKS = ", ".join("?" * 15)


def _said(one: Epoch) -> tuple[Field, ...]:
    return (
        one.id,
        one.lane.value,
        one.epoch,
        one.prev,
        one.base,
        one.last,
        one.taken,
        one.size,
        one.rows_gone,
        one.size_gone,
        one.stored,
        one.thinned,
        msgspec.json.encode(one.dropped).decode(),
        one.boot,
    )


def epoch_of(columns: tuple[Field, ...]) -> Epoch:
    """From the columns with their proof; raise DamagedError."""
    said: list[Any] = list(check(Kind.EPOCH, columns))
    said[1] = Lane(said[1])
    said[-2] = msgspec.json.decode(said[-2], type=dict[str, int])
    return Epoch(*said)


def save(connection: sqlite3.Connection, one: Epoch) -> None:
    said = _said(one)
    connection.execute(
        f"INSERT INTO epoch ({_COLUMNS}) VALUES ({_MARKS}) ON CONFLICT (id) DO UPDATE SET"  # noqa: S608 - names and marks of our own, no value
        " prev = excluded.prev, base = excluded.base, boot = excluded.boot, last = excluded.last,"
        " taken = excluded.taken, size = excluded.size, rows_gone = excluded.rows_gone,"
        " size_gone = excluded.size_gone, stored = excluded.stored, thinned = excluded.thinned,"
        " dropped = excluded.dropped, proof = excluded.proof",
        (*said, proof(Kind.EPOCH, said)),
    )


def _followed(connection: sqlite3.Connection, columns: tuple[Field, ...]) -> Epoch:
    one = epoch_of(columns)
    one.follow(stored.newest(connection, span_of_epoch(one.lane, one.id)))
    return one


def of_lane(connection: sqlite3.Connection, lane: Lane) -> list[Epoch]:
    """The epochs of the lane, oldest first, up to their newest rows; raise DamagedError."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM epoch WHERE lane = ? ORDER BY id",  # noqa: S608 - our own names
        (lane.value,),
    ).fetchall()
    return [_followed(connection, columns) for columns in rows]


def named(connection: sqlite3.Connection, lane: Lane, name: str) -> Epoch | None:
    columns = connection.execute(
        f"SELECT {_COLUMNS} FROM epoch WHERE lane = ? AND epoch = ?",  # noqa: S608 - our own names
        (lane.value, name),
    ).fetchone()
    return None if columns is None else _followed(connection, columns)


def numbered(connection: sqlite3.Connection, number: int) -> Epoch | None:
    columns = connection.execute(
        f"SELECT {_COLUMNS} FROM epoch WHERE id = ?",  # noqa: S608 - our own names
        (number,),
    ).fetchone()
    return None if columns is None else _followed(connection, columns)


def in_sight(connection: sqlite3.Connection, lane: Lane) -> Span:
    """Lowest and highest id of rows whose epochs are listed; those below are still coming in."""
    first = _first_listed(connection, lane)
    low, high = span_of_lane(lane)
    return (high, low) if first is None else (row_id(lane, first, 0), high)


def is_coming_in(connection: sqlite3.Connection, one: Epoch) -> bool:
    """Whether an epoch that is not listed has a number below those that began in this file."""
    first = _first_listed(connection, one.lane)
    return one.id < (next_number(connection) if first is None else first)


def next_number(connection: sqlite3.Connection) -> int:
    """The number that the next epoch to begin in this file will have."""
    (last,) = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'epoch'").fetchone()
    return int(last) + 1


def _first_listed(connection: sqlite3.Connection, lane: Lane) -> int | None:
    query = "SELECT min(id) FROM epoch WHERE lane = ?"
    (first,) = connection.execute(query, (lane.value,)).fetchone()
    return None if first is None else int(first)


def brought(lane: Lane) -> str:
    """Under which number a file keeps how many readings of its ledger began in other files."""
    return f"brought_{lane}"


def unopened(connection: sqlite3.Connection, lane: Lane, name: str) -> Epoch:
    """An epoch that follows all that began in this file; it is in the file once it is opened."""
    gone, others = forgotten(connection, lane), of_lane(connection, lane)
    taken = gone.taken + sum(one.taken for one in others)
    return Epoch(0, lane, name, gone.latest, taken - numbers.kept(connection, brought(lane)))


def opened(connection: sqlite3.Connection, one: Epoch) -> Epoch:
    """Write a new epoch, and get it with its number."""
    cursor = connection.execute(
        "INSERT INTO epoch (lane, epoch, base, last, taken) VALUES (?, ?, 0, 0, 0)",
        (one.lane.value, one.epoch),
    )
    one = replace(one, id=cursor.lastrowid or 0)
    save(connection, one)
    gone = forgotten(connection, one.lane)
    save_forgotten(connection, replace(gone, latest=one.epoch))
    return one


class Forgotten(msgspec.Struct, frozen=True):
    """The sums of a lane's epochs that are done; `latest`: the newest of all, done or not."""

    lane: Lane
    taken: int
    stored: int
    thinned: int
    latest: str | None
    dropped: dict[str, int]


def forgotten_of(columns: tuple[Field, ...]) -> Forgotten:
    """From the columns with their proof; raise DamagedError."""
    said: list[Any] = list(check(Kind.LANE, columns))
    said[0] = Lane(said[0])
    said[-1] = msgspec.json.decode(said[-1], type=dict[str, int])
    return Forgotten(*said)


def forgotten(connection: sqlite3.Connection, lane: Lane) -> Forgotten:
    columns = connection.execute(
        "SELECT lane, taken, stored, thinned, latest, dropped, proof FROM lane WHERE lane = ?",
        (lane.value,),
    ).fetchone()
    if columns is None:
        raise DamagedError(f"there is no ledger of {lane}")
    return forgotten_of(columns)


def save_forgotten(connection: sqlite3.Connection, one: Forgotten) -> None:
    reasons = msgspec.json.encode(one.dropped).decode()
    said = (one.lane.value, one.taken, one.stored, one.thinned, one.latest, reasons)
    connection.execute(
        "INSERT OR REPLACE INTO lane (lane, taken, stored, thinned, latest, dropped, proof)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*said, proof(Kind.LANE, said)),
    )


def forget(connection: sqlite3.Connection, one: Epoch) -> None:
    """Take an epoch without rows off the list; the lane's ledger keeps its sums."""
    gone = forgotten(connection, one.lane)
    save_forgotten(
        connection,
        Forgotten(
            one.lane,
            gone.taken + one.taken,
            gone.stored + one.stored,
            gone.thinned + one.thinned,
            gone.latest,
            added(gone.dropped, one.dropped),
        ),
    )
    connection.execute("DELETE FROM epoch WHERE id = ?", (one.id,))


def added(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    """Counts by reason, summed."""
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}


def ledger(connection: sqlite3.Connection, lane: Lane) -> Ledger:
    """From kept counts: a few look-ups for each epoch, however many rows there are."""
    gone, listed = forgotten(connection, lane), of_lane(connection, lane)
    dropped = gone.dropped
    for one in listed:
        dropped = added(dropped, one.dropped)
    return Ledger(
        taken=gone.taken + sum(one.taken for one in listed),
        stored=gone.stored + sum(one.stored for one in listed),
        buffered=sum(one.buffered for one in listed),
        thinned=gone.thinned + sum(one.thinned for one in listed),
        dropped=dropped,
    )


def stated(connection: sqlite3.Connection, lane: Lane, current: str) -> list[EpochStatement]:
    """What is to be stated of each epoch of the lane: the current one first, then the oldest."""
    listed = of_lane(connection, lane)
    now = [one for one in listed if one.epoch == current] or [unopened(connection, lane, current)]
    ordered = now + [one for one in listed if one.epoch != current]
    return [_statement(connection, one, is_ended=one.epoch != current) for one in ordered]


def _statement(connection: sqlite3.Connection, one: Epoch, *, is_ended: bool) -> EpochStatement:
    oldest = stored.between(connection, span_of_epoch(one.lane, one.id), 1)
    floor = oldest[0].first if oldest else one.last + 1
    return EpochStatement(
        one.epoch, floor, one.last, is_ended, one.taken, one.base, one.prev, dict(one.dropped)
    )
