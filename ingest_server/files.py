"""The server's three database files: opened sound, with their stages' cursors in step."""

import asyncio
import fcntl
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.bell import Bell
from ingest_server.db.cursor import Cursor, read_cursor
from ingest_server.db.entry_ids import continue_ids
from ingest_server.db.journal import Kind, migrate_journal
from ingest_server.db.set_aside import set_aside_if_broken
from ingest_server.notify.moment import EPOCH
from ingest_server.store.embedded import migrate_store
from ingest_server.store.opening import OpenStore, embedded
from ingest_server.store.port import Store, StoreError
from runtime.database import Database

_log = logging.getLogger(__name__)

# Readings are many: to look through more than this would keep alarms waiting at the start.
_STORE_CHECKED = 256 * 1024 * 1024


class InUseError(OSError):
    """Another server runs on the same folder."""


@dataclass(frozen=True, slots=True)
class Files:
    """`notices`: what was set aside, in words for health."""

    journal: Database
    book: Bell
    store_file: Database
    store: Store
    notices: tuple[str, ...]

    async def read_by_all(self) -> Mapping[Kind, int] | None:
        """Up to which entry of each kind all stages are done; None while one can not tell."""
        try:
            urgent, bulk, control = await self.book.read(_cursors)
            stored = await self.store.cursor()
        except (sqlite3.Error, StoreError) as error:
            _log.warning("the journal is not trimmed: %s", error)
            return None
        return {
            Kind.URGENT: min(urgent, stored),
            Kind.BULK: min(bulk, stored),
            Kind.BIRTH: urgent,
            Kind.STATUS: urgent,
            Kind.RESULT: control,
            Kind.RETIME: min(urgent, bulk, stored),
        }


@asynccontextmanager
async def opened(
    data: Path, now_us: int, queued: asyncio.Event, open_store: OpenStore = embedded
) -> AsyncIterator[Files]:
    """The files in `data`, made where they are missing. `queued`: rung by book.db's commits.

    Raises InUseError, NewerDatabaseError, sqlite3.Error, OSError.
    """
    stamp = (EPOCH + timedelta(microseconds=now_us)).strftime("%Y%m%dT%H%M%SZ")
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(lambda: stack.enter_context(_held(data)))
        notices = await asyncio.to_thread(_set_aside, data, stamp)
        journal = Database(data / "journal.db", migrate_journal)
        book = Bell(data / "book.db", migrate_book, queued)
        store_file = Database(data / "store.db", migrate_store)
        for database in (journal, book, store_file):
            await stack.enter_async_context(database)
        store = await stack.enter_async_context(open_store(store_file, journal))
        cursors = (*await book.read(_cursors), await store.cursor())
        await journal.transact(lambda connection: continue_ids(connection, max(cursors)))
        yield Files(journal, book, store_file, store, notices)


@contextmanager
def _held(data: Path) -> Iterator[None]:
    """Hold the folder against a second server: two writers would damage the files."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUseError(f"{data}: another ingest-server runs on this folder") from error
        yield


def _cursors(book: sqlite3.Connection) -> tuple[int, int, int]:
    urgent, bulk = read_cursor(book, Cursor.URGENT), read_cursor(book, Cursor.BULK)
    return urgent, bulk, read_cursor(book, Cursor.CONTROL)


_Migrate = Callable[[sqlite3.Connection], None]
_FILES: tuple[tuple[str, _Migrate, int | None], ...] = (
    ("journal.db", migrate_journal, None),
    ("book.db", migrate_book, None),
    ("store.db", migrate_store, _STORE_CHECKED),
)


def _set_aside(data: Path, stamp: str) -> tuple[str, ...]:
    notices = []
    for name, migrate, largest in _FILES:
        aside = set_aside_if_broken(data / name, migrate, stamp, largest_checked=largest)
        if aside is not None:
            text = f"{name} was broken: set aside as {aside.name}, a new one was begun"
            _log.error("%s (in %s)", text, data)
            notices.append(text)
    return tuple(notices)
