"""A line in the event loop: opens, does rounds, tells its owner, tries again, ends in any state."""

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from edge_agent.bus.line_in_loop import LineInLoop
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.bus.place import Place, open_place
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.round import Round
from edge_agent.bus.tcp_port import TcpPort, TcpSettings
from edge_agent.exchange import Failure, Fault, Read, Reply, Table
from runtime.clock import Clock, SystemClock
from simulators.mbap import pack
from tests.patience import PATIENCE_S, until
from tests.slow_clock import SlowClock
from tests.standing_clock import StandingClock

MS = 1_000
PATIENT_US = 60_000 * MS
FIRST_BACK_OFF_US = 500 * MS


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


@pytest.fixture
def server() -> Iterator[Server]:
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


def fault(outcome: Outcome) -> Fault:
    assert isinstance(outcome.result, Failure), outcome
    return outcome.result.fault


def threads(place: Place) -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == place.path]


async def test_opens_answers_and_ends_without_a_thread(server: Server) -> None:
    async with connected(server, SlowClock()) as (line, news), asyncio.TaskGroup() as group:
        asked = group.create_task(ran(line, errand(1), errand(2, unit=2)))
        assert await server.asked() == errand(1).frame
        server.answer(1)
        assert await server.asked() == errand(2, unit=2).frame
        server.answer(2, unit=2)
        outcome = await asked
        assert isinstance(outcome.result, Reply)
        assert threads(server.place) == []
        assert not line.has_died
        assert line.busy_since_us is None
    assert news == ["the line is closed"]
    assert await server.asked() == b""
    assert not line.has_died


async def test_rounds_are_done_one_after_the_other_in_order(server: Server) -> None:
    async with connected(server) as (line, _), asyncio.TaskGroup() as group:
        for number in range(1, 4):
            group.create_task(ran(line, errand(number)))
        for number in range(1, 4):
            assert await server.asked() == errand(number).frame
            server.answer(number)


@pytest.mark.parametrize("by_reset", [False, True])
async def test_a_connection_that_goes_while_idle_is_told_and_made_anew(
    server: Server, *, by_reset: bool
) -> None:
    clock = StandingClock()
    async with connected(server, clock) as (line, news):
        server.hang_up(by_reset=by_reset)
        await until(lambda: news)
        assert server.place.path in news[0]
        assert fault(await ran(line)) is Fault.PORT_GONE
        clock.advance(FIRST_BACK_OFF_US)
        line.wake()
        await server.accepted()
        await until(lambda: news[1:] == ["opened"])


@pytest.mark.parametrize("by_reset", [False, True])
async def test_the_owner_knows_that_the_port_went_before_the_caller_does(
    server: Server, *, by_reset: bool
) -> None:
    async with connected(server) as (line, news), asyncio.TaskGroup() as group:
        asked = group.create_task(ran(line))
        asked.add_done_callback(lambda _: news.append("answered"))
        await server.asked()
        server.hang_up(by_reset=by_reset)
        outcome = await asked
        assert fault(outcome) is Fault.PORT_GONE
        assert outcome.sent_us is not None
        await until(lambda: "answered" in news)
        assert server.place.path in news[0]


async def test_out_of_step_is_made_anew_at_once_and_whoever_waits_is_asked_there(
    server: Server,
) -> None:
    async with connected(server, StandingClock()) as (line, news), asyncio.TaskGroup() as group:
        given_up = Round((errand(),))
        asked = group.create_task(line.run(given_up))
        await server.asked()
        assert server.link is not None
        server.link.sendall(b"\x00\x01\x00\x00")
        await asyncio.sleep(0.005)
        given_up.abandon()
        line.wake()
        await asked
        assert given_up.outcomes[0].out_of_step
        later = group.create_task(ran(line, errand(2)))
        assert await server.asked() == b""
        await server.accepted()
        assert await server.asked() == errand(2).frame
        server.answer(2)
        assert isinstance((await later).result, Reply)
        assert news[1:] == ["opened"]


