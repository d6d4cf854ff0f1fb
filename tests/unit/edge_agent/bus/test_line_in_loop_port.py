"""A line in the event loop whose connection fails: told first, made anew, and nobody held up."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from edge_agent.bus.place import Place, open_place
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.round import Round
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.exchange import Failure, Fault, Reply
from tests.line_in_loop_rig import (
    MS,
    Heard,
    Server,
    connected,
    errand,
    fault_of,
    line_on,
    ran,
    serving,
)
from tests.patience import until
from tests.standing_clock import StandingClock

FIRST_BACK_OFF_US = 500 * MS


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.mark.parametrize("by_reset", [False, True])
async def test_a_connection_that_goes_while_idle_is_told_and_made_anew(
    server: Server, *, by_reset: bool
) -> None:
    clock = StandingClock()
    async with connected(server, clock) as (line, news):
        server.hang_up(by_reset=by_reset)
        await until(lambda: news)
        assert server.place.path in news[0]
        assert fault_of(await ran(line)) is Fault.PORT_GONE
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
        assert fault_of(outcome) is Fault.PORT_GONE
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
        assert fault_of(await ran(line)) is Fault.PORT_GONE
        assert "no answer; check its address" in owner.news[0]
        await line.stop()
        for one in fillers:
            one.close()
