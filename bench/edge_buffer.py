"""How much the gateway's buffer takes: transitions and readings a second, bytes written for each.

Each urgent transition is one commit with full sync. Bulk comes as in the field, a hundred readings
a second and more, is published (its statement is read), and deleted when its receipt came. With a
million rows of backlog: how long a start takes, a statement, the ledger, and the next transition.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from figures.buffer_bed import EPOCH, STAMP, fill, running
from figures.cost import Cost, cost
from figures.record import Bench, bench, percentile

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import GROUP_READINGS, Lanes
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.retention import Limits
from edge_agent.exchange import Sample
from runtime.clock import SystemClock
from runtime.database import Database
from wire.receipt import Receipt
from wire.topic import Lane

ROOM = Limits(1024 * 1024 * 1024, 32 * 1024 * 1024)
POINTS = ("mounted", "service", "relay")
BULK_BYTES_LIMIT = 250
OPENING_LIMIT_S = 1.0


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Lanes]:
    """As the agent opens it: inspected first."""
    prepare(path, STAMP)
    async with (
        Database(path, rows.migrate) as database,
        running(database, SystemClock(), ROOM) as lanes,
    ):
        yield lanes


async def transitions(lanes: Lanes, count: int) -> list[float]:
    """Seconds that each took."""
    clock, took = SystemClock(), []
    for number in range(count):
        began = time.perf_counter()
        await lanes.take("smoke-01", [Sample("smoke", number % 2 == 0, clock.mono_us())])
        took.append(time.perf_counter() - began)
    return took


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
        have = ((had[0], had[-1]),)
        done += len(await lanes.receive(Receipt(lane, EPOCH, have, (), None, 1)))
    return done


async def steady(lanes: Lanes, rate: int, seconds: int) -> int:
    """Readings as they come, each second's published and received at once; how many."""
    for _ in range(seconds):
        began = time.perf_counter()
        await bulk(lanes, rate)
        await sent_and_had(lanes, Lane.BULK)
        await asyncio.sleep(max(1.0 - (time.perf_counter() - began), 0))
    return rate // len(POINTS) * len(POINTS) * seconds


async def measure(folder: Path, urgent: int, readings: int, seconds: int) -> dict[str, Cost]:
    """Each with its own file, from the first start to the end in order."""
    found: dict[str, Cost] = {}
    async with opened(folder / "urgent.db") as lanes:
        await transitions(lanes, 50)
        await sent_and_had(lanes, Lane.URGENT)
        with cost() as found["urgent_in"]:
            await transitions(lanes, urgent)
        with cost() as found["urgent_out"]:
            await sent_and_had(lanes, Lane.URGENT)
            await lanes.flush()
            await lanes.flush()
    async with opened(folder / "bulk.db") as lanes:
        with cost() as found["bulk_in"]:
            await bulk(lanes, readings)
        with cost() as found["bulk_out"]:
            await sent_and_had(lanes, Lane.BULK)
            await lanes.flush()
            await lanes.flush()
    async with opened(folder / "steady.db") as lanes:
        with cost() as found["steady"]:
            await steady(lanes, 102, seconds)
            await lanes.flush()
            await lanes.flush()
    return found


async def with_backlog(folder: Path, count: int) -> dict[str, float]:
    """Milliseconds with `count` rows waiting."""
    path = folder / "backlog.db"
    await fill(path, count)
    found: dict[str, float] = {}
    began = time.perf_counter()
    async with opened(path) as lanes:
        found["open_ms"] = 1_000 * (time.perf_counter() - began)
        for name, work in (
            ("statement_ms", lambda: lanes.outgoing(Lane.BULK, None)),
            ("ledger_ms", lanes.ledgers),
            ("next_rows_ms", lambda: lanes.rows_after(Lane.BULK, 0, 16)),
        ):
            began = time.perf_counter()
            await work()
            found[name] = 1_000 * (time.perf_counter() - began)
        took = await transitions(lanes, 300)
        found["urgent_p99_ms"] = 1_000 * percentile(took, 0.99)
    return {name: round(value, 2) for name, value in found.items()}


def report(
    run: Bench, spent: dict[str, Cost], waiting: dict[str, float], counts: dict[str, int]
) -> bool:
    """Whether everything is within its limit."""
    into, out, urgent = spent["urgent_in"], spent["urgent_out"], counts["urgent"]
    bulk_in, bulk_out, readings = spent["bulk_in"], spent["bulk_out"], counts["bulk"]
    each = spent["steady"].written / counts["steady"]
    figures = {
        "urgent_commits_per_s": round(urgent / into.wall_s),
        "urgent_ms_per_commit": round(1_000 * into.wall_s / urgent, 2),
        "urgent_limit": into.limit,
        "urgent_bytes_per_transition": round((into.written + out.written) / urgent),
        "bulk_readings_per_s": round(readings / bulk_in.wall_s),
        "bulk_limit": bulk_in.limit,
        "bulk_bytes_per_reading": round((bulk_in.written + bulk_out.written) / readings, 1),
        "steady_bytes_per_reading": round(each, 1),
        "steady_over_limit": round(each / BULK_BYTES_LIMIT, 3),
        "rows_sent_and_deleted_per_s": round(urgent / out.wall_s),
        "readings_drained_per_s": round(readings / bulk_out.wall_s),
        "backlog": waiting,
        "open_over_limit": round(waiting["open_ms"] / 1_000 / OPENING_LIMIT_S, 3),
    }
    lines = [
        f"urgent: {figures['urgent_commits_per_s']} transitions/s, each synced, one at a time",
        f"urgent: {figures['urgent_ms_per_commit']} ms each; limit: {into.limit}",
        f"urgent: {figures['urgent_bytes_per_transition']} bytes written for each, until deleted",
        f"bulk: {figures['bulk_readings_per_s']} readings/s in groups of {GROUP_READINGS}",
        f"bulk: limit: {bulk_in.limit}",
        f"bulk: {figures['bulk_bytes_per_reading']} bytes written for each, as fast as it goes",
        (
            f"bulk: {figures['steady_bytes_per_reading']} bytes written for each at 102 a second,"
            f" through delivery and deletion: {figures['steady_over_limit']} of the limit of"
            f" {BULK_BYTES_LIMIT}"
        ),
        (
            f"sent and deleted by receipts of 32: {figures['rows_sent_and_deleted_per_s']} rows/s,"
            f" {figures['readings_drained_per_s']} readings/s of bulk"
        ),
        f"{counts['backlog']} rows of backlog: {waiting}",
    ]
    run.report(lines, {**counts, "figures": figures})
    return each <= BULK_BYTES_LIMIT and waiting["open_ms"] <= 1_000 * OPENING_LIMIT_S


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--urgent", type=int, default=2_000, help="transitions (%(default)s)")
    parser.add_argument("--bulk", type=int, default=30_000, help="readings (%(default)s)")
    parser.add_argument("--seconds", type=int, default=30, help="at 102 readings/s (%(default)s)")
    parser.add_argument("--backlog", type=int, default=1_000_000, help="rows (%(default)s)")
    with bench("edge_buffer", parser) as run:
        said = run.arguments
        spent = asyncio.run(measure(run.folder, said.urgent, said.bulk, said.seconds))
        waiting = asyncio.run(with_backlog(run.folder, said.backlog))
        counts = {
            "urgent": said.urgent,
            "bulk": said.bulk,
            "steady": 102 * said.seconds,
            "backlog": said.backlog,
        }
        is_within = report(run, spent, waiting, counts)
    sys.exit(0 if is_within else 1)


if __name__ == "__main__":
    main()
