"""The embedded store keeps the contract of every store, and its own promises on disk."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest_server.store.embedded import EmbeddedStore, migrate_store
from ingest_server.store.port import StoreError
from runtime.database import Database
from tests.store_contract import EVER, SMOKE, T0, ForgettingContract, StoreContract, point


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "store.db", migrate_store) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> EmbeddedStore:
    return EmbeddedStore(database)


class TestEmbedded(StoreContract, ForgettingContract):
    """All of the contract."""


async def test_it_is_all_there_after_a_restart(tmp_path: Path) -> None:
    for cursor in (1, 2):
        async with Database(tmp_path / "store.db", migrate_store) as opened:
            await EmbeddedStore(opened).write([point(T0 + cursor)], cursor)
    async with Database(tmp_path / "store.db", migrate_store) as opened:
        store = EmbeddedStore(opened)
        assert [one.time_us for one in await store.range(SMOKE, EVER)] == [T0 + 1, T0 + 2]
        assert await store.cursor() == 2


async def test_a_full_disk_leaves_points_and_cursor_as_they_were(
    database: Database, store: EmbeddedStore
) -> None:
    await store.write([point()], 1)
    await database.transact(_limit_pages)
    many = [point(T0 + n, f"{n}" * 400, device=f"d-{n}") for n in range(200)]
    with pytest.raises(StoreError, match="full"):
        await store.write(many, 2)
    assert await store.cursor() == 1
    assert await store.latest() == [point()]
    await database.transact(lambda connection: connection.execute("PRAGMA max_page_count=100000"))
    await store.write(many, 2)
    assert len(await store.latest(limit=500)) == 201


async def test_a_closed_file_is_a_store_error(tmp_path: Path) -> None:
    store = EmbeddedStore(Database(tmp_path / "none.db", migrate_store))
    for call in (store.cursor(), store.write([point()], 1), store.forget(T0), store.latest()):
        with pytest.raises(StoreError):
            await call


async def test_rows_are_only_appended(database: Database, store: EmbeddedStore) -> None:
    """An index over (series, time) would cost 40 times the bytes written."""
    await store.write([point()], 1)
    indexes = await database.read(
        lambda c: c.execute("SELECT name FROM sqlite_master WHERE tbl_name = 'hot'").fetchall()
    )
    assert indexes == [("hot",)]


def _limit_pages(connection: sqlite3.Connection) -> None:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages + 1}")
