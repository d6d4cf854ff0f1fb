"""Rows that the server has: gone for the uplink at once, deleted from the disk in groups.

A deletion that a power cut takes back costs one more sending of a row, which changes nothing; so it
is not worth a sync of its own.
"""

import sqlite3
from collections.abc import Container, Iterable

import msgspec
from msgspec.structs import replace

from edge_agent.buffer import rows
from edge_agent.buffer.backlog import Backlog
from edge_agent.buffer.epochs import Ledger
from edge_agent.buffer.row_id import parts
from wire.receipt import Receipt
from wire.topic import Lane

TOGETHER = 256
"""So many are deleted without waiting any longer."""
RIDE_US = 5_000_000
"""After that time they go with the next commit of anything."""
ALONE_US = 30_000_000
"""After that time they get a commit of their own."""


class Gone(msgspec.Struct, frozen=True):
    """What a row counts for."""

    id: int
    taken: int
    kept: int
    size: int

    @property
    def lane(self) -> Lane:
        return parts(self.id)[0]


class Due(msgspec.Struct, frozen=True):
    """To be deleted in one transaction: rows, and epochs that are done."""

    rows: tuple[int, ...]
    epochs: tuple[tuple[Lane, str], ...]

    def delete(self, connection: sqlite3.Connection, current: str) -> None:
        rows.delete(connection, self.rows)
        for lane, name in self.epochs:
            rows.forget(connection, lane, (name,), current)


NOTHING = Due((), ())


def look_up(
    connection: sqlite3.Connection, receipt: Receipt, known: Container[int] = ()
) -> list[Gone]:
    """The rows that the receipt covers, without those that are known to be gone."""
    found = rows.covered(connection, receipt, known)
    return [Gone(one.id, one.taken, one.kept, len(one.payload)) for one in found]


class Had(msgspec.Struct):
    """What receipts cover and the file still holds."""

    _gone: dict[int, Gone] = msgspec.field(default_factory=dict)
    _done: dict[tuple[Lane, str], None] = msgspec.field(default_factory=dict)
    _since_us: int | None = None

    def __contains__(self, number: object) -> bool:
        return number in self._gone

    def __len__(self) -> int:
        return len(self._gone)

    def note(self, found: Iterable[Gone], receipt: Receipt, now_us: int) -> list[int]:
        """Ids of the rows that this receipt covers, and none before it did."""
        new = [one for one in found if one.id not in self._gone]
        self._gone.update((one.id, one) for one in new)
        self._done.update(((receipt.lane, name), None) for name in receipt.done)
        if self._since_us is None and (self._gone or self._done):
            self._since_us = now_us
        return [one.id for one in new]

    def riding(self, now_us: int) -> Due:
        """What goes along with a commit that is made anyway."""
        return self.all() if self._waited(now_us, RIDE_US) else NOTHING

    def is_due(self, now_us: int) -> bool:
        """Whether they are worth a commit of their own."""
        return self._waited(now_us, ALONE_US)

    def _waited(self, now_us: int, most_us: int) -> bool:
        if self._since_us is None:
            return False
        return now_us - self._since_us >= most_us or len(self._gone) >= TOGETHER

    def all(self) -> Due:
        return Due(tuple(self._gone), tuple(self._done))

    def deleted(self, due: Due, now_us: int) -> None:
        """The transaction is committed."""
        for number in due.rows:
            self._gone.pop(number, None)
        for one in due.epochs:
            self._done.pop(one, None)
        if due is not NOTHING:
            self._since_us = now_us if self._gone or self._done else None

    def ledger(self, lane: Lane, book: Ledger) -> Ledger:
        """The ledger as it will be once they are deleted."""
        mine = [one for one in self._gone.values() if one.lane is lane]
        kept, taken = sum(one.kept for one in mine), sum(one.taken for one in mine)
        return replace(
            book,
            stored=book.stored + kept,
            thinned=book.thinned + taken - kept,
            buffered=book.buffered - taken,
        )

    def backlog(self, lane: Lane, waiting: Backlog) -> Backlog:
        """The backlog without them."""
        mine = [one for one in self._gone.values() if one.lane is lane]
        batches = waiting.batches - len(mine)
        size = waiting.size - sum(one.size for one in mine)
        return Backlog(batches, size, waiting.boot if batches else None, waiting.mono_ms)
