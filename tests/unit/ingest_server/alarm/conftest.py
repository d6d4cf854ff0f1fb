"""A book on disk, a desk that notes what the outbox would be told, a watcher between files."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ingest_server.alarm.settle import Desk
from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.snapshot import Snapshot
from runtime.database import connect
from tests.alarm_rig import Rig

Told = list[Snapshot]
NOW_US = 1_000_000_000


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def desk(tmp_path: Path, told: Told) -> Iterator[Desk]:
    connection = connect(tmp_path / "book.db")
    migrate_book(connection)

    def tell(_: sqlite3.Connection, snapshot: Snapshot) -> None:
        told.append(snapshot)

    yield Desk(connection, NOW_US, tell)
    connection.close()


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A watcher between a journal and a book."""
    async with Rig(tmp_path) as entered:
        yield entered
