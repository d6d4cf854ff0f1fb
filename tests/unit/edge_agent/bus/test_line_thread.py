"""The thread of a line: opens, does errands in turn, tells its owner, tries again, and ends."""

import asyncio
import os
import select
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from edge_agent.bus.line_thread import LineThread
from edge_agent.bus.modbus import encode
from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.bus.place import Place
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.round import Round
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.exchange import Failure, Fault, Read, Reply, Table
from runtime.clock import Clock, SystemClock
from simulators.rtu import seal
from tests.line_in_loop_rig import Heard
from tests.patience import PATIENCE_S, until
from tests.slow_clock import SlowClock
from tests.standing_clock import StandingClock

PATH = "tty-of-the-test"
SETTINGS = PortSettings(PATH, SerialFormat(baud=115_200))
FIRST_BACK_OFF_S = 0.5


@dataclass
class Pipe:
    """A Port whose unit answers each request at once, until it is pulled out."""

    silent: bool = False
    asked: list[bytes] = field(default_factory=list)
    closed: bool = False

    def __post_init__(self) -> None:
        self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)
        self._gone = False

    def fileno(self) -> int:
        return self._out

    def receive(self, wait_us: int, wake: int | None = None) -> bytes:
        watched = [self._out] if wake is None else [self._out, wake]
        ready, _, _ = select.select(watched, [], [], max(wait_us, 0) / 1e6)
        data = os.read(self._out, 4096) if self._out in ready else b""
        if self._gone:
            raise PortGoneError(f"{PATH} hung up")
        return data

    def send(self, data: bytes, wait_us: int) -> None:
        assert wait_us > 0
        self.asked.append(data)
        if not self.silent:
            os.write(self._in, seal(data[0], b"\x02\x01\x0d"))

    def offer(self, data: bytes) -> int:
        raise AssertionError(data)

    def pull_out(self) -> None:
        self._gone = True
        os.write(self._in, b"x")

    def close(self) -> None:
        self.closed = True
        os.close(self._out)
        os.close(self._in)


@asynccontextmanager
async def running(
    open_port: Callable[[Place], Port],
    owner: Heard,
    clock: Clock | None = None,
    place: Place = SETTINGS,
) -> AsyncIterator[LineThread]:
    thread = LineThread(place, clock or SystemClock(), open_port, owner, refuse_early=False)
    thread.start(asyncio.get_running_loop())
    try:
        yield thread
    finally:
        await thread.stop()


def errand(unit: int = 1, timeout_us: int = 5_000_000) -> Errand:
    request = Read(unit, Table.DISCRETE_INPUTS, 0, 4)
    return Errand(request, encode(request), timeout_us)


async def ran(thread: LineThread, *errands: Errand) -> Outcome:
    """The outcome of the last errand of a round that was begun."""
    round_ = Round(errands)
    await thread.run(round_)
    return round_.outcomes[-1]


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == PATH]


async def test_opens_answers_and_ends() -> None:
    port, owner = Pipe(), Heard()
    async with running(lambda _: port, owner) as thread:
        await until(lambda: owner.news == ["opened"])
        outcome = await ran(thread, errand())
        assert isinstance(outcome.result, Reply)
        assert outcome.result.words == (1, 0, 1, 1)
        assert len(threads()) == 1
        assert not thread.has_died
    assert port.closed
    assert threads() == []
    await until(lambda: owner.news == ["opened", "the line is closed"])
    assert not thread.has_died


async def test_errands_are_done_one_after_the_other_in_order() -> None:
    port = Pipe()
    async with running(lambda _: port, Heard()) as thread, asyncio.TaskGroup() as group:
        for unit in range(1, 6):
            group.create_task(ran(thread, errand(unit)))
    assert [frame[0] for frame in port.asked] == [1, 2, 3, 4, 5]


async def test_a_round_is_done_in_one_go_and_in_order() -> None:
    port = Pipe()
    place = TcpSettings("nobody", 502)  # no silence between two frames
    async with running(lambda _: port, Heard(), SlowClock(), place) as thread:
        round_ = Round(tuple(errand(unit) for unit in range(1, 6)))
        await thread.run(round_)
    assert [frame[0] for frame in port.asked] == [1, 2, 3, 4, 5]
    assert [outcome.request for outcome in round_.outcomes] == port.asked


