import asyncio
import gc
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.database import Database, connect, connect_read_only, run_transaction
from tests.patience import PATIENCE_S


def migrate(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS t (who TEXT, half INT)")


def rows(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    return connection.execute("SELECT who, half FROM t ORDER BY rowid").fetchall()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "folder" / "test.db", migrate) as opened:
        yield opened


async def test_what_is_committed_can_be_read(database: Database) -> None:
    count = await database.transact(lambda c: c.execute("INSERT INTO t VALUES ('a', 1)").rowcount)
    assert count == 1
    assert await database.read(rows) == [("a", 1)]


async def test_an_error_rolls_the_whole_back(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES ('a', 1)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.transact(work)
    assert await database.read(rows) == []
    await database.transact(lambda c: c.execute("INSERT INTO t VALUES ('b', 1)"))
    assert await database.read(rows) == [("b", 1)]


async def test_a_cancel_in_the_middle_leaves_it_whole(database: Database) -> None:
    half, go = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES ('a', 1)")
        half.set()
        go.wait(PATIENCE_S)
        connection.execute("INSERT INTO t VALUES ('a', 2)")

    async with asyncio.TaskGroup() as group:
        task = group.create_task(database.transact(work))
        await asyncio.to_thread(half.wait, 5)
        task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done()  # the caller waits until it is whole
        go.set()
    assert task.cancelled()
    assert await database.read(rows) == [("a", 1), ("a", 2)]


async def test_who_was_cancelled_does_not_learn_that_it_failed(database: Database) -> None:
    begun, go = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES ('a', 1)")
        begun.set()
        go.wait(PATIENCE_S)
        raise ZeroDivisionError

    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: complaints.append(said))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(database.transact(work))
        await asyncio.to_thread(begun.wait, 5)
        task.cancel()
        go.set()
    assert task.cancelled()
    assert await database.read(rows) == []
    gc.collect()
    assert complaints == []


async def test_two_coroutines_do_not_touch_each_other(database: Database) -> None:
    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES ('wrong', 1)")
        raise ZeroDivisionError

    async def vain() -> None:
        with pytest.raises(ZeroDivisionError):
            await database.transact(fails)

    async def right(n: int) -> None:
        await database.transact(lambda c: c.execute("INSERT INTO t VALUES ('right', ?)", (n,)))

    async with asyncio.TaskGroup() as group:
        for n in range(20):
            group.create_task(vain())
            group.create_task(right(n))
    assert await database.read(rows) == [("right", n) for n in range(20)]


async def test_a_reader_can_not_write(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(lambda c: c.execute("INSERT INTO t VALUES ('a', 1)"))


async def test_a_reader_does_not_wait_for_the_writer(database: Database) -> None:
    await database.transact(lambda c: c.execute("INSERT INTO t VALUES ('old', 1)"))
    half, go = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM t")
        half.set()
        go.wait(PATIENCE_S)

    async with asyncio.TaskGroup() as group:
        group.create_task(database.transact(slow))
        await asyncio.to_thread(half.wait, 5)
        assert await database.read(rows) == [("old", 1)]
        go.set()
    assert await database.read(rows) == []


async def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "test.db", migrate)
    with pytest.raises(sqlite3.ProgrammingError, match=r"test\.db is closed"):
        await database.transact(rows)
    async with database:
        pass
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        await database.transact(rows)


async def test_a_migration_that_fails_leaves_nothing_open(tmp_path: Path) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("NONSENSE")

    before = set(threading.enumerate())
    with pytest.raises(sqlite3.OperationalError):
        async with Database(tmp_path / "test.db", broken):
            pass
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


async def test_the_file_outlives_the_connection(tmp_path: Path) -> None:
    for expected in ([], [("a", 1)]):
        async with Database(tmp_path / "test.db", migrate) as database:
            assert await database.read(rows) == expected
            await database.transact(lambda c: c.execute("INSERT INTO t VALUES ('a', 1)"))


def test_every_commit_is_synced(tmp_path: Path) -> None:
    connection = connect(tmp_path / "test.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


async def test_one_that_need_not_be_synced_leaves_the_next_as_it_was(database: Database) -> None:
    def level(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])

    assert await database.transact_unsynced(level) == 1
    assert await database.transact(level) == 2

    def fails(_: sqlite3.Connection) -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - of this test
        await database.transact_unsynced(fails)
    assert await database.transact(level) == 2


def test_a_transaction_without_a_loop(tmp_path: Path) -> None:
    connection = connect(tmp_path / "test.db")
    run_transaction(connection, migrate)
    reader = connect_read_only(tmp_path / "test.db")
    assert rows(reader) == []
    reader.close()
    connection.close()
