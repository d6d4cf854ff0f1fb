"""The rows of the two lanes: commit a batch, look at the oldest, state, receive, give up."""

import sqlite3
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

from wire.envelope import Base, ClockState, Cover, Encoding, Key
from wire.ranges import Ranges
from wire.receipt import Receipt
from wire.statement import EpochStatement
from wire.topic import Lane

# Each raises a file by one version; the tables of a new file are made by all of them in turn.
_SCRIPTS = ("schema.sql", "schema_2_control.sql", "schema_3_anchor.sql", "schema_4_size.sql")
SCHEMA_VERSION = len(_SCRIPTS)


class NewerBufferError(RuntimeError):
    """The file was written by a newer agent."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A batch that is about to be committed."""

    taken: int
    base: Base
    encoding: Encoding
    payload: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A committed batch: what is published, and under which key."""

    id: int
    lane: Lane
    key: Key
    base: Base
    encoding: Encoding
    payload: bytes


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the readings of a lane of this file are: taken is the sum of all the others."""

    taken: int
    stored: int
    buffered: int
    thinned: int
    dropped: dict[str, int]


def migrate(connection: sqlite3.Connection) -> None:
    """Make the tables that the file lacks; raise NewerBufferError for a file of a newer agent."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise NewerBufferError(f"buffer schema {version}, this agent knows {SCHEMA_VERSION}")
    for script in _SCRIPTS[version:]:
        schema = (files("edge_agent.buffer") / script).read_text(encoding="utf-8")
        connection.executescript(f"BEGIN IMMEDIATE;\n{schema}\nCOMMIT;")


def commit(connection: sqlite3.Connection, lane: Lane, epoch: str, drafts: list[Draft]) -> None:
    """Append drafts under the next keys of the epoch; the epoch's row is made with its first."""
    epoch_id, last = _open_epoch(connection, lane, epoch)
    for seq, draft in enumerate(drafts, start=last + 1):
        connection.execute(
            "INSERT INTO batch (lane, epoch_id, seq, first, taken, kept, boot, mono_ms, clock,"
            " encoding, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                lane.value,
                epoch_id,
                seq,
                seq,
                draft.taken,
                draft.taken,
                draft.base.boot,
                draft.base.mono,
                draft.base.clock.value,
                draft.encoding.value,
                draft.payload,
            ),
        )
    taken = sum(draft.taken for draft in drafts)
    connection.execute(
        "UPDATE epoch SET last = last + ?, taken = taken + ? WHERE id = ?",
        (len(drafts), taken, epoch_id),
    )
    connection.execute(
        "UPDATE lane SET taken = taken + ?, latest = ? WHERE lane = ?",
        (taken, epoch, lane.value),
    )


def _open_epoch(connection: sqlite3.Connection, lane: Lane, epoch: str) -> tuple[int, int]:
    found = connection.execute(
        "SELECT id, last FROM epoch WHERE lane = ? AND epoch = ?",
        (lane.value, epoch),
    ).fetchone()
    if found is not None:
        return int(found[0]), int(found[1])
    cursor = connection.execute(
        "INSERT INTO epoch (lane, epoch, prev, base, last, taken)"
        " SELECT lane, ?, latest, taken, 0, 0 FROM lane WHERE lane = ?",
        (epoch, lane.value),
    )
    return cursor.lastrowid or 0, 0


_ROW = (
    "SELECT b.id, b.lane, e.epoch, b.seq, b.taken, b.covers, b.boot, b.mono_ms, b.clock,"
    " b.encoding, b.payload FROM batch b JOIN epoch e ON e.id = b.epoch_id"
)


def rows_after(connection: sqlite3.Connection, lane: Lane, after: int, limit: int) -> list[Row]:
    """At most `limit` rows of the lane with an id above `after`, oldest first."""
    rows = connection.execute(
        f"{_ROW} WHERE b.lane = ? AND b.id > ? ORDER BY b.id LIMIT ?",
        (lane.value, after, limit),
    )
    return [_row(*columns) for columns in rows]


def row(connection: sqlite3.Connection, number: int) -> Row | None:
    """The row with this id, unless it was deleted."""
    columns = connection.execute(f"{_ROW} WHERE b.id = ?", (number,)).fetchone()
    return None if columns is None else _row(*columns)


def _row(*columns: Any) -> Row:
    number, lane, epoch, seq, taken, covers, boot, mono_ms, clock, encoding, payload = columns
    thinned = () if covers is None else msgspec.json.decode(covers, type=tuple[Cover, ...])
    return Row(
        number,
        Lane(lane),
        Key(epoch, seq, taken, thinned),
        Base(boot, mono_ms, ClockState(clock)),
        Encoding(encoding),
        payload,
    )


