"""The lanes on a real file: transitions at once, groups each second, a kill, a refusing disk."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import GROUP_READINGS, Lanes, PointPlan
from edge_agent.buffer.pace import POINT
from edge_agent.buffer.reserve import RESERVE_BYTES
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.rows import Ledger
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from runtime.database import Database
from tests.standing_clock import StandingClock
from wire.batch import decode_batch
from wire.codec import unpack
from wire.quality import Reason, bad
from wire.reading import ITSELF, Value
from wire.receipt import Receipt
from wire.topic import Lane

EPOCH = "a" * 16
LIMITS = Limits(1_000_000, 100_000)


def plan(_device: str, point: str) -> PointPlan:
    return PointPlan(Lane.URGENT if point == "smoke" else Lane.BULK, None)


@asynccontextmanager
async def opened(
    path: Path,
    clock: StandingClock,
    limits: Limits = LIMITS,
) -> AsyncIterator[Lanes]:
    async with Database(path / "buffer.db", rows.migrate) as database:
        yield lanes_on(database, clock, limits)


def lanes_on(
    database: Database,
    clock: StandingClock,
    limits: Limits = LIMITS,
    group_readings: int = GROUP_READINGS,
    tell: Callable[[str], None] = lambda _: None,
) -> Lanes:
    return Lanes(
        database=database,
        timekeeper=Timekeeper(clock),
        gateway="gw",
        epoch=EPOCH,
        limits=limits,
        plan=plan,
        progress=lambda _name: None,
        group_readings=group_readings,
        tell=tell,
    )


def sample(clock: StandingClock, point: str, value: Value) -> Sample:
    clock.advance(1_000)
    return Sample(point, value, clock.mono_us())


async def taken(lanes: Lanes, lane: Lane) -> int:
    return (await lanes.ledgers())[lane].taken


async def test_a_transition_is_committed_before_take_returns(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.take("d", [sample(clock, "smoke", False)])
        await lanes.take("d", [sample(clock, "smoke", True)])
        assert await taken(lanes, Lane.URGENT) == 2
        assert lanes.committed[Lane.URGENT].is_set()


async def test_a_change_of_quality_is_a_transition(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.take("d", [sample(clock, "smoke", False)])
        await lanes.take(
            "d", [Sample("smoke", None, clock.mono_us() + 9, bad(Reason.COMM_FAILURE))]
        )
        assert await taken(lanes, Lane.URGENT) == 2


async def test_keep_alives_and_bulk_wait_for_their_group(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.take("d", [sample(clock, "smoke", False), sample(clock, "relay", True)])
        await lanes.take("d", [sample(clock, "smoke", False)])
        assert await taken(lanes, Lane.URGENT) == 1
        assert await taken(lanes, Lane.BULK) == 0
        await lanes.flush()
        assert await taken(lanes, Lane.URGENT) == 2
        assert await taken(lanes, Lane.BULK) == 1


async def test_a_full_group_of_bulk_is_committed_as_one_row(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        for number in range(GROUP_READINGS):
            await lanes.take("d", [sample(clock, "relay", bool(number % 2))])
        assert await taken(lanes, Lane.BULK) == GROUP_READINGS
        assert len(await lanes.rows_after(Lane.BULK, 0, 9)) == 1


async def test_a_group_may_be_larger(tmp_path: Path) -> None:
    clock = StandingClock()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock, group_readings=250)
        for number in range(250):
            assert await taken(lanes, Lane.BULK) == 0
            await lanes.take("d", [sample(clock, "relay", bool(number % 2))])
        assert await taken(lanes, Lane.BULK) == 250
        assert len(await lanes.rows_after(Lane.BULK, 0, 9)) == 1


async def test_run_commits_each_second_and_once_more_at_the_end(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            run = tasks.create_task(lanes.run())
            await lanes.take("d", [sample(clock, "relay", True)])
            await lanes.committed[Lane.BULK].wait()
            await lanes.take("d", [sample(clock, "relay", False)])
            run.cancel()
        assert await taken(lanes, Lane.BULK) == 2


async def test_takers_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        async with asyncio.TaskGroup() as tasks:
            for device in range(8):
                for turn in range(10):
                    value = sample(clock, "smoke", bool(turn % 2))
                    tasks.create_task(lanes.take(f"d{device}", [value]))
        await lanes.flush()
        assert await taken(lanes, Lane.URGENT) == 80


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
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            tasks.create_task(lanes.take("d", [Sample("smoke", True, at_us)]))
            await asyncio.sleep(0)
            heartbeat = tasks.create_task(lanes.outgoing(Lane.URGENT, None))
            await asyncio.sleep(0)
            other.execute("ROLLBACK")
            said = await heartbeat
        other.close()
        assert said is not None
        assert said.through.mono * 1_000 < at_us


async def crowded(lanes: Lanes, clock: StandingClock, *, published: bool) -> dict[Lane, Ledger]:
    """Bulk beyond its room; the ledgers once `run` has made room."""
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        run = tasks.create_task(lanes.run())
        await lanes.take("d", [sample(clock, "smoke", True)])
        for number in range(60):
            await lanes.take(f"device-{number % 3}", [sample(clock, "heat", float(number))])
            await lanes.flush()
            if published:
                for row in await lanes.rows_after(Lane.BULK, 0, 99):
                    await lanes.outgoing(Lane.BULK, row)
        while not await has_told_and_made_room(lanes):
            await asyncio.sleep(0.01)
        run.cancel()
    return await lanes.ledgers()


async def has_told_and_made_room(lanes: Lanes) -> bool:
    is_told = (await lanes.ledgers())[Lane.URGENT].taken >= 2
    return is_told and (await lanes.backlogs())[Lane.BULK].size <= 1_000


async def losses_told(lanes: Lanes) -> list[str]:
    told = []
    for number in await lanes.rows_after(Lane.URGENT, 0, 99):
        outgoing = await lanes.outgoing(Lane.URGENT, number)
        assert outgoing is not None
        assert outgoing.row is not None
        batch = decode_batch(unpack(outgoing.row.payload, outgoing.row.encoding), "gw")
        told += [str(one.value) for one in batch.readings if one.device == ITSELF]
    return told


async def test_bulk_is_thinned_before_it_is_given_up(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock, Limits(2_000, 1_000)) as lanes:
        ledgers = await crowded(lanes, clock, published=False)
        bulk = ledgers[Lane.BULK]
        assert bulk.dropped == {}
        assert bulk.taken == bulk.buffered == 60
        assert (await lanes.backlogs())[Lane.BULK].size <= 1_000
        told = await losses_told(lanes)
        assert all(one.startswith("thinned bulk bulk_full 20") for one in told)
        rows_left = await lanes.rows_after(Lane.BULK, 0, 99)
        outgoing = await lanes.outgoing(Lane.BULK, rows_left[0])
        assert outgoing is not None
        assert outgoing.row is not None
        key = outgoing.row.key
        assert [cover.seq for cover in key.covers] == list(range(1, key.seq + 1))
        have = ((1, 60),)
        await lanes.receive(Receipt(Lane.BULK, EPOCH, have, (), None, 0))
        book = (await lanes.ledgers())[Lane.BULK]
        assert (book.stored + book.thinned, book.buffered) == (60, 0)
        assert book.thinned > 0


async def test_bulk_gives_way_when_the_buffer_is_full(tmp_path: Path) -> None:
    """What is on its way stays as it is, so the oldest must go."""
    clock = StandingClock()
    async with opened(tmp_path, clock, Limits(2_000, 1_000)) as lanes:
        ledgers = await crowded(lanes, clock, published=True)
        assert set(ledgers[Lane.BULK].dropped) == {"bulk_full"}
        assert ledgers[Lane.URGENT].dropped == {}
        bulk = ledgers[Lane.BULK]
        assert bulk.taken == bulk.buffered + sum(bulk.dropped.values())
        assert (await losses_told(lanes))[0].startswith("given_up bulk bulk_full 20")


async def test_an_outgoing_row_is_stated_with_its_lane(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.take("d", [sample(clock, "smoke", True)])
        (number,) = await lanes.rows_after(Lane.URGENT, 0, 9)
        first = await lanes.outgoing(Lane.URGENT, number)
        heartbeat = await lanes.outgoing(Lane.URGENT, None)
        assert first is not None
        assert heartbeat is not None
        assert first.row is not None
        assert first.row.key.epoch == EPOCH
        assert (first.statement.n, heartbeat.statement.n) == (1, 2)
        assert heartbeat.row is None
        have = ((1, 1),)
        assert await lanes.receive(Receipt(Lane.URGENT, EPOCH, have, (), None, 0)) == [number]
        assert await lanes.outgoing(Lane.URGENT, number) is None


async def test_complete_through_stays_below_what_waits(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.take("d", [sample(clock, "relay", True)])
        waiting_us = clock.mono_us()
        clock.advance(30_000_000)
        bulk = await lanes.outgoing(Lane.BULK, None)
        urgent = await lanes.outgoing(Lane.URGENT, None)
        assert bulk is not None
        assert urgent is not None
        assert bulk.through.mono * 1_000 < waiting_us
        assert urgent.through.mono * 1_000 > waiting_us
        assert urgent.through.utc is not None


@pytest.mark.parametrize("trusted", [True, False])
async def test_the_clock_decides_whether_utc_is_stated(tmp_path: Path, trusted: bool) -> None:
    clock = StandingClock(trusted=trusted)
    async with opened(tmp_path, clock) as lanes:
        heartbeat = await lanes.outgoing(Lane.URGENT, None)
        assert heartbeat is not None
        assert (heartbeat.through.utc is not None) is trusted


async def test_the_reserve_is_held_once_for_a_file(tmp_path: Path) -> None:
    file, log = tmp_path / "buffer.db", tmp_path / "buffer.db-wal"
    for _ in range(2):  # the log goes when the file is closed in order, the free pages stay
        async with opened(tmp_path, StandingClock()) as lanes:
            assert await lanes.reserve() == ""
            sizes = file.stat().st_size, log.stat().st_size
            assert min(sizes) >= RESERVE_BYTES
            assert await lanes.reserve() == ""
            assert (file.stat().st_size, log.stat().st_size) == sizes
        assert file.stat().st_size < 2 * RESERVE_BYTES


async def test_a_disk_without_room_for_the_reserve_is_told_and_no_reason_to_stop(
    tmp_path: Path,
) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        pages = "PRAGMA max_page_count = 100"
        await lanes._database.transact(lambda c: c.execute(pages).fetchone())
        assert "has no reserve (database or disk is full)" in await lanes.reserve()
        await lanes.take("d", [sample(clock, "smoke", True)])
        assert await taken(lanes, Lane.URGENT) == 1


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
            group.create_task(database.transact(lambda _: gate.wait(5)))
            await asyncio.sleep(0)
            heard_us = clock.mono_us()
            many = [Sample("heat", float(n), heard_us + n) for n in range(GROUP_READINGS)]
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
            group.create_task(database.transact(lambda _: gate.wait(5)))
            await asyncio.sleep(0)
            for device in range(9):
                group.create_task(lanes.take(f"d{device}", [sample(clock, "smoke", True)]))
                await asyncio.sleep(0)
            gate.set()
        assert await taken(lanes, Lane.URGENT) == 9
        assert len(await lanes.rows_after(Lane.URGENT, 0, 99)) == 2


async def test_a_point_that_chatters_is_committed_each_second_told_and_not_thinned_out(
    tmp_path: Path,
) -> None:
    clock = StandingClock()
    told: list[str] = []
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock, tell=told.append)
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            for number in range(100):
                await lanes.take("d", [sample(clock, "smoke", number % 2 == 0)])
            assert await taken(lanes, Lane.URGENT) == POINT.burst
            await lanes.take("other", [sample(clock, "smoke", True)])
            assert await taken(lanes, Lane.URGENT) == 101  # what waited goes along
            await lanes.take("d", [sample(clock, "smoke", True)])
            run = tasks.create_task(lanes.run())
            while await taken(lanes, Lane.URGENT) < 102 or not told:
                await asyncio.sleep(0.01)
            run.cancel()
        assert len(await lanes.rows_after(Lane.URGENT, 0, 999)) == POINT.burst + 2
        (said,) = told
        assert said.startswith("d:smoke changes without end")


async def test_a_deletion_waits_for_company(tmp_path: Path) -> None:
    """And is done at the end, or with the next commit after a while."""
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.take("d", [sample(clock, "smoke", True)])
        await lanes.receive(Receipt(Lane.URGENT, EPOCH, ((1, 1),), (), None, 0))
        in_file = "SELECT count(*) FROM batch"
        assert (await lanes.ledgers())[Lane.URGENT].stored == 1
        assert (await lanes.backlogs())[Lane.URGENT].batches == 0
        assert await lanes._database.read(lambda c: c.execute(in_file).fetchone()) == (1,)
        clock.advance(6_000_000)
        await lanes.take("d", [sample(clock, "smoke", False)])
        numbers = await lanes._database.read(lambda c: c.execute("SELECT id FROM batch").fetchall())
        assert numbers == [(n,) for n in await lanes.rows_after(Lane.URGENT, 0, 9)]


async def test_who_is_cancelled_while_the_disk_refuses_takes_nobody_with_him(
    tmp_path: Path,
) -> None:
    """A group holds samples of other devices too; one line that is stopped must not cost them."""
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.flush()  # the time is kept
        await lanes.take("other", [sample(clock, "relay", True)])
        other = sqlite3.connect(tmp_path / "buffer.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.TaskGroup() as tasks:
            flush = tasks.create_task(lanes.flush())
            await asyncio.sleep(0.02)
            flush.cancel()
            await asyncio.sleep(0)
            other.execute("ALTER TABLE batch RENAME TO hidden")
            other.execute("COMMIT")
        other.execute("ALTER TABLE hidden RENAME TO batch")
        other.close()
        await lanes.flush()
        assert await taken(lanes, Lane.BULK) == 1


async def test_who_is_cancelled_while_others_have_the_disk_takes_nobody_with_him(
    tmp_path: Path,
) -> None:
    clock = StandingClock()
    let_go = threading.Event()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock)
        await lanes.flush()  # the time is kept
        await lanes.take("other", [sample(clock, "relay", True)])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(database.transact(lambda _: let_go.wait(5)))
            await asyncio.sleep(0)
            flush = tasks.create_task(lanes.flush())
            await asyncio.sleep(0.02)
            flush.cancel()
            await asyncio.sleep(0)
            let_go.set()
        await lanes.flush()
        assert await taken(lanes, Lane.BULK) == 1


async def test_what_is_on_the_disk_is_known_although_who_waited_was_cancelled(
    tmp_path: Path,
) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        await lanes.flush()  # the time is kept
        await lanes.take("other", [sample(clock, "relay", True)])
        other = sqlite3.connect(tmp_path / "buffer.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.TaskGroup() as tasks:
            flush = tasks.create_task(lanes.flush())
            await asyncio.sleep(0.02)
            flush.cancel()
            await asyncio.sleep(0)
            other.execute("ROLLBACK")
        other.close()
        assert lanes.committed[Lane.BULK].is_set()
        await lanes.flush()
        assert await taken(lanes, Lane.BULK) == 1
