"""What the file says of the current epochs, remembered for as long as nobody else wrote to it."""

import sqlite3
from collections.abc import Sequence

import msgspec

from edge_agent.buffer import rows
from edge_agent.buffer.epochs import Epoch
from edge_agent.buffer.rows import Draft
from edge_agent.buffer.stored import Stored
from wire.statement import EpochStatement
from wire.topic import Lane


class _Head(msgspec.Struct):
    one: Epoch
    stated: list[EpochStatement] | None = None


class Heads:
    """A commit that follows another one writes its rows and reads nothing: six look-ups less.

    Used in the writing thread alone, each transaction between `begin` and `end`. The one writing
    connection counts its changes: a count that is another than after our last commit says that
    something else was written, or that ours was rolled back, and all is read again.
    """

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch
        self._known: dict[Lane, _Head] = {}
        self._changes: int | None = None
        self._reached: int | None = None
        self._looked: dict[Lane, tuple[int, list[EpochStatement]]] = {}

    def begin(self, connection: sqlite3.Connection) -> None:
        """First thing in a transaction."""
        if connection.total_changes != self._changes:
            self._known.clear()
        self._changes = None  # until it is committed

    def end(self, connection: sqlite3.Connection) -> None:
        """Last thing in a transaction."""
        self._reached = connection.total_changes

    def committed(self) -> None:
        self._changes = self._reached

    def forget(self) -> None:
        """What the transaction does besides changes what is to be stated."""
        self._known.clear()

    def append(
        self, connection: sqlite3.Connection, lane: Lane, drafts: Sequence[Draft]
    ) -> list[Stored]:
        """Commit drafts (at least one) under the next keys of the lane's current epoch."""
        head = self._known.get(lane)
        if head is None:
            boot = drafts[0].base.boot
            head = self._known[lane] = _Head(rows.head(connection, lane, self._epoch, boot))
        return rows.append(connection, head.one, drafts)

    def state(self, connection: sqlite3.Connection, lane: Lane) -> list[EpochStatement]:
        """What is to be stated of each epoch of a lane that was appended to: see `rows.state`."""
        head = self._known[lane]
        if head.stated is None:
            head.stated = rows.state(connection, lane, self._epoch)
        current, *others = head.stated
        now = msgspec.structs.replace(current, last=head.one.last, taken=head.one.taken)
        return [now, *others]

    def look(self, connection: sqlite3.Connection, lane: Lane) -> list[EpochStatement]:
        """What is to be stated of each epoch of a lane, in a transaction that writes nothing.

        Each epoch costs four look-ups: what leaves of a backlog between two commits shares them.
        """
        changes, looked = connection.total_changes, self._looked.get(lane)
        if looked is None or looked[0] != changes:
            looked = self._looked[lane] = changes, rows.state(connection, lane, self._epoch)
        return looked[1]
