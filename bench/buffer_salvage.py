"""A large buffer that broke: how soon it is watched again, and what its salvage costs alarms.

A file of many rows is broken in some places. Then: how long until a new one is open; for how long
a slice of the old one holds the writing thread, so that an alarm may have to wait; how long urgent
commits take, twenty a second, with nothing beside them and while the old file comes in; how long
that takes; and that every row is there but those on the broken pages.
"""

import argparse
import asyncio
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from figures.buffer_bed import STAMP, fill, running
from figures.record import Bench, bench, percentile

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.salvor import Salvor
from edge_agent.buffer.sources import gathered
from edge_agent.exchange import Sample
from runtime.clock import SystemClock
from runtime.database import Database
from runtime.progress import Progress
from wire.topic import Lane

T = TypeVar("T")
OLD = "01d0" * 4
ROOM = Limits(4 * 1024 * 1024 * 1024, 32 * 1024 * 1024)
OPENING_LIMIT_S = 1.0
DELAY_LIMIT_MS = 20.0
_PAUSE_S = 0.05
_PLACES = 20


@dataclass(slots=True)
class Measured:
    """Seconds; `alone` and `beside`: of each urgent commit."""

    open_s: float = 0.0
    first_s: float = 0.0
    salvage_s: float = 0.0
    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    slices: list[tuple[float, float]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    held: int = 0
    kept: int = 0
    balances: bool = False


class Timed(Database):
    """Notes for how long each transaction that is in no hurry holds the writing thread."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, rows.migrate)
        self.held: list[tuple[float, float]] = []  # by the wall, of the processor
        self.notes = False

    async def _run(self, call: Callable[[sqlite3.Connection], T], *, hurry: bool = False) -> T:
        def timed(connection: sqlite3.Connection) -> T:
            wall, processor = time.perf_counter(), time.thread_time()
            try:
                return call(connection)
            finally:
                if self.notes:
                    took = time.perf_counter() - wall, time.thread_time() - processor
                    self.held.append(took)

        return await super()._run(call if hurry else timed, hurry=hurry)


def break_it(path: Path) -> None:
    """Its header, and pages all over it: SQLite reads nothing of it any more."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(b"\xa5" * 100)
        for place in range(1, _PLACES):
            file.seek(size * place // _PLACES)
            file.write(b"\xa5" * 300)


async def transition(lanes: Lanes, number: int, clock: SystemClock) -> float:
    began = time.perf_counter()
    await lanes.take("smoke-01", [Sample("smoke", number % 2 == 0, clock.mono_us())])
    return time.perf_counter() - began


async def measure(folder: Path, count: int, alone: int) -> Measured:
    path, clock, found = folder / "buffer.db", SystemClock(), Measured()
    await fill(path, count, OLD)
    break_it(path)
    began = time.perf_counter()
    prepare(path, STAMP)
    waiting = gathered(path, None, STAMP)
    found.open_s = time.perf_counter() - began
    async with Timed(path) as database, running(database, clock, ROOM) as lanes:
        await transition(lanes, 1, clock)
        found.first_s = time.perf_counter() - began
        for number in range(alone):
            found.alone.append(await transition(lanes, number, clock))
            await asyncio.sleep(_PAUSE_S)

        async def nothing(_: object = None) -> None:
            """Nobody has to know."""

        salvor = Salvor(
            database=database,
            waiting=waiting,
            clock=clock,
            tell=found.told.append,
            progress=Progress(clock),
            came_in=nothing,
            shown=nothing,
            meter=lanes.wear.meter,
            way=lanes.way,
        )
        began, database.notes = time.perf_counter(), True
        async with asyncio.TaskGroup() as tasks:
            salvage = tasks.create_task(salvor.run())
            number = 0
            while not salvage.done():
                found.beside.append(await transition(lanes, number, clock))
                number += 1
                await asyncio.sleep(_PAUSE_S)
        found.salvage_s, found.slices = time.perf_counter() - began, database.held
        ledger = (await lanes.ledgers())[Lane.BULK]
        found.held, found.kept = ledger.taken, ledger.buffered
        found.balances = ledger.taken == ledger.buffered + sum(ledger.dropped.values())
    return found


def report(run: Bench, count: int, found: Measured) -> bool:
    """Whether it was open in time, no alarm waited too long, and nothing is missing unsaid."""

    def ms(values: list[float], share: float) -> float:
        return round(1_000 * percentile(values, share), 2)

    walls = [wall for wall, _ in found.slices]
    processor = [seconds for _, seconds in found.slices]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    figures = {
        "open_ms": round(1_000 * found.open_s, 1),
        "first_commit_ms": round(1_000 * found.first_s, 1),
        "urgent_alone_ms": {"p50": ms(found.alone, 0.5), "p99": ms(found.alone, 0.99),
                            "max": ms(found.alone, 1.0)},
        "urgent_beside_ms": {"p50": ms(found.beside, 0.5), "p99": ms(found.beside, 0.99),
                             "max": ms(found.beside, 1.0)},
        "urgent_commits_beside": len(found.beside),
        "slices": len(walls),
        "slice_holds_ms": {"p50": ms(walls, 0.5), "p99": ms(walls, 0.99), "max": ms(walls, 1.0)},
        "slice_cpu_ms": {"p99": ms(processor, 0.99), "max": ms(processor, 1.0)},
        "salvage_s": round(found.salvage_s, 1),
        "rows_taken": found.held,
        "rows_kept": found.kept,
        "most_memory_mib": round(memory, 1),
    }  # fmt: skip
    run.report(
        [f"{name}: {value}" for name, value in figures.items()] + found.told,
        {"rows": count, "figures": figures},
    )
    is_whole = found.balances and found.held == count and found.kept > count * 0.99
    return is_whole and found.first_s <= OPENING_LIMIT_S and ms(walls, 0.99) <= DELAY_LIMIT_MS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="(%(default)s)")
    parser.add_argument("--alone", type=int, default=400, help="urgent commits (%(default)s)")
    with bench("buffer_salvage", parser) as run:
        said = run.arguments
        found = asyncio.run(measure(run.folder, said.rows, said.alone))
        is_sound = report(run, said.rows, found)
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
