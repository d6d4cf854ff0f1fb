"""Keeps the buffer within its limits: thins what was not published, and gives up what must go."""

import logging
import sqlite3
from collections.abc import Iterable

from edge_agent.buffer import rows, stored, unpacking
from edge_agent.buffer.losses import Loss, Lost
from edge_agent.buffer.retention import Eviction, Limits, evict
from edge_agent.buffer.row_id import span_of_lane
from edge_agent.buffer.stored import Stored
from edge_agent.buffer.thinning import INTERVALS_US, Thinned, thin
from runtime.database import Database
from wire.topic import Lane

log = logging.getLogger(__name__)

_GIVEN_UP_AT_ONCE = 1_000
_LOOKED_AT_ONCE = 50
_SPARE_SHARE = 64  # this part of the limit is made free beyond what is needed, so it is seldom


class _Pass:
    """How far a lane was thinned, with which interval."""

    def __init__(self) -> None:
        self.level = 0
        self.after = 0

    def end(self) -> bool:
        """The lane is through with this interval; whether there is a longer one."""
        self.after = 0
        self.level = (self.level + 1) % len(INTERVALS_US)
        return self.level > 0


class Room:
    """`has_grown`: something was committed since it was looked at."""

    def __init__(self, gateway: str, limits: Limits) -> None:
        self._gateway = gateway
        self._limits = limits
        self._published: set[int] = set()
        self._passes = {lane: _Pass() for lane in Lane}
        self.has_grown = True

    def published(self, numbers: Iterable[int]) -> None:
        """These rows are on their way: the server may have them, so they stay as they are."""
        self._published.update(numbers)

    def gone(self, numbers: Iterable[int]) -> None:
        self._published.difference_update(numbers)

    async def shortage(self, database: Database) -> Eviction | None:
        """What would have to go; None while everything has room, or nothing came meanwhile."""
        if not self.has_grown:
            return None
        self.has_grown = False
        return evict(await database.transact(rows.sizes), self._limits)

    async def make(self, database: Database) -> list[Loss]:
        """Thin, oldest first by growing intervals; give up what that does not make room for."""
        eviction = evict(await database.transact(rows.sizes), self._limits)
        if eviction is None:
            return []
        losses: list[Loss] = []
        size = eviction.size + self._limits.total // _SPARE_SHARE
        while size > 0:
            freed, thinned, is_through = await self._thin_some(database, eviction)
            size, losses = size - freed, [*losses, *thinned]
            if is_through:
                break
        if size > self._limits.total // _SPARE_SHARE:  # not even what is needed
            losses += await database.transact(lambda c: self._give_up(c, eviction, size))
        return losses

    async def _thin_some(
        self, database: Database, eviction: Eviction
    ) -> tuple[int, list[Loss], bool]:
        """Bytes that are free now, what was lost for it, and whether there is nothing to thin."""
        now = self._passes[eviction.lane]
        low, high = span_of_lane(eviction.lane)
        span = max(low, now.after + 1), high
        found = await database.read(lambda c: stored.between(c, span, _LOOKED_AT_ONCE))
        if not found:
            return 0, [], not now.end()
        now.after = found[-1].id
        freed = 0
        losses: list[Loss] = []
        for group in unpacking.neighbours(found, self._published, self._gateway):
            for one in thin(group, INTERVALS_US[now.level]):
                more, loss = await self._replace(database, eviction, found, one)
                freed, losses = freed + more, losses + loss
        return freed, losses, False

    async def _replace(
        self, database: Database, eviction: Eviction, found: list[Stored], one: Thinned
    ) -> tuple[int, list[Loss]]:
        packed = unpacking.packed(self._gateway, one)
        before = [row for row in found if row.id in one.numbers]
        freed = sum(len(row.payload) for row in before) - (len(packed[1]) if packed else 0)
        if packed is None or freed <= 0 or self._published.intersection(one.numbers):
            return 0, []
        is_done = await database.transact(
            lambda c: rows.thin(c, one.numbers, one.covers, one.base, packed)
        )
        if not is_done:
            return 0, []
        taken = sum(row.kept for row in before)
        loss = unpacking.loss(
            Lost.THINNED, eviction, before, self._gateway, (taken - len(one.readings), taken)
        )
        return freed, [loss]

    def _give_up(self, connection: sqlite3.Connection, eviction: Eviction, size: int) -> list[Loss]:
        losses: list[Loss] = []
        given_up: list[Stored] = []
        span = span_of_lane(eviction.lane)
        for row in stored.between(connection, span, _GIVEN_UP_AT_ONCE):
            if size <= 0:
                break
            size -= rows.give_up(connection, row.id, eviction.reason)
            given_up.append(row)
        for row in given_up:
            counts = (row.taken, row.taken)
            losses.append(unpacking.loss(Lost.GIVEN_UP, eviction, [row], self._gateway, counts))
        log.warning("%s: %d batches of %s given up", eviction.reason, len(given_up), eviction.lane)
        return losses
