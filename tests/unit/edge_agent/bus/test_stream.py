"""A stream on a real pty: bytes in, bytes out, and back after a hang-up."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.bus.port import Port
from edge_agent.bus.serial_port import PortSettings, open_serial
from edge_agent.bus.stream import Stream
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.exchange import Failure, Fault
from runtime.clock import SystemClock
from simulators.pseudo_terminal import PseudoTerminal
from tests.patience import PATIENCE_S

WAIT_US = 1_000_000
TICK_US = 10_000


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[PseudoTerminal]:
    with PseudoTerminal(tmp_path / "radar") as pair:
        yield pair


def stream(path: str) -> Stream:
    return Stream("radar-1", PortSettings(path, SerialFormat(115_200)), SystemClock())


async def test_bytes_go_both_ways(terminal: PseudoTerminal) -> None:
    async with stream(terminal.path) as radar:
        assert await radar.read(TICK_US) == b""
        terminal.write(b"\x53\x59")
        assert await radar.read(WAIT_US) == b"\x53\x59"
        assert await radar.write(b"\x54\x43") is None
        assert terminal.read() == b"\x54\x43"
        assert radar.health().is_open
    assert not radar.health().is_open


async def test_a_read_ends_as_soon_as_something_comes(terminal: PseudoTerminal) -> None:
    async with stream(terminal.path) as radar, asyncio.TaskGroup() as group:
        assert await radar.read(WAIT_US) == b""
        reading = group.create_task(radar.read(60 * WAIT_US))
        await asyncio.sleep(0.02)
        terminal.write(b"\x53")
        assert await reading == b"\x53"


async def test_a_read_ends_when_the_port_was_opened_and_when_somebody_wakes_it(
    terminal: PseudoTerminal,
) -> None:
    async with stream(terminal.path) as radar, asyncio.TaskGroup() as group:
        async with asyncio.timeout(PATIENCE_S):
            assert await radar.read(3_600 * WAIT_US) == b""
        reading = group.create_task(radar.read(3_600 * WAIT_US))
        await asyncio.sleep(0)
        radar.wake()
        async with asyncio.timeout(PATIENCE_S):
            assert await reading == b""


async def test_who_wakes_it_ends_the_wait_for_a_port_that_is_gone_too(tmp_path: Path) -> None:
    async with stream(str(tmp_path / "none")) as radar, asyncio.TaskGroup() as group:
        assert isinstance(await radar.read(0), Failure)
        reading = group.create_task(radar.read(3_600 * WAIT_US))
        await asyncio.sleep(0)
        radar.wake()
        async with asyncio.timeout(0.1):  # the next try comes in half a second
            assert isinstance(await reading, Failure)


async def test_bytes_stay_in_the_port_while_nobody_reads(terminal: PseudoTerminal) -> None:
    async with stream(terminal.path) as radar:
        assert await radar.read(0) == b""
        assert await radar.read(0) == b""
        for _ in range(3):
            terminal.write(b"\x53")
            await asyncio.sleep(0.005)
        assert await radar.read(WAIT_US) == b"\x53\x53\x53"
        terminal.write(b"\x59")
        assert await radar.read(WAIT_US) == b"\x59"


async def test_a_hang_up_is_a_named_failure_and_ends_by_itself(tmp_path: Path) -> None:
    link = tmp_path / "radar"
    first = PseudoTerminal(link)
    async with stream(str(link)) as radar:
        assert await radar.read(TICK_US) == b""
        first.close()
        failure = await radar.read(WAIT_US)
        assert isinstance(failure, Failure)
        assert failure.fault is Fault.PORT_GONE
        assert isinstance(await radar.write(b"x"), Failure)
        assert str(link) in radar.health().problem
        with PseudoTerminal(link) as second:
            async with asyncio.timeout(PATIENCE_S):
                while isinstance(await radar.read(WAIT_US), Failure):
                    continue
            second.write(b"\x59")
            assert await radar.read(WAIT_US) == b"\x59"
        assert radar.health().opened == 2


async def test_a_port_that_is_not_there_does_not_keep_the_reader_busy(tmp_path: Path) -> None:
    clock = SystemClock()
    async with stream(str(tmp_path / "none")) as radar:
        start = clock.mono_us()
        for _ in range(4):
            assert isinstance(await radar.read(20_000), Failure)
        assert clock.mono_us() - start >= 55_000


async def test_cancelling_a_read_leaves_the_stream_usable(terminal: PseudoTerminal) -> None:
    async with stream(terminal.path) as radar:
        assert await radar.read(TICK_US) == b""
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await radar.read(60 * WAIT_US)
        terminal.write(b"\x53")
        assert await radar.read(WAIT_US) == b"\x53"


async def test_cancelling_a_read_at_the_very_moment_loses_no_byte(terminal: PseudoTerminal) -> None:
    async with stream(terminal.path) as radar:
        assert await radar.read(TICK_US) == b""
        for number in range(20):
            reading = asyncio.create_task(radar.read(60 * WAIT_US))
            await asyncio.sleep(0)
            terminal.write(bytes([number]))
            for _ in range(number % 5):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait([reading])
            came = b"" if reading.cancelled() else reading.result()
            assert came or await radar.read(WAIT_US) == bytes([number])


async def test_cancelling_while_it_opens_lets_go_of_the_port(terminal: PseudoTerminal) -> None:
    may_open = threading.Event()

    def slow(settings: PortSettings) -> Port:
        may_open.wait()
        return open_serial(settings)

    settings = PortSettings(terminal.path, SerialFormat(115_200))
    async with Stream("radar-1", settings, SystemClock(), slow) as radar:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await radar.read(WAIT_US)
        may_open.set()
        async with asyncio.timeout(PATIENCE_S):
            while isinstance(await radar.write(b"x"), Failure):
                await asyncio.sleep(0.01)
        terminal.write(b"\x53")
        assert await radar.read(WAIT_US) == b"\x53"
