"""When the lanes wake: for a group within a second, at once for what is told, and else for nothing.

In virtual time, on a real file.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.leaving import Wanted
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from tests.instant_database import InstantDatabase
from tests.lanes_rig import EPOCH, LIMITS, lanes_on
from tests.virtual_time import LateClock, now_s, run
from wire.receipt import Receipt
from wire.topic import Lane


@dataclass
class Scene:
    lanes: Lanes
    database: InstantDatabase
    timekeeper: Timekeeper
    clock: LateClock
    looks: list[float] = field(default_factory=list)

    async def take(self, point: str, value: float) -> None:
        await self.lanes.take("d", [Sample(point, value, self.clock.mono_us())])


@asynccontextmanager
async def running(
    path: Path, *, trusted: bool = True, limits: Limits = LIMITS
) -> AsyncIterator[Scene]:
    clock, looks = LateClock(trusted=trusted), list[float]()
    async with InstantDatabase(path / "buffer.db") as database:
        timekeeper = Timekeeper(clock)
        lanes = lanes_on(database, timekeeper, limits, progress=lambda _: looks.append(now_s()))
        task = asyncio.create_task(lanes.run())
        await asyncio.sleep(3.5)  # the file was looked at, the time is kept
        yield Scene(lanes, database, timekeeper, clock, looks)
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.499, 0.501, 0.9])
@pytest.mark.parametrize("lane", Lane)
def test_the_first_that_waits_is_committed_within_a_second(
    tmp_path: Path, after_s: float, lane: Lane
) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            await here.take("smoke", 0.0)  # at once; the next is a keep-alive
            here.lanes.committed[Lane.URGENT].clear()
            await asyncio.sleep(after_s)
            taken_s = now_s()
            await here.take("smoke" if lane is Lane.URGENT else "level", 0.0)
            assert not here.lanes.committed[lane].is_set()
            await here.lanes.committed[lane].wait()
            assert now_s() - taken_s <= 1.0

    run(played())


def test_while_nothing_comes_it_looks_once_a_second_and_asks_nothing_of_the_file(
    tmp_path: Path,
) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            jobs, looks = here.database.jobs, len(here.looks)
            await asyncio.sleep(50)
            assert here.database.jobs == jobs
            assert len(here.looks) - looks == 50

    run(played())


def test_far_from_full_a_commit_is_all_that_is_asked_of_the_file(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            jobs = here.database.jobs
            for value in range(20):
                await here.take("level", float(value))
                await asyncio.sleep(1)
            assert here.database.jobs - jobs == 20

    run(played())


def test_near_the_limit_it_looks_after_each_commit_and_makes_room(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, limits=Limits(2_000, 1_000)) as here:
            for value in range(60):
                await here.take("level", float(value % 7))
                await here.lanes.flush()
                await asyncio.sleep(0.2)
                assert (await here.lanes.backlogs())[Lane.BULK].size <= 1_300
            assert (await here.lanes.ledgers())[Lane.BULK].taken == 60

    run(played())


def test_a_disk_that_refuses_is_asked_twice_a_second(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            here.database.rename("batch", "away")
            await here.take("smoke", 1.0)
            assert here.lanes.refusal
            await asyncio.sleep(1)
            jobs = here.database.jobs
            await asyncio.sleep(10)
            assert here.database.jobs - jobs == 20
            here.database.rename("away", "batch")
            await asyncio.sleep(0.6)
            assert not here.lanes.refusal
            assert (await here.lanes.ledgers())[Lane.URGENT].taken == 1

    run(played())


def test_a_new_anchor_is_kept_and_told_at_once(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, trusted=False) as here:
            assert here.lanes.anchored is None
            await asyncio.sleep(0.2)
            here.clock.trusted = True
            before_s = now_s()
            here.timekeeper.now()  # whoever asks for the time
            await here.lanes.anchor_came.wait()
            assert now_s() == before_s
            assert here.lanes.anchored == here.timekeeper.anchor

    run(played())


def test_a_clock_that_nobody_asks_is_looked_at_each_second(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, trusted=False) as here:
            here.clock.trusted = True
            before_s = now_s()
            await here.lanes.anchor_came.wait()
            assert now_s() - before_s <= 1.0

    run(played())


def test_a_receipt_for_what_has_left_asks_nothing_of_the_file(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            await here.take("smoke", 0.0)
            await here.take("smoke", 1.0)
            wanted = Wanted(Lane.URGENT, 0, None, 9, 100_000, lambda _: False)
            left, _ = await here.lanes.leaving(wanted)
            numbers = [one.row.id for one in left if one.row is not None]
            jobs = here.database.jobs
            receipt = Receipt(Lane.URGENT, EPOCH, ((1, 2),), (), None, 0)
            assert await here.lanes.receive(receipt) == numbers
            assert await here.lanes.receive(receipt) == []
            assert here.database.jobs == jobs
            book = (await here.lanes.ledgers())[Lane.URGENT]
            assert (book.taken, book.stored, book.buffered) == (2, 2, 0)

    run(played())
