"""The line and its port: unplugged, back under another name, hanging; no thread is left."""

import asyncio
import threading
from pathlib import Path

import pytest

from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.place import Place
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.exchange import Failure, Fault
from simulators.fault import (
    silence,
)
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.ahead_clock import AheadClock
from tests.line_rig import (
    BAUD,
    CLOCK,
    LATE_MAX_US,
    MS,
    ask,
    fault,
    opened,
    rests_no_more,
    status_of,
    words,
)
from tests.patience import PATIENCE_S, until


async def test_the_port_comes_back_by_itself(slaves: SerialLine) -> None:
    path = slaves.path
    async with opened(path) as line:
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
        slaves.unplug()
        await until(lambda: not line.health().is_open)
        assert await fault(line, status_of(1)) is Fault.PORT_GONE
        slaves.plug()
        await until(lambda: line.health().is_open)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
        assert line.health().opened == 2


async def test_an_adapter_that_comes_back_under_another_name_is_found_by_its_link(
    units: dict[int, SmokeDetector], tmp_path: Path
) -> None:
    by_id = tmp_path / "usb-FTDI-if00"
    first = SerialLine(units.values(), baud=BAUD, stop_bits=1, link=tmp_path / "ttyUSB0")
    second = SerialLine(units.values(), baud=BAUD, stop_bits=1, link=tmp_path / "ttyUSB1")
    with second, first:
        by_id.symlink_to(tmp_path / "ttyUSB0")
        async with opened(str(by_id)) as line:
            assert await words(line, status_of(1)) == (1, 0, 0, 0)
            by_id.unlink()
            first.unplug()
            await until(lambda: not line.health().is_open)
            assert await fault(line, status_of(1)) is Fault.PORT_GONE
            by_id.symlink_to(tmp_path / "ttyUSB1")
            units[1].set_smoke(True)
            await until(lambda: line.health().is_open)
            assert await words(line, status_of(1)) == (1, 0, 1, 1)
            assert second.counts.replies == 1


async def test_a_thread_that_hangs_is_seen_and_nobody_waits_for_it() -> None:
    clock, is_there, goes_on = AheadClock(), threading.Event(), threading.Event()

    def hangs(_: Place) -> Port:
        is_there.set()
        goes_on.wait(PATIENCE_S)
        raise PortGoneError("after all")

    settings = LineSettings("line-1", PortSettings("nowhere", SerialFormat(baud=BAUD)))
    line = Line(settings, clock, hangs)
    try:
        async with asyncio.TaskGroup() as group:
            opening = group.create_task(line.__aenter__())
            await until(is_there.is_set)
            before = line.is_stuck
            clock.leap(16_000 * MS)
            assert (before, line.is_stuck) == (False, True)
            assert await fault(line, status_of(1)) is Fault.PORT_GONE
            goes_on.set()
            await opening
        await until(lambda: not line.is_stuck)
    finally:
        goes_on.set()
        await line.__aexit__(None, None, None)


async def test_unplugging_in_flight_ends_the_exchange(
    slaves: SerialLine, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(silence())
    async with opened(slaves.path) as line, asyncio.TaskGroup() as group:
        asked = group.create_task(
            line.exchange(status_of(1), timeout_us=30_000 * MS, late_max_us=LATE_MAX_US)
        )
        await until(lambda: slaves.counts.requests > 0)
        slaves.unplug()
        failure = await asked
        assert isinstance(failure, Failure)
        assert failure.fault is Fault.PORT_GONE


async def test_a_line_that_was_just_opened_rests(slaves: SerialLine) -> None:
    async with opened(slaves.path, settle_us=LATE_MAX_US) as line:
        assert await fault(line, status_of(1)) is Fault.RESTING
        await rests_no_more(line, 1)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)


async def test_a_port_that_is_not_there_is_a_named_failure(tmp_path: Path) -> None:
    async with opened(str(tmp_path / "none")) as line:
        failure = await ask(line, status_of(1))
        assert isinstance(failure, Failure)
        assert failure.fault is Fault.PORT_GONE
        assert "none" in failure.detail


async def test_no_thread_is_left(slaves: SerialLine) -> None:
    before = threading.active_count()
    async with opened(slaves.path) as line:
        assert threading.active_count() == before + 1
        await ask(line, status_of(1))
    assert threading.active_count() == before
    assert await fault(line, status_of(1)) is Fault.PORT_GONE


async def test_cancelling_the_owner_in_flight_leaves_no_thread(
    slaves: SerialLine, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(silence())
    before = threading.active_count()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), opened(slaves.path) as line:
            await line.exchange(status_of(1), timeout_us=30_000 * MS, late_max_us=LATE_MAX_US)
    assert threading.active_count() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_thread_that_died_is_not_taken_for_a_port_that_is_gone() -> None:
    def broken(_: Place) -> Port:
        raise ZeroDivisionError

    settings = LineSettings("line-1", PortSettings("nowhere", SerialFormat(baud=BAUD)))
    async with Line(settings, CLOCK, broken) as line:
        await until(lambda: line.health().problem == "the line's thread has died")
        await asyncio.sleep(0.005)
        with pytest.raises(RuntimeError, match="line-1"):
            await ask(line, status_of(1))
