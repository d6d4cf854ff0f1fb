"""Lanes on a real buffer file for the tests: a plan, a standing clock, samples."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import GROUP_READINGS, Lanes, PointPlan
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from runtime.clock import Clock
from runtime.database import Database
from tests.standing_clock import StandingClock
from wire.reading import Value
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
    time: Clock | Timekeeper,
    limits: Limits = LIMITS,
    *,
    group_readings: int = GROUP_READINGS,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[str], None] = lambda _: None,
) -> Lanes:
    return Lanes(
        database=database,
        timekeeper=time if isinstance(time, Timekeeper) else Timekeeper(time),
        gateway="gw",
        epoch=EPOCH,
        limits=limits,
        plan=plan,
        progress=progress,
        group_readings=group_readings,
        tell=tell,
    )


def sample(clock: StandingClock, point: str, value: Value) -> Sample:
    clock.advance(1_000)
    return Sample(point, value, clock.mono_us())


async def taken(lanes: Lanes, lane: Lane) -> int:
    return (await lanes.ledgers())[lane].taken
