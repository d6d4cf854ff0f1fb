"""Trims the journal below the cursors of all stages that read it, in small slices."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ingest_server.db.journal import Kind, trim
from runtime.database import Database

_log = logging.getLogger(__name__)

Cursors = Callable[[], Awaitable[Mapping[Kind, int] | None]]
"""Up to which entry of each kind every stage is done; None when that can not be told now."""


@dataclass(frozen=True, slots=True)
class TrimSettings:
    """A slice is short: while it is deleted, intake waits."""

    slice: int = 500
    pause_s: float = 0.05
    every_s: float = 5.0


class Trimmer:
    """`progress` is called whenever the loop is seen alive."""

    def __init__(
        self,
        journal: Database,
        cursors: Cursors,
        settings: TrimSettings | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._cursors = cursors
        self._settings = settings or TrimSettings()
        self._progress = progress

    async def run(self) -> None:
        """Until cancelled. A database that fails is left alone until the next time."""
        while True:
            self._progress()
            try:
                more = await self.trim_once()
            except sqlite3.Error as error:
                _log.warning("the journal can not be trimmed: %s", error)
                more = False
            await asyncio.sleep(self._settings.pause_s if more else self._settings.every_s)

    async def trim_once(self) -> bool:
        """Delete one slice; whether there may be more. Raises sqlite3.Error."""
        below = await self._cursors()
        if below is None:
            return False
        limit = self._settings.slice
        return await self._journal.transact(lambda journal: trim(journal, below, limit)) == limit
