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
from simulators.pseudo_terminal import PseudoTerminal
from tests.ahead_clock import AheadClock
from tests.patience import until

BAUD = 57_600
MS = 1_000
TIMEOUT_US = 60 * MS
"""For who gets no answer."""
HEARD_US = 500 * MS
"""For who gets a wrong one: all of it passes, and a loaded machine answers within it."""
PATIENT_US = 20_000 * MS
LATE_MAX_US = 60_000 * MS
"""A unit rests for so long that no load outlasts it; `rests_no_more` leaps over it."""
CLOCK = AheadClock()


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


async def fault(line: Line, request: Request, timeout_us: int = TIMEOUT_US) -> Fault:
    failure = await ask(line, request, timeout_us)
    assert isinstance(failure, Failure), failure
    return failure.fault


async def rests_no_more(line: Line, unit: int) -> None:
    """The unit's rest passes at once, and the wire is silent after what was before it."""
    CLOCK.leap(max(0, line.resting_until_us(unit) - CLOCK.mono_us()))
    await until(lambda: not line.is_stuck)  # its thread has listened for so long, as it seems
    await asyncio.sleep(0.02)


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
