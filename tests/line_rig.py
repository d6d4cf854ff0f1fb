"""A line on a real pty for the tests: smoke detectors or a script at its far end."""

import asyncio
import os
import select
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.exchange import Failure, Fault, Read, Reply, Request, Table
from runtime.clock import SystemClock
from simulators.pseudo_terminal import PseudoTerminal

BAUD = 57_600


MS = 1_000


TIMEOUT_US = 60 * MS


PATIENT_US = 1_000 * MS


LATE_MAX_US = 150 * MS


CLOCK = SystemClock()


def status_of(unit: int) -> Read:
    return Read(unit, Table.DISCRETE_INPUTS, 0, 4)


def codes_of(unit: int) -> Read:
    return Read(unit, Table.HOLDING_REGISTERS, 0, 4)


@asynccontextmanager
async def opened(
    path: str,
    *,
    refuse_early: bool = True,
    settle_us: int = 0,
    baud: int = BAUD,
    local_echo: bool = False,
) -> AsyncIterator[Line]:
    settings = LineSettings(
        "line-1",
        PortSettings(path, SerialFormat(baud=baud)),
        settle_us=settle_us,
        refuse_early=refuse_early,
        local_echo=local_echo,
    )
    async with Line(settings, CLOCK) as line:
        yield line


async def ask(line: Line, request: Request, timeout_us: int = TIMEOUT_US) -> Reply | Failure:
    return await line.exchange(request, timeout_us=timeout_us, late_max_us=LATE_MAX_US)


async def words(line: Line, request: Request) -> tuple[int, ...]:
    reply = await ask(line, request, PATIENT_US)
    assert isinstance(reply, Reply), reply
    return reply.words


async def fault(line: Line, request: Request) -> Fault:
    failure = await ask(line, request)
    assert isinstance(failure, Failure), failure
    return failure.fault


async def eventually(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def until_free(line: Line, unit: int) -> None:
    await eventually(lambda: line.resting_until_us(unit) <= CLOCK.mono_us())


@contextmanager
def scripted(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A slave that answers each piece it reads at once, without keeping the wire's time."""
    terminal = PseudoTerminal()
    stop_reader, stop_writer = os.pipe()

    def serve() -> None:
        while True:
            ready, _, _ = select.select([terminal.fileno, stop_reader], [], [])
            if stop_reader in ready:
                return
            terminal.write(answer(terminal.read()))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield terminal.path
    finally:
        os.write(stop_writer, b"x")
        thread.join()
        os.close(stop_reader)
        os.close(stop_writer)
        terminal.close()
