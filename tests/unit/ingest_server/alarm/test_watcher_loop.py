"""The watcher's loop: what goes first, a crash, a database in trouble, slices of a backlog."""

import asyncio
import logging
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from ingest_server.alarm.watcher import WatcherSettings
from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.cursor import Cursor, write_cursor
from runtime.database import Database, Work
from tests.alarm_rig import GATEWAY, SECOND, PowerCutError, Rig, changes, device, reading
from tests.patience import PATIENCE_S
from wire.identity import Presence, Status
from wire.topic import Lane

T = TypeVar("T")


async def test_urgent_goes_before_a_bulk_backlog(tmp_path: Path) -> None:
    async with Rig(tmp_path, settings=WatcherSettings(bulk_slice=1)) as rig:
        t0 = rig.clock.utc_us()
        await rig.birth(device())
        for second in range(30):
            await rig.send(
                reading(t0 + second * SECOND, value=False, point="service"), lane=Lane.BULK
            )
        await rig.send(reading(t0, value=True))
        assert await rig.watcher.pass_once()
        assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]


async def test_a_crash_before_the_commit_repeats_the_pass_with_the_same_result(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=True))
    rig.outbox.cut = 0
    with pytest.raises(PowerCutError):
        await rig.watch()
    assert await rig.alarms() == []
    rig.outbox.cut = None
    rig.watcher = rig.new_watcher()
    await rig.watch()
    assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]


async def test_an_entry_that_breaks_the_judging_is_left_out_and_counted(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.watch()
    await rig.send(reading(t0, value=True))
    await rig.send(reading(t0 + SECOND, value=True, device="smoke-02"))
    await rig.book.transact(
        lambda book: book.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON held BEGIN SELECT raise(ABORT, 'poison'); END"
        )
    )
    with caplog.at_level(logging.CRITICAL):
        await rig.watch()
    assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]
    assert await rig.rows("SELECT * FROM not_evaluated") == [(GATEWAY, "entry_failed", 1)]


async def test_the_loop_wakes_by_event_and_stops_when_cancelled(rig: Rig) -> None:
    rig.settings = replace(rig.settings, poll_s=30.0)
    rig.watcher = rig.new_watcher()
    await rig.birth(device())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(rig.watcher.run())
        await asyncio.sleep(0.02)
        await rig.send(reading(rig.clock.utc_us(), value=True))
        rig.wake.set()
        async with asyncio.timeout(PATIENCE_S):
            while not await rig.told():
                await asyncio.sleep(0.005)
        task.cancel()


async def test_a_status_entry_is_taken(rig: Rig) -> None:
    await rig.status(Status(Presence.ONLINE, "b-1", 2))
    await rig.status(Status(Presence.OFFLINE, "b-1", 1))
    await rig.watch()
    assert await rig.rows("SELECT presence FROM gateway") == [("online",)]


async def test_a_journal_that_was_replaced_is_read_from_its_start(rig: Rig) -> None:
    await rig.book.transact(lambda book: write_cursor(book, Cursor.URGENT, 1_000))
    await rig.birth(device())
    await rig.send(reading(rig.clock.utc_us(), value=True))
    await rig.watch()
    assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]
    assert await rig.rows("SELECT entry FROM cursor") == [(2,)]


async def test_a_database_that_fails_is_tried_again(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.settings = replace(rig.settings, retry_s=0.01, poll_s=0.01)
    rig.watcher = rig.new_watcher()
    await rig.journal.transact(lambda journal: journal.execute("ALTER TABLE entry RENAME TO gone"))
    with caplog.at_level(logging.INFO, logger="ingest_server.alarm.watcher"):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(rig.watcher.run())
            async with asyncio.timeout(PATIENCE_S):
                while rig.watcher.trouble is None:
                    await asyncio.sleep(0.005)
            await asyncio.sleep(0.03)  # it is tried several times, and told once
            await rig.journal.transact(
                lambda journal: journal.execute("ALTER TABLE gone RENAME TO entry")
            )
            await rig.birth(device())
            await rig.send(reading(rig.clock.utc_us(), value=True))
            async with asyncio.timeout(PATIENCE_S):
                while not await rig.told():
                    await asyncio.sleep(0.005)
            task.cancel()
    said = [one.getMessage() for one in caplog.records if one.name.endswith("watcher")]
    assert said == [
        "alarms wait: the journal or the alarm book can not be used: no such table: entry",
        "alarms are judged again",
    ]
    assert not any(one.exc_info for one in caplog.records)


async def test_trouble_is_shown_while_it_lasts_and_a_broken_file_ends_the_program(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.settings = replace(rig.settings, retry_s=0.001, poll_s=0.001)
    book, rig.book = rig.book, Failing(rig.folder / "book.db", migrate_book)
    rig.watcher, rig.book = rig.new_watcher(), book
    with (
        caplog.at_level(logging.CRITICAL),
        pytest.raises(sqlite3.DatabaseError, match=f"error {sqlite3.SQLITE_CORRUPT}"),
    ):
        await rig.watcher.run()
    assert rig.watcher.trouble == "error 5"


class Failing(Database):
    """Busy at first, then damaged."""

    codes = iter((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CORRUPT))

    async def read(self, _work: Work[T]) -> T:
        code = next(self.codes)
        error = sqlite3.DatabaseError(f"error {code}")
        error.sqlite_errorcode = code
        raise error


async def test_a_backlog_of_large_batches_is_taken_in_slices_of_readings(rig: Rig) -> None:
    """A pass that took 200 entries of 5 000 readings each would look like a loop that hangs."""
    t0 = rig.clock.utc_us()
    rig.settings = WatcherSettings(urgent_readings=10)
    await rig.birth(device())
    for batch in range(4):
        at_us = t0 + 10 * batch * SECOND
        await rig.send(*(reading(at_us + one * SECOND, value=False) for one in range(10)))
    watcher = rig.new_watcher()
    taken = []
    while await watcher.pass_once():
        taken.append((await rig.rows("SELECT count(*) FROM sample"))[0][0])
    assert taken == [10, 20, 30, 40]