def state(connection: sqlite3.Connection, lane: Lane, current: str) -> list[EpochStatement]:
    """What is to be stated of each epoch of the lane: the current one first, then the oldest."""
    rows = connection.execute(
        "SELECT e.id, e.epoch, coalesce((SELECT min(b.first) FROM batch b WHERE b.epoch_id = e.id),"
        " e.last + 1), e.last, e.taken, e.base, e.prev FROM epoch e WHERE e.lane = ? ORDER BY e.id",
        (lane.value,),
    ).fetchall()
    stated = [
        EpochStatement(epoch, floor, last, epoch != current, taken, base, prev, dropped)
        for number, epoch, floor, last, taken, base, prev in rows
        for dropped in (_dropped(connection, number),)
    ]
    now = [one for one in stated if one.epoch == current] or [_unopened(connection, lane, current)]
    return now + [one for one in stated if one.epoch != current]


def _unopened(connection: sqlite3.Connection, lane: Lane, current: str) -> EpochStatement:
    taken, latest = connection.execute(
        "SELECT taken, latest FROM lane WHERE lane = ?",
        (lane.value,),
    ).fetchone()
    return EpochStatement(current, floor=1, last=0, ended=False, taken=0, base=taken, prev=latest)


def _dropped(connection: sqlite3.Connection, epoch_id: int) -> dict[str, int]:
    rows = connection.execute(
        "SELECT reason, readings FROM dropped WHERE epoch_id = ?", (epoch_id,)
    )
    return dict(rows.fetchall())


def receive(connection: sqlite3.Connection, receipt: Receipt, current: str) -> list[int]:
    """Delete the rows whose every key the server has, and forget epochs that are done.

    Returns the ids of the rows deleted. A receipt for keys that are not here changes nothing.
    """
    had = Ranges(receipt.have)
    deleted = [
        number
        for low, high in had
        for number, covers in connection.execute(
            "SELECT b.id, b.covers FROM batch b JOIN epoch e ON e.id = b.epoch_id"
            " WHERE e.lane = ? AND e.epoch = ? AND b.seq BETWEEN ? AND ?",
            (receipt.lane.value, receipt.epoch, low, high),
        ).fetchall()
        if _is_covered(covers, had)
    ]
    for number in deleted:
        _delete_stored(connection, number)
    for epoch in receipt.done:
        if epoch != current:
            _forget(connection, receipt.lane, epoch)
    return deleted


def _is_covered(covers: str | None, had: Ranges) -> bool:
    if covers is None:
        return True
    return all(c.seq in had for c in msgspec.json.decode(covers, type=tuple[Cover, ...]))


def _delete_stored(connection: sqlite3.Connection, number: int) -> None:
    lane, taken, kept = connection.execute(
        "DELETE FROM batch WHERE id = ? RETURNING lane, taken, kept",
        (number,),
    ).fetchone()
    connection.execute(
        "UPDATE lane SET stored = stored + ?, thinned = thinned + ? WHERE lane = ?",
        (kept, taken - kept, lane),
    )


def _forget(connection: sqlite3.Connection, lane: Lane, epoch: str) -> None:
    connection.execute(
        "DELETE FROM epoch WHERE lane = ? AND epoch = ?"
        " AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.epoch_id = epoch.id)",
        (lane.value, epoch),
    )


def give_up(connection: sqlite3.Connection, number: int, reason: str) -> int:
    """Drop a row under a named reason; return its bytes, 0 when it is gone already."""
    found = connection.execute(
        "DELETE FROM batch WHERE id = ? RETURNING lane, epoch_id, taken, length(payload)",
        (number,),
    ).fetchone()
    if found is None:
        return 0
    lane, epoch_id, taken, size = found
    for table, owner in (("dropped", epoch_id), ("ledger_dropped", lane)):
        connection.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?)"  # noqa: S608 - two names of our own
            " ON CONFLICT DO UPDATE SET readings = readings + excluded.readings",
            (owner, reason, taken),
        )
    return int(size)


def ledger(connection: sqlite3.Connection, lane: Lane) -> Ledger:
    taken, stored, thinned = connection.execute(
        "SELECT taken, stored, thinned FROM lane WHERE lane = ?",
        (lane.value,),
    ).fetchone()
    (buffered,) = connection.execute(
        "SELECT coalesce(sum(taken), 0) FROM batch WHERE lane = ?",
        (lane.value,),
    ).fetchone()
    dropped = connection.execute(
        "SELECT reason, readings FROM ledger_dropped WHERE lane = ?",
        (lane.value,),
    )
    return Ledger(taken, stored, buffered, thinned, dict(dropped.fetchall()))


def sizes(connection: sqlite3.Connection) -> dict[Lane, int]:
    """Bytes of payload that each lane holds; kept by triggers, since summing is slow."""
    rows = connection.execute("SELECT lane, size FROM lane WHERE size > 0")
    return {Lane(lane): int(size) for lane, size in rows}


def oldest(connection: sqlite3.Connection, lane: Lane, limit: int) -> list[tuple[int, int]]:
    """(id, bytes) of the oldest rows of a lane."""
    return connection.execute(
        "SELECT id, length(payload) FROM batch WHERE lane = ? ORDER BY id LIMIT ?",
        (lane.value, limit),
    ).fetchall()


def next_connection(connection: sqlite3.Connection) -> int:
    """Count a connection to the broker; the number only ever grows in this file."""
    (number,) = connection.execute(
        "UPDATE meta SET value = value + 1 WHERE name = 'connection' RETURNING value",
    ).fetchone()
    return int(number)