async def test_of_a_round_that_no_port_takes_the_first_is_refused() -> None:
    def none(_: Place) -> Port:
        raise PortGoneError("no such file")

    async with running(none, Heard()) as thread:
        round_ = Round((errand(1), errand(2)))
        await thread.run(round_)
    assert [outcome.sent_us for outcome in round_.outcomes] == [None]


async def test_a_port_that_does_not_open_refuses_at_once_and_is_tried_again() -> None:
    clock, owner, port = StandingClock(), Heard(), Pipe()
    tries: list[str] = []

    def second_time(settings: Place) -> Port:
        tries.append(settings.path)
        if len(tries) == 1:
            raise PortGoneError("can not open it: no such file")
        return port

    async with running(second_time, owner, clock) as thread:
        await until(lambda: owner.news == ["can not open it: no such file"])
        outcome = await ran(thread, errand())
        assert isinstance(outcome.result, Failure)
        assert outcome.result.fault is Fault.PORT_GONE
        assert outcome.result.detail == "can not open it: no such file"
        assert (outcome.sent_us, outcome.verdict) == (None, "not_sent")
        assert tries == [PATH]
        clock.advance(round(FIRST_BACK_OFF_S * 1_000_000))
        thread.wake()
        await until(lambda: owner.news[1:] == ["opened"])
    assert tries == [PATH, PATH]


async def test_a_port_pulled_out_while_idle_is_told_closed_and_opened_again() -> None:
    clock, owner = StandingClock(), Heard()
    ports: list[Pipe] = []

    def fresh(_: Place) -> Port:
        ports.append(Pipe())
        return ports[-1]

    async with running(fresh, owner, clock) as thread:
        await until(lambda: owner.news == ["opened"])
        ports[0].pull_out()
        await until(lambda: owner.news[1:] == [f"{PATH} hung up"])
        await until(lambda: ports[0].closed)
        clock.advance(round(FIRST_BACK_OFF_S * 1_000_000))
        thread.wake()
        await until(lambda: owner.news[2:] == ["opened"])
    assert len(ports) == 2


async def test_the_owner_knows_that_the_port_went_before_the_caller_does() -> None:
    port, owner = Pipe(silent=True), Heard()
    async with running(lambda _: port, owner) as thread, asyncio.TaskGroup() as group:
        asked = group.create_task(ran(thread, errand(timeout_us=60_000_000)))
        asked.add_done_callback(lambda _: owner.news.append("answered"))
        await until(lambda: port.asked)
        port.pull_out()
        outcome = await asked
        assert isinstance(outcome.result, Failure)
        assert outcome.result.fault is Fault.PORT_GONE
        assert outcome.sent_us is not None
        assert owner.news[:2] == ["opened", f"{PATH} hung up"]
        await until(lambda: "answered" in owner.news)
        assert owner.news.index("answered") >= 2


async def test_a_caller_that_gave_up_stops_no_later_one() -> None:
    port = Pipe(silent=True)
    async with running(lambda _: port, Heard()) as thread:
        given_up = errand(timeout_us=60_000_000)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await ran(thread, given_up)
        port.silent = False
        given_up.abandoned = True
        thread.wake()
        async with asyncio.timeout(PATIENCE_S):
            outcome = await ran(thread, errand(2))
        assert isinstance(outcome.result, Reply)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_fault_of_ours_is_known_as_such() -> None:
    def broken(_: Place) -> Port:
        raise ZeroDivisionError

    owner = Heard()
    async with running(broken, owner) as thread:
        await until(lambda: thread.has_died)
        assert owner.news == ["the line's thread has died"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_fault_of_ours_in_an_exchange_closes_the_port() -> None:
    class Broken(Pipe):
        def send(self, data: bytes, wait_us: int) -> None:
            raise ZeroDivisionError(data, wait_us)

    port, owner = Broken(), Heard()
    async with running(lambda _: port, owner) as thread, asyncio.TaskGroup() as group:
        asked = group.create_task(ran(thread, errand()))
        await until(lambda: thread.has_died)
        asked.cancel()
    assert port.closed
    assert owner.news == ["opened", "the line's thread has died"]


def test_a_loop_that_is_gone_ends_the_thread() -> None:
    port = Pipe()
    loop = asyncio.new_event_loop()
    thread = LineThread(SETTINGS, SystemClock(), lambda _: port, Heard(), refuse_early=False)
    loop.close()
    thread.start(loop)
    for found in threads():
        found.join(PATIENCE_S)
    assert threads() == []
    assert port.closed
