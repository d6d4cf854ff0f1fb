"""Opens the store that server.toml chose, over store.db and the journal's quarantine."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from ingest_server.config_store import InfluxConfig
from ingest_server.db.quarantine import Refused, set_aside
from ingest_server.store.embedded import EmbeddedStore
from ingest_server.store.influx_store import InfluxStore
from ingest_server.store.port import Store
from runtime.clock import Clock
from runtime.database import Database

OpenStore = Callable[[Database, Database], AbstractAsyncContextManager[Store]]
"""Given store.db and journal.db, both open; closes nothing but what it opened."""

_AT_ONCE = 200  # lines a transaction: meanwhile intake waits


@asynccontextmanager
async def embedded(store_file: Database, _journal: Database) -> AsyncIterator[Store]:
    yield EmbeddedStore(store_file)


def influx(
    config: InfluxConfig, clock: Clock, progress: Callable[[], None] = lambda: None
) -> OpenStore:
    """InfluxDB need not be there: nothing is asked of it yet. `progress`: at each answer."""

    @asynccontextmanager
    async def opened(store_file: Database, journal: Database) -> AsyncIterator[Store]:
        # Its client costs 0.3 s and 25 MB to import: who does not use it does not pay.
        from ingest_server.store.influx import Influx  # noqa: PLC0415

        async def keep(refused: Sequence[Refused]) -> None:
            for first in range(0, len(refused), _AT_ONCE):
                await journal.transact(partial(_keep, refused[first : first + _AT_ONCE]))

        async with Influx(config) as client:
            yield InfluxStore(
                client,
                config.bucket,
                store_file,
                keep=keep,
                now_us=clock.utc_us,
                progress=progress,
            )

    return opened


def _keep(refused: Sequence[Refused], connection: sqlite3.Connection) -> None:
    for one in refused:
        set_aside(connection, one)