async def test_a_caller_that_gave_up_stops_no_later_one(server: Server) -> None:
    async with connected(server) as (line, _), asyncio.TaskGroup() as group:
        given_up = errand(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await ran(line, given_up)
        later = group.create_task(ran(line, errand(2)))
        await server.asked()
        given_up.abandoned = True
        line.wake()
        assert await server.asked() == errand(2).frame
        server.answer(1)
        server.answer(2)
        outcome = await later
        assert isinstance(outcome.result, Reply)
        assert outcome.stale == (1,)


async def test_a_server_that_is_not_there_refuses_at_once_and_is_tried_again(
    server: Server,
) -> None:
    clock, owner, tries = StandingClock(), Heard(), list[str]()

    def second_time(place: Place) -> Port:
        tries.append(place.path)
        if len(tries) == 1:
            raise PortGoneError("nobody there")
        return open_place(place)

    line = line_on(server.place, owner, clock, second_time)
    await until(lambda: owner.news == ["nobody there"])
    outcome = await ran(line)
    assert isinstance(outcome.result, Failure)
    assert (outcome.result.detail, outcome.sent_us) == ("nobody there", None)
    assert len(tries) == 1
    clock.advance(FIRST_BACK_OFF_US)
    await until(lambda: owner.news[1:] == ["opened"])  # its own timer: nobody wakes it
    await line.stop()
    assert len(tries) == 2


async def test_a_server_that_never_accepts_holds_up_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for one in fillers:
            one.setblocking(False)
            one.connect_ex(address)
        owner = Heard()
        line = line_on(TcpSettings("127.0.0.1", address[1], connect_us=50 * MS), owner)
        assert owner.news == []
        assert fault(await ran(line)) is Fault.PORT_GONE
        assert "no answer; check its address" in owner.news[0]
        await line.stop()
        for one in fillers:
            one.close()


async def test_stopped_while_it_connects_the_connection_is_closed_when_it_comes(
    server: Server,
) -> None:
    goes_on, owner, ports = threading.Event(), Heard(), list[TcpPort]()

    def slowly(place: Place) -> Port:
        goes_on.wait(PATIENCE_S)
        assert isinstance(place, TcpSettings)
        ports.append(TcpPort(place))
        return ports[0]

    line = line_on(server.place, owner, open_port=slowly)
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(ran(line))
        await asyncio.sleep(0)
        await line.stop()
        goes_on.set()
        assert fault(await asked) is Fault.PORT_GONE
    await server.accepted()
    assert await server.asked() == b""
    assert owner.news == ["the line is closed"]


async def test_stopped_while_it_waits_for_the_next_try() -> None:
    def none(_: Place) -> Port:
        raise PortGoneError("nobody there")

    owner = Heard()
    line = line_on(TcpSettings("nowhere", 502), owner, StandingClock(), none)
    await until(lambda: owner.news)
    await line.stop()
    assert fault(await ran(line)) is Fault.PORT_GONE
    assert owner.news == ["nobody there", "the line is closed"]


async def test_stopped_in_a_round_it_ends_at_once_and_who_waits_is_refused(
    server: Server,
) -> None:
    async with connected(server) as (line, _), asyncio.TaskGroup() as group:
        asked = group.create_task(ran(line, errand(1), errand(2)))
        waits = group.create_task(ran(line, errand(3)))
        await server.asked()
        await line.stop()
        outcome = await asked
        assert isinstance(outcome.result, Failure)
        assert (outcome.result.fault, outcome.result.was_sent) == (Fault.PORT_GONE, True)
        assert (await waits).sent_us is None
        assert not line.has_died


# the thread dies on purpose
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_fault_of_ours_while_it_opens_is_known_as_such() -> None:
    def broken(_: Place) -> Port:
        raise ZeroDivisionError

    owner = Heard()
    place = TcpSettings("nowhere", 502)
    line = line_on(place, owner, open_port=broken)
    await until(lambda: line.has_died)
    await until(lambda: not threads(place))  # its report is this test's, and no other's
    assert owner.news == ["the line has died"]
    await line.stop()
    assert not line.has_died


async def test_a_fault_of_ours_in_an_exchange_raises_at_its_caller(server: Server) -> None:
    class Broken(MbapFraming):
        def match(self, *_: object) -> object:  # type: ignore[override]  # it finds nothing
            raise ZeroDivisionError

    seen: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: seen.append(context["exception"])
    )
    owner = Heard()
    line = line_on(server.place, owner, framing=Broken())
    await server.accepted()
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(_raises(line))
        await server.asked()
        server.answer(1)
        await asked
    assert line.has_died
    assert await server.asked() == b""
    assert owner.news == ["opened", "the line has died"]
    assert [type(one) for one in seen] == [ZeroDivisionError]
    await line.stop()


async def _raises(line: LineInLoop) -> None:
    with pytest.raises(RuntimeError, match="died"):
        await ran(line)
