"""The store stage: journal to store, by a cursor that the store itself keeps; and retention."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ingest_server.db.journal import Entry, Kind, entries_after
from ingest_server.store.point import Point, points_of
from ingest_server.store.port import Store, StoreError
from runtime.clock import Clock
from runtime.database import Database

_log = logging.getLogger(__name__)
_KINDS = (Kind.URGENT, Kind.BULK, Kind.RETIME)
_ENTRIES, _LOOKS = 50, 100
_LONGEST_WISH_S = 30.0  # the watchdog wants a sign of this loop within 60 s


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """`slice`: a pass ends with the entry that brings it to so many readings.

    `gather_s`: after it was woken it waits so long for more. `retry_s`: the first wait after a
    refusal; it doubles up to `retry_most_s`. `retention_us`: readings older than this are dropped.
    """

    retention_us: int = 30 * 86_400_000_000
    slice: int = 5_000
    poll_s: float = 1.0
    gather_s: float = 0.0
    retry_s: float = 1.0
    retry_most_s: float = 8.0
    forget_s: float = 60.0


@dataclass(frozen=True, slots=True)
class _Found:
    """`last`: the id of the last entry looked at. `more`: there may be others behind it.

    `correction`: the entry behind it, which moves what was stored before.
    """

    points: list[Point]
    last: int
    more: bool
    correction: Entry | None = None


def _look(journal: sqlite3.Connection, cursor: int, wanted: int) -> _Found:
    """A few entries at a time, since one may hold thousands of readings, another none."""
    points: list[Point] = []
    for _ in range(_LOOKS):
        entries = entries_after(journal, _KINDS, cursor, _ENTRIES, wanted - len(points))
        for entry in entries:
            if entry.retime is not None:
                return _Found(points, cursor, more=True, correction=entry)
            points += points_of(entry.gateway, entry.clock, entry.readings)
            cursor = entry.id
            if len(points) >= wanted:
                return _Found(points, cursor, more=True)
        if len(entries) < _ENTRIES:
            return _Found(points, cursor, more=False)
    return _Found(points, cursor, more=True)


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
        failures = 0
        while True:
            self._progress()
            try:
                more = await self.pass_once()
            except (StoreError, sqlite3.Error) as error:
                self._report(str(error))
                await asyncio.sleep(self._wait_s(failures, error))
                failures += 1
                continue
            failures = 0
            self._report(None)
            if not more:
                await self._rest()

    def _wait_s(self, failures: int, error: Exception) -> float:
        """Longer each time, or as long as the store wishes; never for good."""
        doubled = self._settings.retry_s * float(1 << min(failures, 10))
        wish = error.after_s if isinstance(error, StoreError) else None
        return max(min(doubled, self._settings.retry_most_s), min(wish or 0.0, _LONGEST_WISH_S))

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.poll_s):
                await self._wake.wait()
                await asyncio.sleep(self._settings.gather_s)
        self._wake.clear()

    async def pass_once(self) -> bool:
        """Store one slice; whether there may be more. Raises StoreError, sqlite3.Error."""
        cursor, size = await self._store.cursor(), self._settings.slice
        found = await self._journal.read(lambda journal: _look(journal, cursor, size))
        if found.last > cursor:
            await self._store.write(found.points, found.last)
        elif found.correction is not None and found.correction.retime is not None:
            entry, said = found.correction, found.correction.retime
            await self._store.retime(entry.gateway, said, entry.id)
        return found.more

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
