"""A database that rings an event after each commit that left something for the next stage."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from runtime.database import Database, Work, nothing

T = TypeVar("T")


class Bell(Database):
    """`mark` is called inside a transaction; `rung` is set once that transaction is committed."""

    def __init__(
        self, path: Path, migrate: Callable[[sqlite3.Connection], None], rung: asyncio.Event
    ) -> None:
        super().__init__(path, migrate)
        self._rung = rung
        self._is_marked = False

    def mark(self) -> None:
        self._is_marked = True

    async def transact(
        self, work: Work[T], *, hurry: bool = False, committed: Callable[[], None] = nothing
    ) -> T:
        """As Database.transact. A mark of a transaction that failed rings once in vain."""
        try:
            return await super().transact(work, hurry=hurry, committed=committed)
        finally:
            if self._is_marked:
                self._is_marked = False
                self._rung.set()
