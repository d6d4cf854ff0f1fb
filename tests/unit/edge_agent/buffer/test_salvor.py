"""Beside the watch all comes in; alarms go first; what the disk refuses waits; and it says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_agent.buffer import aside, rows
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.salvor import LEAST_FREE, NAME, Salvor, lacking
from edge_agent.buffer.sources import gathered
from edge_agent.buffer.wear import Meter, Purpose
from runtime.clock import SystemClock
from runtime.database import Database, connect
from runtime.disk import free_on, size_of
from runtime.progress import Progress
from tests.broken_buffer import Used, all_rows, use
from tests.brought_in import STAMP
from tests.standing_clock import StandingClock
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane

DRAFT = rows.Draft(1, Base("boot-2", 5, ClockState.UNSET), Encoding.RAW, b"new")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    return use(tmp_path_factory.mktemp("used"), turns=40)


@dataclass
class Rig:
    """A salvor over a running buffer, and what it said."""

    path: Path
    database: Database
    salvor: Salvor
    progress: Progress
    told: list[str]
    meter: Meter
    came_in: list[list[str]] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)


@asynccontextmanager
async def rig(path: Path, *, problem: str = "", below: int | None = None) -> AsyncIterator[Rig]:
    prepare(path, STAMP)
    waiting, told, meter = gathered(path, None, STAMP), list[str](), Meter()
    if below is not None:
        waiting = replace(waiting, below=below)
    progress = Progress(StandingClock())
    async with Database(path, rows.migrate) as database:
        found: Rig

        async def came_in(names: list[str]) -> None:
            found.came_in.append(names)

        async def shown() -> None:
            found.shown.append(len(await database.read(all_rows)))

        salvor = Salvor(
            database=database,
            waiting=waiting,
            clock=SystemClock(),
            tell=told.append,
            progress=progress,
            came_in=came_in,
            shown=shown,
            meter=meter,
            again_s=0.01,
            lacking=lambda _: problem,
        )
        found = Rig(path, database, salvor, progress, told, meter)
        yield found


def broken(used: Used, folder: Path) -> Path:
    path = used.copy(folder)
    with path.open("r+b") as file:
        file.write(bytes(100))
    return path


async def test_all_comes_in_beside_commits(used: Used, tmp_path: Path) -> None:
    async with rig(broken(used, tmp_path)) as found, asyncio.timeout(20):
        (extent,) = found.salvor.extents()
        assert (extent.file, extent.part) == (f"buffer.db.broken-{STAMP}", "waiting")
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(found.salvor.run())
            count = 0
            while not run.done():
                await found.database.transact(
                    lambda c: rows.commit(c, Lane.URGENT, "e" * 16, [DRAFT]), hurry=True
                )
                count += 1
        assert found.salvor.is_whole
        assert found.salvor.extents() == ()
        assert found.salvor.times_shown == 1
        held = await found.database.read(all_rows)
        assert len(held) == len(used.truth) + count
        assert found.came_in == [[]]
        assert len(used.truth) <= found.shown[0] <= len(held)
        assert "were saved, 0 that it had are lost" in found.told[-1]
        assert set(found.meter.by_purpose) == set(Purpose)
        assert sum(found.meter.by_purpose.values()) == found.meter.by_purpose[Purpose.SALVAGE]
    assert aside.waiting(found.path) == []


async def test_a_disk_that_is_nearly_full_is_left_to_what_is_taken_now(
    used: Used, tmp_path: Path
) -> None:
    async with (
        rig(broken(used, tmp_path), problem="only 7 KiB are free") as found,
        asyncio.timeout(20),
    ):
        run = asyncio.create_task(found.salvor.run())
        while not found.told:
            await asyncio.sleep(0.005)
        assert "waits for room" in found.told[0]
        assert "7 KiB are free" in found.salvor.extents()[0].problem
        run.cancel()
        await asyncio.wait([run])
    async with rig(found.path) as again:
        await again.salvor.run()
        assert len(await again.database.read(all_rows)) == len(used.truth)


def test_room_is_what_a_full_disk_has_not(tmp_path: Path) -> None:
    assert (lacking(tmp_path) == "") is (
        free_on(tmp_path) >= min(LEAST_FREE, size_of(tmp_path) // 4)
    )


async def test_what_can_not_be_read_is_tried_again(used: Used, tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    path.mkdir()
    away = aside.set_aside(path, STAMP)
    async with rig(path) as found, asyncio.timeout(20):
        run = asyncio.create_task(found.salvor.run())
        while len(found.told) < 2:
            await asyncio.sleep(0.005)
        assert "is not in the buffer yet" in found.told[0]
        assert found.salvor.extents()[0].problem
        away.rmdir()
        (tmp_path / "other").mkdir()
        used.copy(tmp_path / "other").rename(away)
        await run
        assert found.salvor.is_whole


async def test_without_numbers_it_says_so_and_searches_no_second_time(
    used: Used, tmp_path: Path
) -> None:
    async with rig(broken(used, tmp_path), below=1) as found, asyncio.timeout(20):
        for _ in range(2):
            await found.salvor.run()
        assert len(found.told) == 1
        assert "numbers end at 1" in found.salvor.extents()[0].problem
        assert not found.salvor.is_whole


async def test_a_salvor_that_does_nothing_is_missed(used: Used, tmp_path: Path) -> None:
    clock = StandingClock()
    async with rig(broken(used, tmp_path)) as found, asyncio.timeout(20):
        found.progress.enrol(NAME, 1_000_000)
        await found.salvor.run()
        clock.advance(10_000_000)
        assert found.progress.late() == ()


async def test_with_nothing_set_aside_it_has_nothing_to_do(tmp_path: Path) -> None:
    async with rig(tmp_path / "buffer.db") as found:
        assert found.salvor.is_whole
        await found.salvor.run()
        assert found.told == []


async def test_the_log_is_copied_as_before_when_it_is_through(used: Used, tmp_path: Path) -> None:
    async with rig(broken(used, tmp_path)) as found, asyncio.timeout(20):
        before = await found.database.transact(
            lambda c: c.execute("PRAGMA wal_autocheckpoint").fetchone()
        )
        await found.salvor.run()
        after = await found.database.transact(
            lambda c: c.execute("PRAGMA wal_autocheckpoint").fetchone()
        )
        assert after == before
    with closing(connect(found.path)) as disk:
        assert len(all_rows(disk)) == len(used.truth)
