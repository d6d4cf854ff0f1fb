"""Readings a second from the journal into each store, and what a reading costs there.

The real journal, writer and stores; InfluxDB is a real influxd on the same machine, where there is
one (deploy/influxdb/build). Batches of 50 readings from 100 gateways, all of them backlog.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import sleep
from typing import Any

from figures.cost import Cost, cost
from figures.fleet import messages
from figures.process import Spent, size_of, spent
from figures.record import Bench, bench
from intake_rate import BATCH, GATEWAYS, take

from ingest_server.config_store import InfluxConfig
from ingest_server.db.journal import migrate_journal
from ingest_server.store import opening
from ingest_server.store.embedded import migrate_store
from ingest_server.store.opening import OpenStore
from ingest_server.store.writer import Writer
from runtime.clock import SystemClock
from runtime.database import Database
from simulators.influxd import BUCKET, ORG, Influxd, InfluxError, find

# What is no longer written to is put into its final form at once, so that its size can be told.
SETTLE = {
    "INFLUXD_STORAGE_CACHE_SNAPSHOT_WRITE_COLD_DURATION": "1s",
    "INFLUXD_STORAGE_COMPACT_FULL_WRITE_COLD_DURATION": "2s",
}
SETTLED_S = 12


@asynccontextmanager
async def opened(folder: Path, journal: Path, how: OpenStore) -> AsyncIterator[Writer]:
    async with (
        Database(journal, migrate_journal) as entries,
        Database(folder / "store.db", migrate_store) as store_file,
        how(store_file, entries) as store,
    ):
        clock, wake = SystemClock(), asyncio.Event()
        yield Writer(journal=entries, store=store, clock=clock, wake=wake)


async def emptied(folder: Path, journal: Path, how: OpenStore) -> Cost:
    """What it took until the store had all of the journal."""
    async with opened(folder, journal, how) as writer:
        with cost() as found:
            while await writer.pass_once():
                pass
    return found


async def embedded(folder: Path, journal: Path, readings: int) -> dict[str, Any]:
    found = await emptied(folder, journal, opening.embedded)
    return _figures(found, readings, size_of(folder, "store.db*"))


async def influx(folder: Path, journal: Path, readings: int) -> dict[str, Any]:
    with Influxd(folder / "influx", settings=SETTLE) as influxd:
        config = InfluxConfig(url=influxd.url, org=ORG, bucket=BUCKET, token=influxd.token)
        before = spent(influxd.pid or 0)
        found = await emptied(folder, journal, opening.influx(config, SystemClock()))
        after = spent(influxd.pid or 0)
        stored = influxd.count()
        if stored != readings:
            raise SystemExit(f"{readings} readings taken, {stored} stored")
        await asyncio.to_thread(sleep, SETTLED_S)
    # Beside these files stands the index of series, which does not grow with the readings.
    figures = _figures(found, readings, size_of(folder, "*.tsm"))
    share = (found.cpu_s + after.cpu_s - before.cpu_s) / found.wall_s
    figures["limit"] = f"one request at a time: ours and influxd's together {share:.0%} of a core"
    figures["influxd_cpu_us_per_reading"] = _each(1e6 * (after.cpu_s - before.cpu_s), readings)
    figures["influxd_bytes_written_per_reading"] = _each(_written(before, after), readings)
    figures["influxd_resident_mb"] = round(after.resident / 1e6)
    return figures


def _written(before: Spent, after: Spent) -> int:
    return after.written - before.written


def _each(amount: float, readings: int) -> float:
    return round(amount / readings, 1)


def _figures(found: Cost, readings: int, disk: int) -> dict[str, Any]:
    return {
        "readings_per_s": round(readings / found.wall_s),
        "cpu_us_per_reading": _each(1e6 * found.cpu_s, readings),
        "bytes_written_per_reading": _each(found.written, readings),
        "bytes_on_disk_per_reading": _each(disk, readings),
        "limit": found.limit,
    }


async def measure(folder: Path, batches: int) -> dict[str, dict[str, Any]]:
    journal = folder / "journal.db"
    readings = batches * GATEWAYS * BATCH
    async with Database(journal, migrate_journal) as entries:
        await take(entries, list(messages(GATEWAYS, batches, BATCH)), 200)
    found = {"embedded": await embedded(folder / "embedded", journal, readings)}
    try:
        find()
    except InfluxError as error:
        print(error)
    else:
        found["influxdb"] = await influx(folder / "influxdb", journal, readings)
    return found


def report(run: Bench, found: dict[str, dict[str, Any]], readings: int) -> None:
    lines = [
        f"{name}: {one['readings_per_s']} readings/s, {one['cpu_us_per_reading']} us each,"
        f" {one['bytes_on_disk_per_reading']} bytes each once settled; limit: {one['limit']}"
        for name, one in found.items()
    ]
    if "influxdb" in found:
        one = found["influxdb"]
        lines.append(
            f"influxd beside it: {one['influxd_cpu_us_per_reading']} us and"
            f" {one['influxd_bytes_written_per_reading']} bytes written a reading,"
            f" {one['influxd_resident_mb']} MB of memory"
        )
    run.report(lines, {"readings": readings, "batch": BATCH, "figures": found})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--batches", type=int, default=100, help="of each of 100 gateways (%(default)s)"
    )
    with bench("store_rate", parser) as run:
        batches = run.arguments.batches
        report(run, asyncio.run(measure(run.folder, batches)), batches * GATEWAYS * BATCH)


if __name__ == "__main__":
    main()
