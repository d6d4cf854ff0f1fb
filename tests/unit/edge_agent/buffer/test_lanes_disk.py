"""The lanes and their disk: full, refusing, breaking, slow; who is cancelled meanwhile."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import GROUP_READINGS, Lanes
from edge_agent.exchange import Sample
from runtime.database import Database
from tests.lanes_rig import lanes_on, opened, sample, taken
from tests.patience import PATIENCE_S
from tests.standing_clock import StandingClock
from wire.batch import decode_batch
from wire.codec import unpack
from wire.topic import Lane


async def test_the_disk_refuses_and_what_waits_is_committed_later(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.take("d", [sample(clock, "smoke", False)])
        other = sqlite3.connect(tmp_path / "buffer.db", isolation_level=None)
        other.execute("ALTER TABLE batch RENAME TO away")
        await lanes.take("d", [sample(clock, "smoke", True)])
        other.execute("ALTER TABLE away RENAME TO batch")
        other.close()
        await lanes.flush()
        assert await taken(lanes, Lane.URGENT) == 2
        assert lanes.not_taken == 0


async def test_a_disk_that_refuses_for_a_while_moves_no_sample_in_time(tmp_path: Path) -> None:
    clock = StandingClock(trusted=False)
    async with opened(tmp_path, clock) as lanes:
        other = sqlite3.connect(tmp_path / "buffer.db", isolation_level=None)
        other.execute("ALTER TABLE batch RENAME TO away")
        times = []
        for value in (False, True, False):
            clock.advance(1_000_000)
            times.append(clock.mono_us())
            await lanes.take("d", [Sample("smoke", value, clock.mono_us())])
        assert lanes.refusal
        other.execute("ALTER TABLE away RENAME TO batch")
        other.close()
        await lanes.flush()
        assert not lanes.refusal
        (number,) = await lanes.rows_after(Lane.URGENT, 0, 9)
        outgoing = await lanes.outgoing(Lane.URGENT, number)
        assert outgoing is not None
        assert outgoing.row is not None
        row = outgoing.row
        batch = decode_batch(unpack(row.payload, row.encoding), "gw")
        assert [one.time_us + row.base.mono * 1_000 for one in batch.readings] == times


async def test_complete_through_stays_below_what_the_disk_has_not_taken_yet(
    tmp_path: Path,
) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        other = sqlite3.connect(tmp_path / "buffer.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        at_us = clock.mono_us()
        clock.advance(30_000_000)
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            tasks.create_task(lanes.take("d", [Sample("smoke", True, at_us)]))
            await asyncio.sleep(0)
            heartbeat = tasks.create_task(lanes.outgoing(Lane.URGENT, None))
            await asyncio.sleep(0)
            other.execute("ROLLBACK")
            said = await heartbeat
        other.close()
        assert said is not None
        assert said.through.mono * 1_000 < at_us


async def test_a_file_that_breaks_while_it_is_in_use_ends_the_run(tmp_path: Path) -> None:
    """Reads may go on for ever; only a start sets it aside."""
    clock = StandingClock()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock)

        def breaks(connection: sqlite3.Connection) -> None:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'batch'")

        await database.transact(breaks)
        await database.transact(lambda c: c.execute("PRAGMA writable_schema = RESET"))
        await lanes.take("d", [sample(clock, "heat", 1)])
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            await lanes.flush()


async def test_what_waits_behind_a_slow_commit_is_not_stated_as_complete(tmp_path: Path) -> None:
    """The line's next urgent answer waits in its delivery until `take` of this one returns."""
    clock = StandingClock()
    gate = threading.Event()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock)
        async with asyncio.TaskGroup() as group:
            group.create_task(database.transact(lambda _: gate.wait(PATIENCE_S)))
            await asyncio.sleep(0)
            heard_us = clock.mono_us()
            many = [Sample("heat", float(n), heard_us + n) for n in range(8 * GROUP_READINGS)]
            taking = group.create_task(lanes.take("d", many))
            await asyncio.sleep(0)
            clock.advance(5_000_000)
            stated = group.create_task(lanes.outgoing(Lane.URGENT, None))
            await asyncio.sleep(0)
            gate.set()
        outgoing = stated.result()
        assert taking.done()
        assert outgoing is not None
        assert outgoing.through.mono <= heard_us // 1_000
        later = await lanes.outgoing(Lane.URGENT, None)
        assert later is not None
        assert later.through.mono > heard_us // 1_000


async def test_transitions_that_come_during_a_sync_share_the_next_one(tmp_path: Path) -> None:
    clock = StandingClock()
    gate = threading.Event()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock)
        async with asyncio.TaskGroup() as group:
            group.create_task(database.transact(lambda _: gate.wait(PATIENCE_S)))
            await asyncio.sleep(0)
            for device in range(9):
                group.create_task(lanes.take(f"d{device}", [sample(clock, "smoke", True)]))
                await asyncio.sleep(0)
            gate.set()
        assert await taken(lanes, Lane.URGENT) == 9
        assert len(await lanes.rows_after(Lane.URGENT, 0, 99)) == 2


Holding = Callable[[Lanes], AbstractAsyncContextManager[Callable[[], object]]]
"""Has the disk until what it gives is called; its end comes after that of who waited."""


@asynccontextmanager
async def refuses(lanes: Lanes) -> AsyncIterator[Callable[[], object]]:
    """Another program, and after it the file takes nothing for a while."""
    with closing(sqlite3.connect(lanes._database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        steps = ("ALTER TABLE batch RENAME TO hidden", "COMMIT")
        yield lambda: [other.execute(step) for step in steps]
        other.execute("ALTER TABLE hidden RENAME TO batch")


@asynccontextmanager
async def is_locked(lanes: Lanes) -> AsyncIterator[Callable[[], object]]:
    """Another program, after which the commit goes through."""
    with closing(sqlite3.connect(lanes._database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield lambda: other.execute("ROLLBACK")


@asynccontextmanager
async def is_busy(lanes: Lanes) -> AsyncIterator[Callable[[], object]]:
    """Another transaction of ours: the commit has not begun when it is cancelled."""
    let_go = threading.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(lanes._database.transact(lambda _: let_go.wait(PATIENCE_S)))
        await asyncio.sleep(0)
        yield let_go.set


@pytest.mark.parametrize(
    ("disk", "is_there"), [(refuses, False), (is_busy, False), (is_locked, True)]
)
async def test_who_is_cancelled_while_he_waits_for_the_disk_takes_nobody_with_him(
    tmp_path: Path, disk: Holding, is_there: bool
) -> None:
    """A group holds samples of other devices too; one line that is stopped must not cost them."""
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.flush()  # the time is kept
        await lanes.take("other", [sample(clock, "relay", True)])
        async with disk(lanes) as let_go, asyncio.TaskGroup() as tasks:
            flush = tasks.create_task(lanes.flush())
            await asyncio.sleep(0.02)
            flush.cancel()
            await asyncio.sleep(0)
            let_go()
        assert lanes.committed[Lane.BULK].is_set() is is_there  # known, whoever waited for it
        await lanes.flush()
        assert await taken(lanes, Lane.BULK) == 1
