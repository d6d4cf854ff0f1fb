"""A gateway's buffer as the agent opens it, and one that was filled before."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import Lanes, PointPlan
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.pace import Budget, Pace
from edge_agent.buffer.reserving import reserved
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from runtime.clock import SystemClock
from runtime.database import Database
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane

EPOCH = "5eed" * 4
STAMP = "20261121T084000Z"
_FREE = Budget(10**9, 1)  # what a sync costs, not how syncs are spared
_CHUNK = 10_000


def plan(_device: str, point: str) -> PointPlan:
    return PointPlan(Lane.URGENT if point == "smoke" else Lane.BULK, None)


async def fill(path: Path, count: int, epoch: str = EPOCH) -> None:
    """So many rows of bulk, a reading in each, in whole chunks of 10 000."""
    prepare(path, STAMP)
    draft = rows.Draft(1, Base("boot", 7, ClockState.SYNCHRONISED), Encoding.RAW, bytes(80))
    async with Database(path, rows.migrate) as database:
        for _ in range(count // _CHUNK):
            drafts = [draft] * _CHUNK
            await database.transact(lambda c, some=drafts: rows.commit(c, Lane.BULK, epoch, some))  # type: ignore[misc]  # a default in a lambda


@asynccontextmanager
async def running(database: Database, clock: SystemClock, room: Limits) -> AsyncIterator[Lanes]:
    """The lanes of EPOCH with their reserve, their loop running until the block ends."""
    lanes = Lanes(
        database=database,
        timekeeper=Timekeeper(clock),
        gateway="gw-bench",
        epoch=EPOCH,
        limits=room,
        plan=plan,
        progress=lambda _: None,
        pace=Pace(_FREE, _FREE),
    )
    await reserved(database, lanes.wear.meter)
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(lanes.run())
        yield lanes
        run.cancel()
