"""The bell rings after the commit, and only for what was marked."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from ingest_server.db.bell import Bell


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS told (n INTEGER)")


async def test_it_rings_once_what_was_marked_is_committed(tmp_path: Path) -> None:
    rung = asyncio.Event()
    async with Bell(tmp_path / "b.db", _migrate, rung) as bell:

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO told VALUES (1)")
            bell.mark()
            assert not rung.is_set()

        await bell.transact(work)
        assert rung.is_set()
        assert await bell.read(lambda c: c.execute("SELECT n FROM told").fetchall()) == [(1,)]


async def test_it_is_silent_for_other_commits(tmp_path: Path) -> None:
    rung = asyncio.Event()
    async with Bell(tmp_path / "b.db", _migrate, rung) as bell:
        await bell.transact(lambda c: c.execute("INSERT INTO told VALUES (1)"))
        assert not rung.is_set()


async def test_a_mark_of_a_failure_does_not_stay(tmp_path: Path) -> None:
    rung = asyncio.Event()
    async with Bell(tmp_path / "b.db", _migrate, rung) as bell:

        def fail(_: sqlite3.Connection) -> None:
            bell.mark()
            raise ValueError

        with pytest.raises(ValueError, match=r"^$"):
            await bell.transact(fail)
        rung.clear()
        await bell.transact(lambda _: None)
        assert not rung.is_set()
