"""A database without a thread, for loops in which waiting takes no time: its jobs are counted."""

import sqlite3
from pathlib import Path
from typing import Self, TypeVar

from edge_agent.buffer import rows
from runtime.database import Database, Work, connect

T = TypeVar("T")


class InstantDatabase(Database):
    """A real file; whoever asks waits for the disk and for nobody else. `jobs`: of the writer."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, rows.migrate)
        self.jobs = 0
        self._here = connect(path)
        rows.migrate(self._here)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._here.close()

    async def _run(self, call: Work[T], *, hurry: bool = False) -> T:  # noqa: ARG002 - nobody waits
        self.jobs += 1
        return call(self._here)

    async def read(self, work: Work[T]) -> T:
        return self.read_now(work)

    def rename(self, old: str, new: str) -> None:
        """Behind the back of whoever uses it, so that it refuses."""
        other = sqlite3.connect(self.path, isolation_level=None)
        other.execute(f"ALTER TABLE {old} RENAME TO {new}")
        other.close()
