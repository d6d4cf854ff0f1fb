"""The store stage: journal to store, by a cursor that the store itself keeps; and retention."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ingest_server.db.journal import Kind, entries_after
from ingest_server.store.point import Point, points_of
from ingest_server.store.port import Store, StoreError
from runtime.clock import Clock
from runtime.database import Database

_log = logging.getLogger(__name__)
_KINDS = (Kind.URGENT, Kind.BULK)


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """`slice`: entries a pass. `retention_us`: readings older than this are dropped."""

    retention_us: int = 30 * 86_400_000_000
    slice: int = 50
    poll_s: float = 1.0
    retry_s: float = 1.0
    forget_s: float = 60.0


@dataclass(frozen=True, slots=True)
class _Found:
    points: list[Point]
    count: int
    last: int


def _look(journal: sqlite3.Connection, cursor: int, limit: int) -> _Found:
    entries = entries_after(journal, _KINDS, cursor, limit)
    points = [
        point
        for entry in entries
        for point in points_of(entry.gateway, entry.clock, entry.readings)
    ]
    return _Found(points, len(entries), entries[-1].id if entries else cursor)


class Writer:
    """`wake` is this stage's own event; `progress` is called whenever the loop is seen alive."""

    def __init__(
        self,
        *,
        journal: Database,
        store: Store,
        clock: Clock,
        wake: asyncio.Event,
        settings: WriterSettings | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._store = store
        self._clock = clock
        self._wake = wake
        self._settings = settings or WriterSettings()
        self._progress = progress
        self.trouble: str | None = None
        """Why nothing can be stored now, or None."""

    async def run(self) -> None:
        """Store what comes and forget what is old, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._forget())
            await self._write()

    async def _write(self) -> None:
        while True:
            self._progress()
            try:
                more = await self.pass_once()
            except (StoreError, sqlite3.Error) as error:
                self._report(str(error))
                await asyncio.sleep(self._settings.retry_s)
                continue
            self._report(None)
            if not more:
                await self._rest()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.poll_s):
                await self._wake.wait()
        self._wake.clear()

    async def pass_once(self) -> bool:
        """Store one slice; whether there may be more. Raises StoreError, sqlite3.Error."""
        cursor, size = await self._store.cursor(), self._settings.slice
        found = await self._journal.read(lambda journal: _look(journal, cursor, size))
        if found.count:
            await self._store.write(found.points, found.last)
        return found.count == size

    async def _forget(self) -> None:
        """Slice by slice, with a rest after each. Never by a clock that can not be believed."""
        while True:
            gone = 0
            if self._clock.is_trusted():
                with suppress(StoreError):  # the writing loop meets the same error and tells it
                    before_us = self._clock.utc_us() - self._settings.retention_us
                    gone = await self._store.forget(before_us)
            await asyncio.sleep(0.05 if gone else self._settings.forget_s)

    def _report(self, trouble: str | None) -> None:
        if trouble is not None and self.trouble is None:
            _log.error("readings wait in the journal: the store refuses: %s", trouble)
        if trouble is None and self.trouble is not None:
            _log.warning("the store takes readings again")
        self.trouble = trouble
