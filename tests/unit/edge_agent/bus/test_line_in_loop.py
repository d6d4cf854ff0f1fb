"""A line in the event loop: rounds in order, an end in any state, our own faults known as such."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from edge_agent.bus.line_in_loop import LineInLoop
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.place import Place
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.tcp_port import TcpPort, TcpSettings
from edge_agent.exchange import Failure, Fault, Reply
from tests.line_in_loop_rig import (
    Heard,
    Server,
    connected,
    errand,
    fault_of,
    line_on,
    ran,
    serving,
    threads,
)
from tests.patience import PATIENCE_S, until
from tests.slow_clock import SlowClock
from tests.standing_clock import StandingClock


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


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
        assert fault_of(await asked) is Fault.PORT_GONE
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
    assert fault_of(await ran(line)) is Fault.PORT_GONE
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
