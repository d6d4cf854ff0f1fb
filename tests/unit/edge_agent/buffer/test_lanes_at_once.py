"""An urgent row leaves right after its commit, as long as nothing else may have become of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.departures import Outgoing
from edge_agent.buffer.lanes import Lanes, PointPlan
from edge_agent.buffer.leaving import Wanted
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from runtime.database import Database
from tests.standing_clock import StandingClock
from wire.topic import Lane

LIMITS = Limits(1_000_000, 100_000)


@dataclass
class Taker:
    """A sender that has read all up to `after`."""

    lanes: Lanes
    after: int = 0
    left: list[Outgoing] = field(default_factory=list)
    asked: int = 0

    def __call__(self) -> bool:
        self.asked += 1
        wanted = Wanted(Lane.URGENT, self.after, None, 9, 100_000, lambda _: False)
        found, self.after = self.lanes.fresh(wanted)
        self.left += found
        return bool(found)


@asynccontextmanager
async def scene(
    path: Path, clock: StandingClock, limits: Limits = LIMITS
) -> AsyncIterator[tuple[Lanes, Taker]]:
    """Lanes with one urgent row, and a taker who waits for the next."""
    async with Database(path / "buffer.db", rows.migrate) as database:
        lanes = Lanes(
            database=database,
            timekeeper=Timekeeper(clock),
            gateway="gw",
            epoch="a" * 16,
            limits=limits,
            plan=lambda _, point: PointPlan(Lane.URGENT if point == "smoke" else Lane.BULK, None),
            progress=lambda _: None,
        )
        await alarm(lanes, clock, is_on=False)
        (number,) = await lanes.rows_after(Lane.URGENT, 0, 9)
        yield lanes, Taker(lanes, number)


async def alarm(lanes: Lanes, clock: StandingClock, *, is_on: bool) -> None:
    clock.advance(1_000)
    await lanes.take("d", [Sample("smoke", is_on, clock.mono_us())])


async def test_it_has_left_when_take_returns(tmp_path: Path) -> None:
    clock = StandingClock()
    async with scene(tmp_path, clock) as (lanes, taker):
        lanes.committed[Lane.URGENT].clear()
        lanes.leave_at_once[Lane.URGENT] = taker
        await alarm(lanes, clock, is_on=True)
        (one,) = taker.left
        assert one.row is not None
        assert one.row.key.seq == 2
        assert one.statement.epochs[0].last == 2
        assert not lanes.committed[Lane.URGENT].is_set()
        again, _ = await lanes.leaving(Wanted(Lane.URGENT, 0, None, 9, 9_999, lambda _: False))
        assert [found.row for found in again][1] == one.row


async def test_who_is_not_ready_is_woken_and_looks(tmp_path: Path) -> None:
    clock = StandingClock()
    async with scene(tmp_path, clock) as (lanes, taker):
        lanes.committed[Lane.URGENT].clear()
        await alarm(lanes, clock, is_on=True)
        await alarm(lanes, clock, is_on=False)
        assert lanes.committed[Lane.URGENT].is_set()
        assert not taker()  # two commits: what the last one made is not all


async def test_it_leaves_once(tmp_path: Path) -> None:
    clock = StandingClock()
    async with scene(tmp_path, clock) as (lanes, taker):
        await alarm(lanes, clock, is_on=True)
        before = taker.after
        assert taker()
        taker.after = before
        assert not taker()


async def test_complete_through_stays_below_what_the_statement_does_not_list(
    tmp_path: Path,
) -> None:
    clock = StandingClock()
    async with scene(tmp_path, clock) as (lanes, taker):
        clock.advance(5_000_000)
        await lanes.take("d", [Sample("smoke", False, clock.mono_us())])  # waits for its group
        waiting_us = clock.mono_us()
        clock.advance(5_000_000)
        lanes.leave_at_once[Lane.URGENT] = taker
        await lanes.take("e", [Sample("level", 1, clock.mono_us())])
        await alarm(lanes, clock, is_on=True)
        (one,) = taker.left  # the keep-alive went with it
        assert one.statement.epochs[0].taken == 3
        assert waiting_us // 1_000 <= one.through.mono


async def test_what_a_cancelled_commit_made_is_looked_up(tmp_path: Path) -> None:
    clock = StandingClock()
    async with scene(tmp_path, clock) as (lanes, taker):
        await alarm(lanes, clock, is_on=True)
        clock.advance(1_000)
        late = asyncio.create_task(lanes.take("d", [Sample("smoke", False, clock.mono_us())]))
        await asyncio.sleep(0)
        late.cancel()
        await asyncio.wait([late])
        assert not taker()
        assert [seq async for seq in keys(lanes)] == [1, 2, 3]


async def keys(lanes: Lanes) -> AsyncIterator[int]:
    wanted = Wanted(Lane.URGENT, 0, None, 9, 100_000, lambda _: False)
    for one in (await lanes.leaving(wanted))[0]:
        if one.row is not None:
            yield one.row.key.seq


async def test_while_room_is_made_it_is_looked_up(tmp_path: Path) -> None:
    """What is being thinned must not leave as it was."""
    clock = StandingClock()
    async with scene(tmp_path, clock, Limits(4_000, 3_000)) as (lanes, taker):
        await alarm(lanes, clock, is_on=True)
        run = asyncio.create_task(lanes.run())
        for number in range(60):
            clock.advance(1_000)
            await lanes.take("e", [Sample("level", number, clock.mono_us())])
            await lanes.flush()
        async with asyncio.timeout(5):
            while (await lanes.ledgers())[Lane.URGENT].taken < 3 or lanes._room.is_making:
                await asyncio.sleep(0.02)  # until what was thinned is told
        run.cancel()
        await asyncio.wait([run])
        assert not taker()


async def test_a_group_of_bulk_leaves_so_too(tmp_path: Path) -> None:
    clock = StandingClock()
    async with scene(tmp_path, clock) as (lanes, _):
        await group(lanes, clock, 1)
        (first,) = await lanes.rows_after(Lane.BULK, 0, 9)
        await group(lanes, clock, 2)
        (one,), last = lanes.fresh(Wanted(Lane.BULK, first, None, 9, 100_000, lambda _: False))
        assert one.row is not None
        assert (one.row.key.seq, one.row.id) == (2, last)


async def group(lanes: Lanes, clock: StandingClock, value: int) -> None:
    clock.advance(1_000)
    await lanes.take("e", [Sample("level", value, clock.mono_us())])
    await lanes.flush()
