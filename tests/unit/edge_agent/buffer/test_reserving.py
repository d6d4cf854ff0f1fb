"""The reserve is made in parts beside the watch, once for a file, and its lack is told."""

import sqlite3
from pathlib import Path

from edge_agent.buffer import reserve, rows
from edge_agent.buffer.migration import LOG_PAGES
from edge_agent.buffer.reserving import filled, reserved
from edge_agent.buffer.thread_io import written_by_this_thread
from edge_agent.buffer.wear import Meter, Purpose
from runtime.database import Database


async def test_it_is_held_once_for_a_file(tmp_path: Path) -> None:
    file, log = tmp_path / "buffer.db", tmp_path / "buffer.db-wal"
    for _ in range(2):  # the log goes when the file is closed in order, the free pages stay
        async with Database(file, rows.migrate) as database:
            assert await reserved(database, Meter()) == ""
            assert await database.read(lambda c: reserve.is_there(c, file))
            sizes = file.stat().st_size, log.stat().st_size
            assert await reserved(database, Meter()) == ""
            assert (file.stat().st_size, log.stat().st_size) == sizes
        assert file.stat().st_size < 2 * reserve.RESERVE_BYTES


async def test_what_it_takes_of_the_card_is_no_ones_readings(tmp_path: Path) -> None:
    meter = Meter()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        await database.transact(lambda _: meter.begin(Purpose.BULK, written_by_this_thread()))
        await filled(database, meter)
        await database.transact(lambda _: meter.begin(Purpose.BULK, written_by_this_thread()))
    if written_by_this_thread() is None:  # this kernel does not say
        return
    assert meter.by_purpose[Purpose.BULK] < reserve.RESERVE_BYTES / 10
    is_counted = meter.by_purpose[Purpose.ROOM] > reserve.RESERVE_BYTES
    assert is_counted or not any(meter.by_purpose.values())  # /tmp in memory


async def test_what_a_kill_left_of_it_is_not_added_to(tmp_path: Path) -> None:
    file = tmp_path / "buffer.db"
    for _ in range(3):
        async with Database(file, rows.migrate) as database:
            await database.transact(reserve.fill)
    async with Database(file, rows.migrate) as database:
        await filled(database, Meter())
        assert await database.read(lambda c: reserve.is_there(c, file))
        tables = "SELECT count(*) FROM sqlite_master WHERE name = 'reserve'"
        assert await database.read(lambda c: c.execute(tables).fetchone()) == (0,)


async def test_a_disk_without_room_is_told_and_no_reason_to_stop(tmp_path: Path) -> None:
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        pages = "PRAGMA max_page_count = 1000"  # some of its parts have room
        await database.transact(lambda c: c.execute(pages).fetchone())
        assert "has no reserve (database or disk is full)" in await reserved(database, Meter())
        after = await database.transact(_log_is_copied_after)
        assert after == LOG_PAGES
        assert await database.transact(_free_pages) > 500  # it holds on to nothing


def _log_is_copied_after(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA wal_autocheckpoint").fetchone()[0])


def _free_pages(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])
