"""Keeps the buffer within its limits: thins what was not published, and gives up what must go.

A slice at a time, so that commits go on beside it; what is lost is told in the transaction in which
it is lost.
"""

import logging
import sqlite3
from collections.abc import Callable, Container, Iterable, Sequence

import msgspec

from edge_agent.buffer import epochs, rows, stored, unpacking
from edge_agent.buffer.losses import Loss, Lost
from edge_agent.buffer.retention import Eviction, Limits, evict
from edge_agent.buffer.stored import Stored
from edge_agent.buffer.thinning import INTERVALS_US, Thinned, thin
from runtime.database import Database
from wire.envelope import Encoding
from wire.topic import Lane

log = logging.getLogger(__name__)

Record = Callable[[Sequence[Loss]], Callable[[sqlite3.Connection], None]]
"""Makes of what is about to be lost what commits a word of it."""

LOOKED_AT_ONCE = 100
"""Rows of a slice."""
_SPARE_SHARE = 64  # this part of the limit is made free beyond what is needed, so it is seldom


class _ChangedError(Exception):
    """A row went, or left, since it was looked at: nothing was changed."""


class _Pass(msgspec.Struct):
    """How far a lane was thinned, with which interval."""

    level: int = 0
    after: int = 0

    def end(self) -> bool:
        """The lane is through with this interval; whether there is a longer one."""
        self.after = 0
        self.level = (self.level + 1) % len(INTERVALS_US)
        return self.level > 0


class _Making(msgspec.Struct):
    """Room is being made. `most`: when so much is lacking, rows come faster than they are thinned.

    `is_through`: there is nothing more to thin, or no time for it.
    """

    lane: Lane
    most: int
    is_through: bool = False


class _Planned(msgspec.Struct, frozen=True):
    """Rows and what is to take their place."""

    before: tuple[Stored, ...]
    thinned: Thinned
    packed: tuple[Encoding, bytes]


