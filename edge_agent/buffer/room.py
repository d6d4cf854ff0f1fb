"""Keeps the buffer within its limits: what retention decides is done in one transaction."""

import logging
import sqlite3

from edge_agent.buffer import rows
from edge_agent.buffer.retention import Eviction, Limits, evict
from runtime.database import Database

log = logging.getLogger(__name__)

_AT_ONCE = 1_000


class Room:
    """`has_grown`: something was committed since it was looked at."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.has_grown = True

    async def shortage(self, database: Database) -> Eviction | None:
        """What would have to go; None while everything has room, or nothing came meanwhile."""
        if not self.has_grown:
            return None
        self.has_grown = False
        return evict(await database.transact(rows.sizes), self._limits)

    async def make(self, database: Database) -> None:
        """Give up what has to go."""
        self.has_grown = True
        eviction = await self.shortage(database)
        if eviction is not None:
            given_up = await database.transact(lambda c: _give_up(c, eviction))
            log.warning("%s: %d batches of %s given up", eviction.reason, given_up, eviction.lane)


def _give_up(connection: sqlite3.Connection, eviction: Eviction) -> int:
    freed = given_up = 0
    for number, size in rows.oldest(connection, eviction.lane, _AT_ONCE):
        if freed >= eviction.size:
            break
        freed += size
        rows.give_up(connection, number, eviction.reason)
        given_up += 1
    return given_up
