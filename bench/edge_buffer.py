"""How much the gateway's buffer takes: urgent transitions a second, bulk readings a second, bytes.

Each urgent transition is one transaction with full sync; bulk is committed in groups. Every row is
published once (its statement is read) and deleted by a receipt, as in the field.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from figures.cost import Cost, cost
from figures.record import Bench, bench

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import GROUP_READINGS, Lanes, PointPlan
from edge_agent.buffer.pace import Budget, Pace
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from runtime.clock import SystemClock
from runtime.database import Database
from wire.receipt import Receipt
from wire.topic import Lane

EPOCH = "5eed" * 4
ROOM = Limits(256 * 1024 * 1024, 32 * 1024 * 1024)
FREE = Pace(Budget(10**9, 1), Budget(10**9, 1))  # what a sync costs, not how they are spared
POINTS = ("mounted", "service", "relay")


def plan(_device: str, point: str) -> PointPlan:
    return PointPlan(Lane.URGENT if point == "smoke" else Lane.BULK, None)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Lanes]:
    async with Database(path, rows.migrate) as database:
        yield Lanes(
            database=database,
            timekeeper=Timekeeper(SystemClock()),
            gateway="gw-bench",
            epoch=EPOCH,
            limits=ROOM,
            plan=plan,
            progress=lambda _: None,
            pace=FREE,
        )


async def transitions(lanes: Lanes, count: int) -> None:
    clock = SystemClock()
    for number in range(count):
        await lanes.take("smoke-01", [Sample("smoke", number % 2 == 0, clock.mono_us())])


async def bulk(lanes: Lanes, readings: int) -> None:
    """As eight detectors report them: three points at one instant, device after device."""
    clock = SystemClock()
    for number in range(readings // len(POINTS)):
        now_us = clock.mono_us()
        said = [Sample(point, number // 8 % 2 == 0, now_us) for point in POINTS]
        await lanes.take(f"smoke-{number % 8:02d}", said)
    await lanes.flush()


async def sent_and_had(lanes: Lanes, lane: Lane) -> int:
    """Publish every row (without a broker) and delete it by receipts of 32 rows; the row count."""
    done = 0
    while numbers := await lanes.rows_after(lane, 0, 32):
        had: list[int] = []
        for number in numbers:
            outgoing = await lanes.outgoing(lane, number)
            if outgoing is not None and outgoing.row is not None:
                had.append(outgoing.row.key.seq)
        receipt = Receipt(
            lane=lane, epoch=EPOCH, have=((had[0], had[-1]),), done=(), answers=None, time=1
        )
        done += len(await lanes.receive(receipt))
    return done


async def measure(folder: Path, urgent: int, readings: int) -> dict[str, Cost]:
    async with opened(folder / "buffer.db") as lanes:
        await transitions(lanes, 50)
        await sent_and_had(lanes, Lane.URGENT)
        with cost() as urgent_in:
            await transitions(lanes, urgent)
        with cost() as urgent_out:
            await sent_and_had(lanes, Lane.URGENT)
        with cost() as bulk_in:
            await bulk(lanes, readings)
        with cost() as bulk_out:
            await sent_and_had(lanes, Lane.BULK)
    return {
        "urgent_in": urgent_in,
        "urgent_out": urgent_out,
        "bulk_in": bulk_in,
        "bulk_out": bulk_out,
    }


def report(run: Bench, spent: dict[str, Cost], urgent: int, readings: int) -> None:
    into, out = spent["urgent_in"], spent["urgent_out"]
    bulk_in, bulk_out = spent["bulk_in"], spent["bulk_out"]
    figures = {
        "urgent_commits_per_s": round(urgent / into.wall_s),
        "urgent_ms_per_commit": round(1_000 * into.wall_s / urgent, 2),
        "urgent_limit": into.limit,
        "urgent_bytes_per_transition": round((into.written + out.written) / urgent),
        "bulk_readings_per_s": round(readings / bulk_in.wall_s),
        "bulk_limit": bulk_in.limit,
        "bulk_bytes_per_reading": round((bulk_in.written + bulk_out.written) / readings, 1),
        "rows_sent_and_deleted_per_s": round(urgent / out.wall_s),
    }
    lines = [
        f"urgent: {figures['urgent_commits_per_s']} transitions/s, each synced, one at a time",
        f"urgent: {figures['urgent_ms_per_commit']} ms each; limit: {into.limit}",
        f"urgent: {figures['urgent_bytes_per_transition']} bytes written for each, until deleted",
        f"bulk: {figures['bulk_readings_per_s']} readings/s in groups of {GROUP_READINGS}",
        f"bulk: limit: {bulk_in.limit}",
        f"bulk: {figures['bulk_bytes_per_reading']} bytes written for each, until deleted",
        f"sent and deleted by receipts of 32: {figures['rows_sent_and_deleted_per_s']} rows/s",
    ]
    run.report(lines, {"urgent": urgent, "bulk": readings, "figures": figures})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--urgent", type=int, default=2_000, help="transitions (%(default)s)")
    parser.add_argument("--bulk", type=int, default=30_000, help="readings (%(default)s)")
    with bench("edge_buffer", parser) as run:
        urgent, readings = run.arguments.urgent, run.arguments.bulk
        report(run, asyncio.run(measure(run.folder, urgent, readings)), urgent, readings)


if __name__ == "__main__":
    main()
