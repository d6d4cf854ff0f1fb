"""A row of the buffer as it lies in the file, with its running totals and its proof."""

import sqlite3
from collections.abc import Iterable

import msgspec

from edge_agent.buffer.proof import Field, Kind, check, proof
from edge_agent.buffer.row_id import Span, parts
from wire.envelope import Base, ClockState, Cover, Encoding, Key
from wire.topic import Lane


class Row(msgspec.Struct, frozen=True):
    """A committed batch: what is published, and under which key."""

    id: int
    lane: Lane
    key: Key
    base: Base
    encoding: Encoding
    payload: bytes


class Stored(msgspec.Struct, frozen=True):
    """Columns in the order of the table; see schema_5_proof.sql for what each says."""

    id: int
    epoch: str
    base: int
    through: int
    size: int
    first: int
    taken: int
    kept: int
    covers: str | None
    boot: str
    mono_ms: int
    clock: str
    encoding: str
    payload: bytes

    @property
    def lane(self) -> Lane:
        return parts(self.id)[0]

    @property
    def epoch_id(self) -> int:
        return parts(self.id)[1]

    @property
    def seq(self) -> int:
        return parts(self.id)[2]

    def cover_list(self) -> tuple[Cover, ...]:
        """The keys that it stands for: those that it covers, or its own."""
        if self.covers is None:
            return (Cover(self.seq, self.taken, self.taken),)
        return msgspec.json.decode(self.covers, type=tuple[Cover, ...])

    def row(self) -> Row:
        covers = () if self.covers is None else self.cover_list()
        return Row(
            self.id,
            self.lane,
            Key(self.epoch, self.seq, self.taken, covers),
            Base(self.boot, self.mono_ms, ClockState(self.clock)),
            Encoding(self.encoding),
            self.payload,
        )

    def columns(self) -> tuple[Field, ...]:
        return msgspec.structs.astuple(self)


NAMES = Stored.__struct_fields__
_LIST = f"{', '.join(NAMES)}, proof"
_MARKS = ", ".join("?" * (len(NAMES) + 1))


def stored_of(columns: tuple[Field, ...]) -> Stored:
    """From the columns with their proof; raise DamagedError."""
    return Stored(*check(Kind.BATCH, columns))  # type: ignore[arg-type]  # proven: as written


def proven(stored: Stored) -> tuple[Field, ...]:
    """Its columns with their proof, as they are written."""
    said = stored.columns()
    return *said, proof(Kind.BATCH, said)


def write(connection: sqlite3.Connection, stored: Stored) -> None:
    """Insert it, or put it in the place of the row with its id."""
    write_proven(connection, [proven(stored)])


def write_proven(connection: sqlite3.Connection, rows: Iterable[tuple[Field, ...]]) -> None:
    """Rows made by `proven`: whoever holds the writing thread need not compute."""
    connection.executemany(
        f"INSERT OR REPLACE INTO batch ({_LIST}) VALUES ({_MARKS})",  # noqa: S608 - our own names
        rows,
    )


def between(connection: sqlite3.Connection, span: Span, limit: int = -1) -> list[Stored]:
    """Rows with ids from `span[0]` to `span[1]`, oldest first; raise DamagedError."""
    rows = connection.execute(
        f"SELECT {_LIST} FROM batch WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",  # noqa: S608 - names and marks of our own, no value
        (*span, limit),
    )
    return [stored_of(columns) for columns in rows]


def ids_between(connection: sqlite3.Connection, span: Span) -> list[int]:
    """Ids from `span[0]` to `span[1]`, lowest first; the rows are not looked at."""
    found = connection.execute("SELECT id FROM batch WHERE id BETWEEN ? AND ? ORDER BY id", span)
    return [number for (number,) in found]


def newest(connection: sqlite3.Connection, span: Span) -> Stored | None:
    """The row with the highest id of the span; raise DamagedError."""
    columns = connection.execute(
        f"SELECT {_LIST} FROM batch WHERE id BETWEEN ? AND ?"  # noqa: S608 - our own names
        " ORDER BY id DESC LIMIT 1",
        span,
    ).fetchone()
    return None if columns is None else stored_of(columns)


def one(connection: sqlite3.Connection, number: int) -> Stored | None:
    """The row with this id, unless it was deleted; raise DamagedError."""
    found = between(connection, (number, number))
    return found[0] if found else None
