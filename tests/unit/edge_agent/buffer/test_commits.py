"""One transaction for what waits: full groups share it, what is left over waits for the beat.

In virtual time, on a real file.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.buffer.grouping import COMPANY_S
from edge_agent.buffer.lanes import Lanes
from edge_agent.exchange import Sample
from tests.instant_database import InstantDatabase
from tests.lanes_rig import lanes_on, taken
from tests.virtual_time import VirtualClock, VirtualLoop, now_s, run
from wire.receipt import Receipt
from wire.topic import Lane


@asynccontextmanager
async def running(path: Path, group_readings: int) -> AsyncIterator[tuple[Lanes, InstantDatabase]]:
    async with InstantDatabase(path / "buffer.db") as database:
        lanes = lanes_on(database, VirtualClock(), group_readings=group_readings)
        task = asyncio.create_task(lanes.run())
        await asyncio.sleep(3.1)  # a beat was just now
        yield lanes, database
        task.cancel()
        await asyncio.wait([task])


def wakes_so_far() -> int:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop.wakes


async def take(lanes: Lanes, count: int, *, first: int = 0) -> None:
    """One answer each."""
    for number in range(first, first + count):
        await lanes.take("d", [Sample("heat", float(number), VirtualClock().mono_us() + number)])


async def counts(lanes: Lanes) -> list[int]:
    found = []
    for number in await lanes.rows_after(Lane.BULK, 0, 99):
        outgoing = await lanes.outgoing(Lane.BULK, number)
        assert outgoing is not None
        assert outgoing.row is not None
        found.append(outgoing.row.key.taken)
    return found


@pytest.mark.parametrize("group_readings", [100, 250])
def test_a_full_group_waits_a_moment_for_company(tmp_path: Path, group_readings: int) -> None:
    async def played() -> None:
        async with running(tmp_path, group_readings) as (lanes, _):
            await take(lanes, group_readings)
            full_s = now_s()
            assert await taken(lanes, Lane.BULK) == 0
            await lanes.committed[Lane.BULK].wait()
            assert now_s() - full_s == pytest.approx(COMPANY_S)
            assert await counts(lanes) == [group_readings]

    run(played())


def test_full_groups_share_a_commit_and_the_rest_waits_for_the_beat(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, 100) as (lanes, database):
            jobs = database.jobs
            await take(lanes, 455)
            await lanes.committed[Lane.BULK].wait()
            assert database.jobs - jobs == 1
            assert await counts(lanes) == [100] * 4
            await asyncio.sleep(1)
            assert await counts(lanes) == [100] * 4 + [55]

    run(played())


def test_company_is_waited_for_once(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, 100) as (lanes, database):
            await take(lanes, 100)
            await lanes.committed[Lane.BULK].wait()
            jobs, wakes = database.jobs, wakes_so_far()
            await asyncio.sleep(5 * COMPANY_S)  # and no beat
            assert database.jobs == jobs
            assert wakes_so_far() - wakes == 1

    run(played())


@pytest.mark.parametrize("before_s", [0.849_9, 0.85, 0.850_1, 0.899])
def test_company_that_came_with_the_beat_is_waited_for_again(
    tmp_path: Path, before_s: float
) -> None:
    async def played() -> None:
        async with running(tmp_path, 100) as (lanes, _):
            await asyncio.sleep(before_s)
            await take(lanes, 100)
            await asyncio.sleep(0.3)
            assert await taken(lanes, Lane.BULK) == 100
            await take(lanes, 100, first=100)
            await asyncio.sleep(COMPANY_S + 0.001)
            assert await taken(lanes, Lane.BULK) == 200

    run(played())


def test_too_many_full_groups_wait_for_nobody(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, 100) as (lanes, _):
            began_s = now_s()
            await take(lanes, 799)
            assert await taken(lanes, Lane.BULK) == 0
            await take(lanes, 1, first=799)
            assert await counts(lanes) == [100] * 8
            assert now_s() == began_s

    run(played())


def test_a_transition_takes_no_company_with_it(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, 100) as (lanes, _):
            await take(lanes, 150)
            await lanes.take("d", [Sample("smoke", True, VirtualClock().mono_us())])
            assert await taken(lanes, Lane.URGENT) == 1
            assert await taken(lanes, Lane.BULK) == 0
            await asyncio.sleep(COMPANY_S)
            assert await taken(lanes, Lane.BULK) == 100

    run(played())


def test_what_the_beat_took_before_its_company_came_is_not_asked_for_again(tmp_path: Path) -> None:
    """Nor is a receipt written down for it."""

    async def played() -> None:
        async with running(tmp_path, 100) as (lanes, database):
            await asyncio.sleep(0.88)  # the beat is nearer than the company
            await take(lanes, 100)
            await lanes.committed[Lane.BULK].wait()
            now_us = VirtualClock().mono_us()
            await lanes.receive(Receipt(Lane.BULK, "a" * 16, ((1, 1),), (), None, now_us))
            jobs = database.jobs
            await asyncio.sleep(COMPANY_S + 0.01)
            assert database.jobs == jobs

    run(played())


def test_messages_of_a_long_refusal_are_no_longer_than_others(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, 100) as (lanes, database):
            database.rename("batch", "away")
            await take(lanes, 950)
            assert lanes.refusal
            database.rename("away", "batch")
            await asyncio.sleep(1)
            assert await counts(lanes) == [100] * 9 + [50]

    run(played())
