"""The rows of the two lanes: commit a batch, look at the oldest, receive, give up, thin."""

import sqlite3
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import groupby

import msgspec
from msgspec.structs import replace

from edge_agent.buffer import epochs, stored
from edge_agent.buffer.epochs import Epoch, Ledger
from edge_agent.buffer.migration import SCHEMA_VERSION, NewerBufferError, migrate
from edge_agent.buffer.numbers import next_connection
from edge_agent.buffer.proof import DamagedError
from edge_agent.buffer.row_id import row_id, span_of_epoch
from edge_agent.buffer.stored import Row, Stored
from wire.envelope import Base, Cover, Encoding
from wire.ranges import Ranges
from wire.receipt import Receipt
from wire.statement import EpochStatement
from wire.topic import Lane

__all__ = [
    "SCHEMA_VERSION",
    "Draft",
    "Ledger",
    "NewerBufferError",
    "Row",
    "append",
    "commit",
    "covered",
    "delete",
    "forget",
    "give_up",
    "head",
    "ledger",
    "migrate",
    "next_connection",
    "numbers_after",
    "oldest",
    "receive",
    "row",
    "rows_after",
    "sizes",
    "state",
    "thin",
]


class Draft(msgspec.Struct, frozen=True):
    """A batch that is about to be committed."""

    taken: int
    base: Base
    encoding: Encoding
    payload: bytes


def head(connection: sqlite3.Connection, lane: Lane, epoch: str, boot: str) -> Epoch:
    """The epoch up to its newest row; made, of this boot, if it has no row yet."""
    one = epochs.named(connection, lane, epoch)
    if one is None:
        one = epochs.unopened(connection, lane, epoch)
        one.boot = boot
        one = epochs.opened(connection, one)
    return one


def append(connection: sqlite3.Connection, one: Epoch, drafts: Sequence[Draft]) -> list[Stored]:
    """Append drafts under the next keys of the epoch, which follows them."""
    made = []
    for draft in drafts:
        appended = _appended(one, draft)
        stored.write(connection, appended)
        one.follow(appended)
        made.append(appended)
    return made


def commit(connection: sqlite3.Connection, lane: Lane, epoch: str, drafts: list[Draft]) -> None:
    """Append drafts under the next keys of the epoch; the epoch's row is made with its first."""
    append(connection, head(connection, lane, epoch, drafts[0].base.boot), drafts)


def _appended(one: Epoch, draft: Draft) -> Stored:
    seq = one.last + 1
    return Stored(
        id=row_id(one.lane, one.id, seq),
        epoch=one.epoch,
        base=one.base,
        through=one.taken + draft.taken,
        size=one.size + len(draft.payload),
        first=seq,
        taken=draft.taken,
        kept=draft.taken,
        covers=None,
        boot=draft.base.boot,
        mono_ms=draft.base.mono,
        clock=draft.base.clock.value,
        encoding=draft.encoding.value,
        payload=draft.payload,
    )


def rows_after(connection: sqlite3.Connection, lane: Lane, after: int, limit: int) -> list[Row]:
    """At most `limit` rows of the lane with an id above `after`, oldest first."""
    low, high = epochs.in_sight(connection, lane)
    return [one.row() for one in stored.between(connection, (max(low, after + 1), high), limit)]


def numbers_after(connection: sqlite3.Connection, lane: Lane, after: int, limit: int) -> list[int]:
    """At most `limit` ids of the lane above `after`, lowest first; the rows are not looked at."""
    low, high = epochs.in_sight(connection, lane)
    found = connection.execute(
        "SELECT id FROM batch WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
        (max(low, after + 1), high, limit),
    )
    return [number for (number,) in found]


def row(connection: sqlite3.Connection, number: int) -> Row | None:
    """The row with this id, unless it was deleted."""
    found = stored.one(connection, number)
    return None if found is None else found.row()


def state(connection: sqlite3.Connection, lane: Lane, current: str) -> list[EpochStatement]:
    """What is to be stated of each epoch of the lane: the current one first, then the oldest."""
    return epochs.stated(connection, lane, current)


