"""What the routes need: the databases, the store, the clock, and whom to wake."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from device_profiles.model import Profile
from ingest_server.db.alarm_book import Enqueue
from ingest_server.health import Health, Vitals
from ingest_server.receiver import Place
from ingest_server.store.port import Store
from runtime.clock import Clock
from runtime.database import Database

T = TypeVar("T")

_READERS = 3  # the pool of threads is also the alarm path's: the API never takes all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One for the whole API. `health` looks at every part of the program.

    `ordered`: rung when a command was queued; `taken_in`: when the journal grew; `queued`: when a
    delivery was. `vitals`: what only the running stages know.
    """

    journal: Database
    book: Database
    store: Store
    clock: Clock
    enqueue: Enqueue
    places: Mapping[str, Place]
    alarms_url: str
    gateway_silent_us: int
    health: Callable[[], Awaitable[Health]]
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    ordered: Callable[[], None] = lambda: None
    taken_in: Callable[[], None] = lambda: None
    queued: Callable[[], None] = lambda: None
    vitals: Callable[[], Vitals] = Vitals
    readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_READERS))

    async def read(self, database: Database, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read on a connection that can not write; raise sqlite3.Error."""
        async with self.readers:
            return await database.read(work)
