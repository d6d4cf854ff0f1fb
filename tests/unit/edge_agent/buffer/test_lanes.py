"""The lanes on a real file: transitions at once, groups each second, what gives way."""

import asyncio
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.pace import POINT
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.rows import Ledger
from edge_agent.exchange import Sample
from runtime.database import Database
from tests.lanes_rig import EPOCH, lanes_on, opened, sample, taken
from tests.patience import PATIENCE_S
from tests.standing_clock import StandingClock
from wire.batch import decode_batch
from wire.codec import unpack
from wire.quality import Reason, bad
from wire.reading import ITSELF
from wire.receipt import Receipt
from wire.topic import Lane


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


async def test_run_commits_each_second_and_once_more_at_the_end(tmp_path: Path) -> None:
    clock = StandingClock()
    async with opened(tmp_path, clock) as lanes:
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
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


async def crowded(lanes: Lanes, clock: StandingClock, *, published: bool) -> dict[Lane, Ledger]:
    """Bulk beyond its room; the ledgers once `run` has made room."""
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        await lanes.take("d", [sample(clock, "smoke", True)])
        for number in range(60):
            await lanes.take(f"device-{number % 3}", [sample(clock, "heat", float(number))])
            await lanes.flush()
            if published:
                for row in await lanes.rows_after(Lane.BULK, 0, 99):
                    await lanes.outgoing(Lane.BULK, row)
        # Only now: room is made in slices, and what comes more quickly than they do is given up.
        run = tasks.create_task(lanes.run())
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
        assert heartbeat.statement.n == first.statement.n + 1
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


async def test_a_point_that_chatters_is_committed_each_second_told_and_not_thinned_out(
    tmp_path: Path,
) -> None:
    clock = StandingClock()
    told: list[str] = []
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock, tell=told.append)
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
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