class Room:
    """`has_grown`: something was committed since it was looked at. `had`: what receipts have.

    What is committed in this run is counted, so that the file is asked only when that might be
    too much.
    """

    def __init__(self, gateway: str, limits: Limits, had: Container[int] = ()) -> None:
        self._gateway = gateway
        self._limits = limits
        self._spare = limits.total // _SPARE_SHARE
        self._lower = Limits(limits.total - self._spare, limits.reserved)
        self._had = had
        self._published: set[int] = set()
        self._passes = {lane: _Pass() for lane in Lane}
        self._making: _Making | None = None
        self.has_grown = True
        self._most: dict[Lane, int] | None = None  # bytes that a lane holds, or less

    @property
    def is_tight(self) -> bool:
        """Whether there may be too little room, as far as is known without a look."""
        return self._most is None or evict(self._most, self._lower) is not None

    @property
    def is_making(self) -> bool:
        """Whether slices are to follow."""
        return self._making is not None

    def __contains__(self, number: object) -> bool:
        """Whether this row must stay as it is: the server has it, or may have it."""
        return number in self._published or number in self._had

    def published(self, numbers: Iterable[int]) -> None:
        """These rows are on their way: the server may have them, so they stay as they are."""
        self._published.update(numbers)

    def gone(self, numbers: Iterable[int]) -> None:
        """These rows are not here any more."""
        self._published.difference_update(numbers)

    def looked_away(self) -> None:
        """Others may have written to the file."""
        self._most, self.has_grown = None, True

    def grew(self, lane: Lane, size: int | None) -> None:
        """So many bytes were committed; None when nobody knows."""
        if size is None or self._most is None:
            self.looked_away()
            return
        self._most[lane] += size
        self.has_grown |= self.is_tight

    async def shortage(self, database: Database) -> Eviction | None:
        """What is to go; None while everything has room, or nothing came meanwhile."""
        if not (self.has_grown or self.is_making):
            return None
        self.has_grown = False
        sizes = await database.transact(rows.sizes)
        self._most = {lane: sizes.get(lane, 0) for lane in Lane}
        wanted, is_needed = evict(sizes, self._lower), evict(sizes, self._limits) is not None
        if wanted is None or not (is_needed or self._is_thinning()):
            self._making = None
            return None
        if self._making is None or self._making.lane is not wanted.lane:
            self._making = _Making(wanted.lane, wanted.size + self._spare)
        if wanted.size > self._making.most:
            self._making.is_through = True
        return wanted

    def _is_thinning(self) -> bool:
        return self._making is not None and not self._making.is_through

    async def make(self, database: Database, eviction: Eviction, record: Record) -> list[Loss]:
        """One slice: look at some rows, thin or give up what is to go of them; what was lost."""
        try:
            if self._making is not None and self._making.is_through:
                return await self._give_some_up(database, eviction, record)
            return await self._thin_some(database, eviction, record)
        except _ChangedError:
            return []  # the next slice looks again

    async def _thin_some(
        self, database: Database, eviction: Eviction, record: Record
    ) -> list[Loss]:
        now = self._passes[eviction.lane]
        found = await self._some(database, eviction.lane, now.after)
        if not found and self._making is not None:
            self._making.is_through = not now.end()
        if not found:
            return []
        planned = self._plan(found, INTERVALS_US[now.level])
        losses = [loss for one in planned if (loss := self._loss_of(eviction, one)).gone]

        def work(
            connection: sqlite3.Connection, tell: Callable[[sqlite3.Connection], None]
        ) -> None:
            for one in planned:
                new, numbers = one.thinned, one.thinned.numbers
                is_free = not any(n in self for n in numbers)
                if not is_free or not rows.thin(
                    connection, numbers, new.covers, new.base, one.packed
                ):
                    raise _ChangedError
            tell(connection)

        if planned:
            tell = record(losses)
            await database.transact(lambda c: work(c, tell))
        now.after = found[-1].id
        return losses

    async def _some(self, database: Database, lane: Lane, after: int) -> list[Stored]:
        def look(connection: sqlite3.Connection) -> list[Stored]:
            low, high = epochs.in_sight(connection, lane)
            return stored.between(connection, (max(low, after + 1), high), LOOKED_AT_ONCE)

        return await database.read(look)

    def _plan(self, found: Sequence[Stored], interval_us: int) -> list[_Planned]:
        """Only what makes room."""
        planned = []
        for group in unpacking.neighbours(found, self, self._gateway):
            for one in thin(group, interval_us):
                packed = unpacking.packed(self._gateway, one)
                before = tuple(row for row in found if row.id in one.numbers)
                size = sum(len(row.payload) for row in before)
                if packed is not None and len(packed[1]) < size:
                    planned.append(_Planned(before, one, packed))
        return planned

    def _loss_of(self, eviction: Eviction, one: _Planned) -> Loss:
        taken = sum(row.kept for row in one.before)
        counts = (taken - len(one.thinned.readings), taken)
        return unpacking.loss(Lost.THINNED, eviction, one.before, self._gateway, counts)

    async def _give_some_up(
        self, database: Database, eviction: Eviction, record: Record
    ) -> list[Loss]:
        chosen: list[Stored] = []
        size = eviction.size
        for row in await self._some(database, eviction.lane, 0):
            if size <= 0:
                break
            size -= len(row.payload)
            chosen.append(row)
        losses = [
            unpacking.loss(Lost.GIVEN_UP, eviction, [row], self._gateway, (row.taken, row.taken))
            for row in chosen
        ]
        tell = record(losses)

        def work(connection: sqlite3.Connection) -> None:
            for row in chosen:
                if not rows.give_up(connection, row.id, eviction.reason):
                    raise _ChangedError
            tell(connection)

        await database.transact(work)
        self.gone(row.id for row in chosen)
        log.warning("%s: %d batches of %s given up", eviction.reason, len(chosen), eviction.lane)
        return losses