def receive(connection: sqlite3.Connection, receipt: Receipt, current: str) -> list[int]:
    """Delete the rows whose every key the server has, and forget epochs that are done.

    Returns the ids of the rows deleted. A receipt for keys that are not here changes nothing.
    """
    deleted = [row.id for row in covered(connection, receipt)]
    delete(connection, deleted)
    forget(connection, receipt.lane, receipt.done, current)
    return deleted


def covered(
    connection: sqlite3.Connection, receipt: Receipt, known: Container[int] = ()
) -> list[Stored]:
    """The rows of which the server has every key, without those that are known to be so."""
    one = epochs.named(connection, receipt.lane, receipt.epoch)
    if one is None:
        return []
    had = Ranges(receipt.have)
    spans = [
        (row_id(one.lane, one.id, low), row_id(one.lane, one.id, min(high, one.last)))
        for low, high in had
    ]
    numbers = (n for span in spans for n in stored.ids_between(connection, span) if n not in known)
    rows = (stored.one(connection, number) for number in numbers)
    return [row for row in rows if row and all(cover.seq in had for cover in row.cover_list())]


def delete(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Delete rows that a receipt has; those that are gone already are passed over."""
    _remove(connection, numbers, Epoch.had)


def give_up(connection: sqlite3.Connection, number: int, reason: str) -> int:
    """Drop a row under a named reason; return its bytes, 0 when it is gone already."""
    found = stored.one(connection, number)
    if found is None:
        return 0
    _remove(connection, [number], lambda one, row: one.drop(row, reason))
    return len(found.payload)


def thin(
    connection: sqlite3.Connection,
    numbers: Sequence[int],
    covers: tuple[Cover, ...],
    base: Base,
    packed: tuple[Encoding, bytes],
) -> bool:
    """Let the last of these neighbours stand for all of them, with what was kept of each.

    False, and nothing is changed, when one of them is gone.
    """
    there = [found for n in numbers if (found := stored.one(connection, n)) is not None]
    if len(there) < len(numbers):
        return False
    *others, last = there
    one = epochs.numbered(connection, last.epoch_id)
    if one is None:
        raise DamagedError(f"epoch {last.epoch_id} has rows and is not listed")
    for row in others:
        connection.execute("DELETE FROM batch WHERE id = ?", (row.id,))
        one.went(row)
    thinned = replace(
        last,
        first=there[0].first,
        taken=sum(cover.taken for cover in covers),
        kept=sum(cover.kept for cover in covers),
        covers=msgspec.json.encode(covers).decode(),
        boot=base.boot,
        mono_ms=base.mono,
        clock=base.clock.value,
        encoding=packed[0].value,
        payload=packed[1],
    )
    one.size_gone += len(last.payload) - len(thinned.payload)
    stored.write(connection, thinned)
    epochs.save(connection, one)
    return True


def _remove(
    connection: sqlite3.Connection,
    numbers: Iterable[int],
    account: Callable[[Epoch, Stored], None],
) -> None:
    there = [found for n in sorted(numbers) if (found := stored.one(connection, n)) is not None]
    for number, gone in groupby(there, key=lambda row: row.epoch_id):
        one = epochs.numbered(connection, number)
        for row in gone:
            connection.execute("DELETE FROM batch WHERE id = ?", (row.id,))
            if one is not None:
                account(one, row)
        if one is not None:
            epochs.save(connection, one)


def forget(connection: sqlite3.Connection, lane: Lane, done: Iterable[str], current: str) -> None:
    """Take epochs that are done off the list, as far as they have no rows."""
    for name in done:
        one = None if name == current else epochs.named(connection, lane, name)
        if one is not None and stored.newest(connection, span_of_epoch(lane, one.id)) is None:
            epochs.forget(connection, one)


def ledger(connection: sqlite3.Connection, lane: Lane) -> Ledger:
    return epochs.ledger(connection, lane)


def sizes(connection: sqlite3.Connection) -> dict[Lane, int]:
    """Bytes of payload that each lane holds, from kept counts."""
    held = {lane: sum(one.size_held for one in epochs.of_lane(connection, lane)) for lane in Lane}
    return {lane: size for lane, size in held.items() if size}


def oldest(connection: sqlite3.Connection, lane: Lane, limit: int) -> list[tuple[int, int]]:
    """(id, bytes) of the oldest rows of a lane."""
    rows = stored.between(connection, epochs.in_sight(connection, lane), limit)
    return [(one.id, len(one.payload)) for one in rows]
