"""Rounds on a real socket by the calls of the loop: pieces, babble, no room, hang-up, a fault."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import nullcontext, suppress

import pytest

from edge_agent.bus.dialogue import Dialogue
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.outcome import Errand
from edge_agent.bus.round import Round
from edge_agent.bus.talk_in_loop import TalkInLoop
from edge_agent.bus.tcp_port import TcpPort, TcpSettings
from edge_agent.bus.wire_time import NoWire
from edge_agent.exchange import Failure, Fault, Read, Reply, Table
from runtime.clock import Clock, SystemClock
from simulators.mbap import pack
from tests.patience import until
from tests.slow_clock import SlowClock

MS = 1_000
PATIENT_US = 60_000 * MS


class Bed:
    """A talk, and the server's end of its connection."""

    def __init__(self, clock: Clock) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = TcpPort(TcpSettings("127.0.0.1", listening.getsockname()[1]))
            self.server, _ = listening.accept()
        self.server.settimeout(30)
        self.framing = MbapFraming()
        self.lost: list[str] = []
        dialogue = Dialogue(NoWire(), clock.mono_us, refuse_early=True, framing=self.framing)
        loop = asyncio.get_running_loop()
        self.talk = TalkInLoop(self.port, dialogue, loop, self.lost.append, nullcontext())

    def close(self) -> None:
        self.talk.close()
        self.server.close()

    def round(self, *units: int, timeout_us: int = PATIENT_US) -> Round:
        requests = [Read(unit, Table.HOLDING_REGISTERS, 0, 1) for unit in units]
        errands = (Errand(one, self.framing.encode(one), timeout_us) for one in requests)
        return Round(tuple(errands))

    def begin(self, round_: Round) -> "asyncio.Future[None]":
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.talk.begin(round_, lambda: over.set_result(None))
        return over

    def stuff(self) -> None:
        """Send until the kernel takes nothing more."""
        with suppress(BlockingIOError):
            while self.port.offer(bytes(65_536)):
                pass


@pytest.fixture
async def bed() -> AsyncIterator[Bed]:
    made = Bed(SystemClock())
    yield made
    made.close()


def reply(number: int, unit: int) -> bytes:
    return pack(number, unit, b"\x03\x02\x00\x07")


async def test_an_answer_in_pieces_and_the_next_of_the_round() -> None:
    bed = Bed(SlowClock())  # no round is long
    round_ = bed.round(1, 2)
    over = bed.begin(round_)
    for number in (1, 2):
        assert bed.server.recv(64) == round_.errands[number - 1].frame
        for byte in reply(number, number):
            bed.server.sendall(bytes((byte,)))
            await asyncio.sleep(0)
        await until(lambda number=number: len(round_.outcomes) == number)  # type: ignore[misc]  # a default
    await over
    assert all(isinstance(one.result, Reply) for one in round_.outcomes)
    assert not bed.talk.is_busy
    bed.close()


async def test_what_comes_between_two_rounds_is_nobodys(bed: Bed) -> None:
    bed.server.sendall(reply(77, 9))
    await asyncio.sleep(0.005)
    round_ = bed.round(1)
    over = bed.begin(round_)
    bed.server.sendall(reply(1, 1))
    await over
    assert round_.outcomes[0].stray == reply(77, 9)
    assert isinstance(round_.outcomes[0].result, Reply)


async def test_a_babbling_server_leaves_the_loop_to_others_and_takes_no_memory(bed: Bed) -> None:
    bed.server.setblocking(False)
    turns, round_ = 0, bed.round(1, timeout_us=50 * MS)

    def babble() -> None:
        with suppress(BlockingIOError, OSError):
            while bed.server.send(b"\xff" * 65_536):
                pass

    for _ in range(20):
        babble()
        await asyncio.sleep(0)
        turns += 1
    over = bed.begin(round_)
    while not over.done():
        babble()
        await asyncio.sleep(0)
        turns += 1
    assert turns > 20
    (outcome,) = round_.outcomes
    assert isinstance(outcome.result, Failure)
    assert outcome.out_of_step
    assert len(outcome.received) <= 1_024
    assert len(outcome.stray) <= 1_024


async def test_a_request_waits_for_room_and_goes_out_whole(bed: Bed) -> None:
    bed.stuff()
    round_ = bed.round(1)
    over = bed.begin(round_)
    await asyncio.sleep(0.005)
    bed.talk.wake()  # what is being sent is sent whole
    assert bed.talk.is_busy
    bed.server.setblocking(False)
    heard = bytearray()
    while not heard.endswith(round_.errands[0].frame):
        with suppress(BlockingIOError):
            heard += bed.server.recv(1 << 20)
        await asyncio.sleep(0)
    bed.server.sendall(reply(1, 1))
    await over
    assert isinstance(round_.outcomes[0].result, Reply)


async def test_a_server_that_takes_no_bytes_is_gone_in_time(bed: Bed) -> None:
    bed.stuff()
    round_ = bed.round(1, timeout_us=20 * MS)
    await bed.begin(round_)
    result = round_.outcomes[0].result
    assert isinstance(result, Failure)
    assert (result.fault, result.detail) == (
        Fault.PORT_GONE,
        "a request was not taken in time",
    )


@pytest.mark.parametrize("is_stuffed", [False, True])
async def test_a_hang_up_in_a_round_ends_it_at_once(bed: Bed, *, is_stuffed: bool) -> None:
    if is_stuffed:
        bed.stuff()
    round_ = bed.round(1, 2)
    over = bed.begin(round_)
    bed.server.close()
    await over
    assert round_.outcomes[0].port_problem.startswith("127.0.0.1")
    assert len(round_.outcomes) == 1
    assert bed.lost == []


async def test_a_hang_up_between_rounds_is_told_at_once(bed: Bed) -> None:
    bed.server.close()
    await until(lambda: bed.lost)
    assert "hung up" in bed.lost[0]
    bed.talk.close()


async def test_an_errand_that_was_given_up_ends(bed: Bed) -> None:
    round_ = bed.round(1)
    over = bed.begin(round_)
    bed.talk.wake()
    assert not over.done()
    round_.abandon()
    bed.talk.wake()
    await over
    assert len(round_.outcomes) == 1


async def test_silence_ends_with_the_time_out(bed: Bed) -> None:
    round_ = bed.round(1, 2, timeout_us=20 * MS)
    await bed.begin(round_)
    (outcome,) = round_.outcomes
    assert isinstance(outcome.result, Failure)
    assert outcome.result.fault is Fault.TIME_OUT
    assert outcome.result.at_us - (outcome.sent_us or 0) >= 20 * MS


async def test_broken_off_from_outside(bed: Bed) -> None:
    round_ = bed.round(1)
    over = bed.begin(round_)
    bed.talk.break_off("closed")
    await over
    assert round_.outcomes[0].port_problem == "closed"
    bed.talk.break_off("nothing is under way")
