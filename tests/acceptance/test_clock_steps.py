"""A gateway whose clock steps by an hour: no alarm is lost, doubled or invented, nor any time."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.app import App
from edge_agent.config.load import load_config
from runtime.clock import SystemClock
from tests.acceptance.town import GATEWAY, Town, town

HOUR_US = 3_600_000_000
SETTLE_US = 4_000_000  # sixty seconds in earnest; a loaded machine still sees the holdover
# Absence is told after 30 s without a word; one that a step makes up would come at once.
LOOK_S = 3.0


class SteppingClock(SystemClock):
    """The machine's clock, and somebody who sets it."""

    error_us = 0

    def utc_us(self) -> int:
        return super().utc_us() + self.error_us


@asynccontextmanager
async def watching(folder: Path, clock: SteppingClock) -> AsyncIterator[Town]:
    async with town(folder, gateways=False) as here:
        loaded = load_config(here.stage.config_of(GATEWAY), {})
        assert loaded.config is not None
        app = App(loaded.config, clock, settle_us=SETTLE_US)
        async with asyncio.TaskGroup() as tasks:
            agent = tasks.create_task(app.run())
            await here.all_heard()
            yield here
            agent.cancel()


async def adopted(here: Town, state: str = "synchronised") -> None:
    """The gateway holds over, and then goes by the time that it was given."""
    await until_clock(here, "holdover")
    await until_clock(here, state)


async def until_clock(here: Town, state: str) -> None:
    await here.until(lambda: here.stage.status(GATEWAY)["clock"] == state, f"clock {state}")


async def smoke_and_clear(here: Town) -> None:
    here.detectors[0].set_smoke(True)
    await here.delivery("alarm.raised", "smoke-0", "smoke")
    await clear(here)


async def clear(here: Town) -> None:
    here.detectors[0].set_smoke(False)
    here.detectors[0].reset()
    await here.delivery("alarm.cleared", "smoke-0", "smoke")


def stored(here: Town) -> list[tuple[int, str | None]]:
    """Time and mark of every reading, in the order in which they came to the store."""
    path = here.stage.folder / "server" / "store.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        return store.execute("SELECT time_us, clock FROM hot ORDER BY number").fetchall()


def assert_honest(here: Town, began_us: int) -> None:
    """Whatever the gateway said, nothing stands outside of the time in which it happened."""
    times = [at_us for at_us, _ in stored(here)]
    assert min(times) > began_us - 1_000_000
    assert max(times) < SystemClock().utc_us() + 1_000_000
    assert here.centre.violations == []


@pytest.mark.slow
async def test_steps_while_all_is_quiet(tmp_path: Path) -> None:
    clock = SteppingClock()
    began_us = SystemClock().utc_us()
    async with watching(tmp_path, clock) as here:
        for error_us in (HOUR_US, -HOUR_US, 0):
            clock.error_us = error_us
            await adopted(here)
            await asyncio.sleep(LOOK_S)
            assert here.raised() == []
        await smoke_and_clear(here)
        assert here.raised() == [("smoke-0", "smoke")]
        await here.drained()
        assert_honest(here, began_us)
        assert "clock_suspect" in {mark for _, mark in stored(here)}


@pytest.mark.slow
async def test_steps_while_it_smokes(tmp_path: Path) -> None:
    clock = SteppingClock()
    began_us = SystemClock().utc_us()
    async with watching(tmp_path, clock) as here:
        here.detectors[0].set_smoke(True)
        raised = await here.delivery("alarm.raised", "smoke-0", "smoke")
        for error_us in (HOUR_US, -HOUR_US):
            clock.error_us = error_us
            await adopted(here)
            await asyncio.sleep(LOOK_S)
        assert [d.type for d in here.centre.alarms] == ["alarm.raised"]
        await clear(here)
        assert {d.alarm_id for d in here.centre.alarms} == {raised.alarm_id}
        assert [d.type for d in here.centre.alarms].count("alarm.raised") == 1
        await here.drained()
        assert_honest(here, began_us)


async def test_a_step_there_and_back_is_not_even_seen(tmp_path: Path) -> None:
    clock = SteppingClock()
    began_us = SystemClock().utc_us()
    async with watching(tmp_path, clock) as here:
        for error_us in (HOUR_US, 0, -HOUR_US, 0):
            clock.error_us = error_us
            await asyncio.sleep(0.5)
        await until_clock(here, "synchronised")
        await smoke_and_clear(here)
        assert here.raised() == [("smoke-0", "smoke")]
        await here.drained()
        assert_honest(here, began_us)
        assert {mark for _, mark in stored(here)} <= {None, "holdover"}


async def test_a_clock_that_was_an_hour_behind_is_set_right(tmp_path: Path) -> None:
    """The time goes on an hour later: no false absence, and what smokes goes on smoking."""
    clock = SteppingClock()
    clock.error_us = -HOUR_US
    async with watching(tmp_path, clock) as here:
        here.detectors[0].set_smoke(True)
        raised = await here.delivery("alarm.raised", "smoke-0", "smoke")
        clock.error_us = 0
        await adopted(here)
        await asyncio.sleep(LOOK_S)
        await clear(here)
        assert {d.alarm_id for d in here.centre.alarms} == {raised.alarm_id}
        assert here.raised() == [("smoke-0", "smoke")]
        await here.drained()
