"""Rounds of a line against units on Modbus TCP: who is asked, who is not, and who rests."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.port import Descriptor
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.exchange import ROUND_US, Ask, Failure, Fault, Read, Reply, Table
from runtime.clock import SystemClock
from simulators.fault import exception, half_frame, late, silence
from simulators.modbus_tcp import ModbusTcp
from simulators.smoke_detector import SmokeDetector
from tests.patience import until
from tests.slow_clock import SlowClock

MS = 1_000
PATIENT_US = 5_000 * MS
LATE_MAX_US = 100_000 * MS  # nobody waits for the end of a rest here
NORMAL = (1, 0, 0, 0)
CLOCK = SystemClock()


@pytest.fixture
def units() -> dict[int, SmokeDetector]:
    return {number: SmokeDetector(number) for number in range(1, 6)}


@pytest.fixture
def server(units: dict[int, SmokeDetector]) -> Iterator[ModbusTcp]:
    with ModbusTcp(units.values(), turnaround_us=0, keep_exchanges=True) as running:
        yield running


@asynccontextmanager
async def connected(server: ModbusTcp, clock: SystemClock | SlowClock) -> AsyncIterator[Line]:
    place = TcpSettings(server.host, server.port)
    async with Line(LineSettings("hall", place, settle_us=0, framing=MbapFraming()), clock) as line:
        yield line


class Held(Descriptor):
    """A port on a pipe: each unit answers at once, but for those that are held back."""

    def __init__(self, units: set[int]) -> None:
        self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)
        super().__init__("nowhere", self._out)
        self._held = units
        self._back: list[bytes] = []
        self.asked: list[int] = []

    def offer(self, data: bytes) -> int:
        unit = data[6]
        reply = data[:4] + bytes((0, 4, unit, 2, 1, 1))
        self.asked.append(unit)
        if unit in self._held:
            self._back.append(reply)
        else:
            os.write(self._in, reply)
        return len(data)

    def release(self) -> None:
        """Let go of what was held back."""
        os.write(self._in, b"".join(self._back))

    def close(self) -> None:
        os.close(self._out)
        os.close(self._in)


@asynccontextmanager
async def held(port: Held) -> AsyncIterator[Line]:
    place = TcpSettings("nowhere", 502)
    settings = LineSettings("hall", place, settle_us=0, framing=MbapFraming())
    async with Line(settings, SlowClock(), lambda _: port) as line:
        yield line


def asks(*units: int, timeout_us: int = PATIENT_US) -> list[Ask]:
    return [Ask(Read(unit, Table.DISCRETE_INPUTS, 0, 4), timeout_us, LATE_MAX_US) for unit in units]


def said(answers: list[Reply | Failure]) -> list[tuple[int, ...] | Fault]:
    return [one.words if isinstance(one, Reply) else one.fault for one in answers]


async def test_quick_units_are_asked_in_one_round_and_in_order(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    units[2].set_smoke(True)
    units[3].faults.add(exception(2, count=1))
    async with connected(server, SlowClock()) as line:
        answers = await line.exchange_round(asks(1, 2, 3, 4, 5))
        health = line.health()
    assert said(answers) == [NORMAL, (1, 0, 1, 1), Fault.EXCEPTION, NORMAL, NORMAL]
    assert [(one.unit, one.requests) for one in health.units] == [(n, 1) for n in range(1, 6)]
    sent = [one.sent_us for one in answers if isinstance(one, Reply)]
    assert sent == sorted(sent)


async def test_each_answer_is_heard_before_the_next_request_leaves() -> None:
    port, heard = Held(set()), list[tuple[int, list[int]]]()

    def hear(place: int, answer: Reply | Failure) -> bool:
        assert isinstance(answer, Reply)
        heard.append((place, list(port.asked)))
        return place < 1

    async with held(port) as line:
        assert line.tells_at_once
        assert said(await line.exchange_round(asks(1, 2, 3, 4), hear)) == [NORMAL, NORMAL]
        assert [one.requests for one in line.health().units] == [1, 1]
    assert heard == [(0, [1]), (1, [1, 2])]


async def test_a_fault_of_who_hears_is_a_fault_of_ours() -> None:
    def hear(_place: int, _answer: Reply | Failure) -> bool:
        raise KeyError("of who hears")

    async with held(Held(set())) as line:
        with pytest.raises(RuntimeError, match="died"):
            await line.exchange_round(asks(1, 2), hear)


async def test_a_unit_that_does_not_answer_ends_the_round_and_rests_alone(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    units[2].faults.add(silence(count=1))
    async with connected(server, CLOCK) as line:
        answers = await line.exchange_round(asks(2, 3, timeout_us=30 * MS))
        assert said(answers) == [Fault.TIME_OUT]
        assert line.resting_until_us(2) > CLOCK.mono_us()
        assert line.resting_until_us(3) <= CLOCK.mono_us()
        assert said(await line.exchange_round(asks(3, 2)))[:1] == [NORMAL]
        assert said(await line.exchange_round(asks(2, 3))) == [Fault.RESTING]


async def test_a_unit_that_rests_ends_the_round_before_it(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    units[2].faults.add(late(0.1, count=1))
    async with connected(server, SlowClock()) as line:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await line.exchange_round(asks(2, 4))
        assert said(await line.exchange_round(asks(1, 2, 3))) == [NORMAL]
        units[3].set_smoke(True)
        assert said(await line.exchange_round(asks(3, 1))) == [(1, 0, 1, 1), NORMAL]


async def test_what_no_frame_can_carry_ends_the_round_before_it(server: ModbusTcp) -> None:
    async with connected(server, SlowClock()) as line:
        assert said(await line.exchange_round(asks(1, 256, 2))) == [NORMAL]
        with pytest.raises(ValueError, match="256"):
            await line.exchange_round(asks(256, 1))


async def test_slow_units_get_a_round_each(units: dict[int, SmokeDetector]) -> None:
    with ModbusTcp(units.values(), turnaround_us=2 * ROUND_US) as slow:
        async with connected(slow, CLOCK) as line:
            assert said(await line.exchange_round(asks(1, 2, 3))) == [NORMAL]


async def test_whoever_waits_comes_after_the_exchange_under_way() -> None:
    port = Held({1})
    async with held(port) as line, asyncio.TaskGroup() as group:
        polled = group.create_task(line.exchange_round(asks(1, 2, 3)))
        await until(lambda: port.asked == [1])
        commanded = group.create_task(line.exchange_round(asks(4)))
        await asyncio.sleep(0)  # it waits for the line now
        port.release()
        assert said(await polled) == [NORMAL]
        assert said(await commanded) == [NORMAL]
    assert port.asked == [1, 4]


async def test_while_others_wait_a_round_is_one_exchange() -> None:
    port = Held({1})
    async with held(port) as line, asyncio.TaskGroup() as group:
        first = group.create_task(line.exchange_round(asks(1, 2)))
        await until(lambda: port.asked == [1])
        second = group.create_task(line.exchange_round(asks(3, 4)))
        third = group.create_task(line.exchange_round(asks(5, 6)))
        await asyncio.sleep(0)
        port.release()
    assert [len(one.result()) for one in (first, second, third)] == [1, 1, 2]
    assert port.asked == [1, 3, 5, 6]


async def test_when_the_caller_is_cancelled_only_who_was_asked_rests() -> None:
    port = Held({2})
    async with held(port) as line:
        asked = asyncio.create_task(line.exchange_round(asks(1, 2, 3)))
        await until(lambda: port.asked == [1, 2])
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        now = CLOCK.mono_us()
        assert [unit for unit in (1, 2, 3) if line.resting_until_us(unit) > now] == [2]
        first, second = line.health().units[:2]
        assert (first.replies, first.cancelled) == (1, 0)
        assert (second.replies, second.cancelled) == (0, 1)
        assert said(await line.exchange_round(asks(3, 1))) == [NORMAL, NORMAL]
    assert port.asked == [1, 2, 3, 1]


async def test_half_a_frame_in_a_round_makes_the_connection_anew(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(half_frame(count=1))
    async with connected(server, CLOCK) as line:
        assert said(await line.exchange_round(asks(1, 2, timeout_us=30 * MS))) == [Fault.TIME_OUT]
        await until(lambda: line.health().opened == 2 and line.health().is_open)
        assert said(await line.exchange_round(asks(2)))[0] == NORMAL


async def test_a_port_that_goes_in_a_round_takes_nothing_of_what_was_answered(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    units[2].faults.add(silence(count=1))
    async with connected(server, SlowClock()) as line, asyncio.TaskGroup() as group:
        asked = group.create_task(line.exchange_round(asks(1, 2, 3)))
        await until(lambda: server.counts.requests == 2)
        server.unplug()
        assert said(await asked) == [NORMAL, Fault.PORT_GONE]
