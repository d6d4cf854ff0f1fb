"""SQLite: one writing connection a file, whole transactions, readers that can not write."""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from runtime.turns import Turns

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


def connect(path: Path) -> sqlite3.Connection:
    """The one writing connection: WAL, every commit synced (synchronous=FULL), autocommit off."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA journal_size_limit=16777216")
    return connection


def run_transaction(connection: sqlite3.Connection, work: Work[T]) -> T:
    """Run `work` between BEGIN IMMEDIATE and COMMIT; roll back on any error, then re-raise it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def nothing() -> None:
    """Nobody asks when it is committed."""


class _Whole(asyncio.Future[T]):
    """An answer that nobody can give up: who is cancelled meanwhile learns it with the answer."""

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002 - asyncio's signature
        """No: what the thread has begun ends."""
        return False


class Database:
    """One file, one writing thread. `transact` is whole even if its caller is cancelled."""

    def __init__(self, path: Path, migrate: Callable[[sqlite3.Connection], None]) -> None:
        self._path = path
        self._migrate = migrate
        self._connection: aiosqlite.Connection | None = None
        self._turns = Turns()

    @property
    def path(self) -> Path:
        return self._path

    async def __aenter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = aiosqlite.Connection(lambda: connect(self._path), iter_chunk_size=64)
        self._connection = await connection
        try:
            await self._run(self._migrate)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._turns.turn():
            await self._close()

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.shield(connection.close())

    async def transact(
        self, work: Work[T], *, hurry: bool = False, committed: Callable[[], None] = nothing
    ) -> T:
        """Run `work(connection)` as one synced transaction in the writing thread.

        In a `hurry` it goes before all that wait for the thread.

        A cancelled caller does not cut it in two: it is committed or rolled back whole, or never
        begun. `committed` is called in the writing thread once it is on the disk.
        Raises what `work` raises, and sqlite3.Error.
        """

        def whole(connection: sqlite3.Connection) -> T:
            result = run_transaction(connection, work)
            committed()
            return result

        return await self._run(whole, hurry=hurry)

    async def transact_unsynced(self, work: Work[T]) -> T:
        """Run it as one transaction that a power cut may take back, whole, until one is synced."""

        def whole(connection: sqlite3.Connection) -> T:
            connection.execute("PRAGMA synchronous=NORMAL")
            try:
                return run_transaction(connection, work)
            finally:
                connection.execute("PRAGMA synchronous=FULL")

        return await self._run(whole)

    async def _run(self, call: Work[T], *, hurry: bool = False) -> T:
        async with self._turns.turn(hurry=hurry):
            if self._connection is None:
                raise sqlite3.ProgrammingError(f"{self._path} is closed")
            # aiosqlite's own queue to its thread: the public methods run one statement each, and
            # a cancel between two of them would leave half a transaction (stack: measured).
            thread: Any = self._connection
            done: _Whole[T] = _Whole()
            thread._tx.put_nowait((done, partial(call, thread._conn)))  # noqa: SLF001
            return await done

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a read-only connection in a thread of its own: never waits for a writer."""
        return await asyncio.to_thread(self.read_now, work)

    def read_now(self, work: Work[T]) -> T:
        connection = connect_read_only(self._path)
        try:
            connection.execute("BEGIN")
            return work(connection)
        finally:
            connection.close()


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A reader (`mode=ro`): it can neither write nor checkpoint. May raise sqlite3.Error."""
    return sqlite3.connect(
        f"file:{path}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=5.0,
    )
