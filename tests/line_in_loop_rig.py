"""A line in the event loop for the tests: its owner, and the server that it is connected to."""

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from edge_agent.bus.line_in_loop import LineInLoop
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.bus.place import Place, open_place
from edge_agent.bus.port import Port
from edge_agent.bus.round import Round
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.exchange import Failure, Fault, Read, Table
from runtime.clock import Clock, SystemClock
from simulators.mbap import pack
from tests.patience import until

MS = 1_000
PATIENT_US = 60_000 * MS


@dataclass
class Heard:
    """Fulfils Owner."""

    news: list[str] = field(default_factory=list)

    def port_opened(self) -> None:
        self.news.append("opened")

    def port_gone(self, problem: str) -> None:
        self.news.append(problem)


class Server:
    """Takes one connection after the other, and says what it is told to."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self.place = TcpSettings("127.0.0.1", listening.getsockname()[1])
        self.link: socket.socket | None = None

    async def accepted(self) -> socket.socket:
        if self.link is not None:
            self.link.close()
        self.link, _ = await asyncio.get_running_loop().sock_accept(self._listening)
        return self.link

    async def asked(self) -> bytes:
        assert self.link is not None
        self.link.setblocking(False)
        return await asyncio.get_running_loop().sock_recv(self.link, 64)

    def answer(self, number: int, unit: int = 1) -> None:
        assert self.link is not None
        self.link.sendall(pack(number, unit, b"\x03\x02\x00\x07"))

    def hang_up(self, *, by_reset: bool = False) -> None:
        assert self.link is not None
        if by_reset:
            self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.link.close()


@contextmanager
def serving() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        made = Server(listening)
        yield made
        if made.link is not None:
            made.link.close()


def line_on(
    place: Place,
    owner: Heard,
    clock: Clock | None = None,
    open_port: Callable[[Place], Port] = open_place,
    framing: MbapFraming | None = None,
) -> LineInLoop:
    line = LineInLoop(
        place,
        clock or SystemClock(),
        open_port,
        owner,
        refuse_early=False,
        framing=framing or MbapFraming(),
    )
    line.start(asyncio.get_running_loop())
    return line


@asynccontextmanager
async def connected(
    server: Server, clock: Clock | None = None
) -> AsyncIterator[tuple[LineInLoop, list[str]]]:
    owner = Heard()
    line = line_on(server.place, owner, clock)
    await server.accepted()
    await until(lambda: owner.news == ["opened"])
    owner.news.clear()
    try:
        yield line, owner.news
    finally:
        await line.stop()


def errand(number: int = 1, unit: int = 1, timeout_us: int = PATIENT_US) -> Errand:
    request = Read(unit, Table.HOLDING_REGISTERS, 0, 1)
    return Errand(request, MbapFraming(number).encode(request), timeout_us)


async def ran(line: LineInLoop, *errands: Errand) -> Outcome:
    round_ = Round(errands or (errand(),))
    await line.run(round_)
    return round_.outcomes[-1]


def fault_of(outcome: Outcome) -> Fault:
    assert isinstance(outcome.result, Failure), outcome
    return outcome.result.fault


def threads(place: Place) -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == place.path]
