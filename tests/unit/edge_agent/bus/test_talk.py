"""One exchange to the microsecond: silence before, the deadline, what is taken and what refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from edge_agent.bus.modbus import encode
from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.bus.port import PortGoneError
from edge_agent.bus.talk import Talk
from edge_agent.bus.wake import Wake
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.exchange import Failure, Fault, Read, Reply, Table, Write
from simulators.rtu import seal
from tests.standing_clock import StandingClock

SHAPE = SerialFormat(baud=9600)
MS = 1_000
TIMEOUT_US = 100 * MS
INPUTS = Read(1, Table.DISCRETE_INPUTS, 0, 4)
REPLY = seal(1, b"\x02\x01\x0d")
WORDS = (1, 0, 1, 1)
ON_TIME_US = SHAPE.duration_us(8 + len(REPLY)) + 5 * MS


@dataclass
class Wire:
    """Fulfils Port in the clock's time: what is due comes when its time has come, none sleeps."""

    clock: StandingClock
    coming: list[tuple[int, bytes]] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    sent: list[tuple[int, bytes]] = field(default_factory=list)
    gone_at_us: int | None = None
    heard: list[int | None] = field(default_factory=list)

    def fileno(self) -> int:
        return -1

    def receive(self, wait_us: int, wake: int | None = None) -> bytes:
        self.heard.append(wake)
        now = self.clock.mono_us()
        until = now + max(wait_us, 0)
        if self.coming and self.coming[0][0] <= until:
            at, data = self.coming.pop(0)
            self._pass(max(at - now, 0))
            return data
        self._pass(until - now)
        return b""

    def send(self, data: bytes, wait_us: int) -> None:
        assert wait_us > 0
        now = self.clock.mono_us()
        self._pass(0)
        self.sent.append((now, data))
        self.coming += [(now + after, content) for after, content in self.answers]
        self.answers = []

    def offer(self, data: bytes) -> int:
        raise AssertionError(data)

    def close(self) -> None:
        raise AssertionError("a talk closes nothing")

    def _pass(self, us: int) -> None:
        self.clock.advance(us)
        if self.gone_at_us is not None and self.clock.mono_us() >= self.gone_at_us:
            raise PortGoneError("pulled out")


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def wire(clock: StandingClock) -> Wire:
    return Wire(clock)


@pytest.fixture
def wake() -> Iterator[Wake]:
    made = Wake()
    yield made
    made.close()


@pytest.fixture
def talk(wire: Wire, clock: StandingClock, wake: Wake) -> Talk:
    return Talk(wire, SHAPE, clock, wake, refuse_early=True)


def errand(
    request: Read | Write = INPUTS, *, timeout_us: int = TIMEOUT_US, turnaround_us: int = 0
) -> Errand:
    return Errand(request, encode(request), timeout_us, turnaround_us)


def failed(outcome: Outcome) -> Failure:
    assert isinstance(outcome.result, Failure), outcome
    return outcome.result


def words(outcome: Outcome) -> tuple[int, ...]:
    assert isinstance(outcome.result, Reply), outcome
    return outcome.result.words


def test_asks_after_the_silence_that_parts_two_frames(talk: Talk, wire: Wire) -> None:
    began = wire.clock.mono_us()
    wire.answers = [(ON_TIME_US, REPLY)]
    outcome = talk.exchange(errand())
    assert wire.sent == [(began + SHAPE.gap_us, encode(INPUTS))]
    assert outcome.result == Reply(WORDS, began + SHAPE.gap_us, outcome.ended_us)
    assert outcome.ended_us == began + SHAPE.gap_us + ON_TIME_US
    assert (outcome.received, outcome.stray, outcome.stale) == (REPLY, b"", ())


@pytest.mark.parametrize("turnaround_us", [0, SHAPE.gap_us, 50 * MS])
def test_a_unit_that_needs_longer_silence_gets_it(
    talk: Talk, wire: Wire, turnaround_us: int
) -> None:
    wire.answers = [(ON_TIME_US, REPLY)]
    first = talk.exchange(errand(turnaround_us=turnaround_us))
    wire.answers = [(ON_TIME_US, REPLY)]
    second = talk.exchange(errand())
    assert second.sent_us == first.ended_us + max(SHAPE.gap_us, turnaround_us)


def test_a_line_that_was_idle_for_long_is_asked_at_once(talk: Talk, wire: Wire) -> None:
    wire.clock.advance(60_000 * MS)
    began = wire.clock.mono_us()
    assert talk.exchange(errand()).sent_us == began


def test_late_bytes_are_thrown_away_and_the_silence_counts_anew(talk: Talk, wire: Wire) -> None:
    late_us = wire.clock.mono_us() + SHAPE.gap_us - 1
    wire.coming = [(late_us, REPLY)]
    wire.answers = [(ON_TIME_US, seal(1, b"\x02\x01\x01"))]
    outcome = talk.exchange(errand())
    assert words(outcome) == (1, 0, 0, 0)
    assert outcome.sent_us == late_us + SHAPE.gap_us
    assert outcome.stray == REPLY


def test_what_is_heard_while_nothing_is_asked_is_told_once_and_bounded(
    talk: Talk, wire: Wire, wake: Wake
) -> None:
    now = wire.clock.mono_us()
    wire.coming = [(now, bytes([n]) * 600) for n in range(3)]
    for _ in range(3):
        talk.listen(MS)
    assert wire.heard == [wake.fileno()] * 3
    assert talk.exchange(errand()).stray == b"\x01" * 424 + b"\x02" * 600
    assert talk.exchange(errand()).stray == b""


def test_a_line_that_is_never_silent_is_not_asked(talk: Talk, wire: Wire) -> None:
    now = wire.clock.mono_us()
    wire.coming = [(now + n * MS, b"\xff") for n in range(200)]
    outcome = talk.exchange(errand())
    assert failed(outcome).fault is Fault.TIME_OUT
    assert "never silent" in failed(outcome).detail
    assert (outcome.sent_us, outcome.verdict) == (None, "not_sent")
    assert wire.sent == []
    assert TIMEOUT_US < outcome.ended_us - now <= TIMEOUT_US + 2 * MS


def test_silence_ends_at_the_deadline(talk: Talk) -> None:
    outcome = talk.exchange(errand())
    failure = failed(outcome)
    assert (failure.fault, failure.detail) == (Fault.TIME_OUT, "silence")
    assert outcome.sent_us is not None
    assert failure.at_us == outcome.sent_us + TIMEOUT_US
    assert outcome.received == b""


def test_no_timeout_is_shorter_than_the_wire_and_a_turnaround(talk: Talk) -> None:
    outcome = talk.exchange(errand(timeout_us=1))
    assert outcome.sent_us is not None
    least_us = SHAPE.duration_us(8 + len(REPLY)) + 20 * MS
    assert outcome.ended_us == outcome.sent_us + least_us
    assert failed(outcome).fault is Fault.TIME_OUT


def test_a_reply_in_pieces_is_put_together(talk: Talk, wire: Wire) -> None:
    wire.answers = [(ON_TIME_US + n * MS, bytes([byte])) for n, byte in enumerate(REPLY)]
    outcome = talk.exchange(errand())
    assert words(outcome) == WORDS
    assert outcome.sent_us is not None
    assert outcome.ended_us == outcome.sent_us + ON_TIME_US + 5 * MS


def test_what_came_with_the_reply_is_nobodys(talk: Talk, wire: Wire) -> None:
    wire.answers = [(ON_TIME_US, b"\xfe" + REPLY + b"\x01\x02")]
    outcome = talk.exchange(errand())
    assert words(outcome) == WORDS
    assert outcome.stray == b"\x01\x02"


@pytest.mark.parametrize(
    ("came", "named", "stale"),
    [
        (REPLY[:4], (Fault.TIME_OUT, "incomplete"), ()),
        (REPLY[:-1] + b"\x00", (Fault.CRC, "crc"), ()),
        (b"\xff" * 9, (Fault.CRC, "noise"), ()),
        (seal(7, b"\x02\x01\x0d"), (Fault.WRONG_REPLY, "wrong_unit"), (7,)),
        (seal(1, b"\x03\x02\x00\x01"), (Fault.WRONG_REPLY, "wrong_function"), (1,)),
        (seal(1, b"\x02\x02\x0d\x00"), (Fault.WRONG_REPLY, "wrong_length"), (1,)),
    ],
)
def test_what_is_not_the_reply_ends_by_its_name(
    talk: Talk, wire: Wire, came: bytes, named: tuple[Fault, str], stale: tuple[int, ...]
) -> None:
    wire.answers = [(ON_TIME_US, came)]
    outcome = talk.exchange(errand())
    assert (failed(outcome).fault, failed(outcome).detail) == named
    assert (outcome.received, outcome.stale) == (came, stale)


def test_a_write_is_answered_by_its_echo(talk: Talk, wire: Wire) -> None:
    asked = Write(1, 0, 234)
    wire.answers = [(30 * MS, encode(asked))]
    assert words(talk.exchange(errand(asked))) == (234,)
    wire.answers = [(30 * MS, encode(Write(1, 0, 235)))]
    assert failed(talk.exchange(errand(asked))).detail == "wrong_echo"


def test_a_refusal_of_the_unit_is_a_whole_answer(talk: Talk, wire: Wire) -> None:
    wire.answers = [(ON_TIME_US, seal(1, b"\x82\x04"))]
    outcome = talk.exchange(errand())
    failure = failed(outcome)
    assert (failure.fault, failure.code, failure.at_us) == (Fault.EXCEPTION, 4, outcome.ended_us)
    assert outcome.verdict == "exception"


def test_a_reply_sooner_than_the_wire_is_refused_to_the_microsecond(
    talk: Talk, wire: Wire, clock: StandingClock, wake: Wake
) -> None:
    earliest_us = SHAPE.earliest_us(0, 8, len(REPLY))
    wire.answers = [(earliest_us - 1, REPLY)]
    outcome = talk.exchange(errand())
    assert failed(outcome).fault is Fault.TOO_EARLY
    assert outcome.stale == (1,)
    wire.answers = [(earliest_us, REPLY)]
    assert words(talk.exchange(errand())) == WORDS
    trusting = Talk(wire, SHAPE, clock, wake, refuse_early=False)
    wire.answers = [(1, REPLY)]
    assert words(trusting.exchange(errand())) == WORDS


def test_the_reply_after_a_refused_one_is_taken(talk: Talk, wire: Wire) -> None:
    wire.answers = [(MS, seal(1, b"\x02\x01\x00")), (ON_TIME_US, REPLY)]
    outcome = talk.exchange(errand())
    assert words(outcome) == WORDS
    assert outcome.stale == (1,)


def test_an_errand_given_up_before_its_turn_never_leaves(talk: Talk, wire: Wire) -> None:
    given_up = errand()
    given_up.abandoned = True
    assert talk.exchange(given_up).sent_us is None
    assert wire.sent == []


def test_an_errand_given_up_on_its_way_is_heard_no_longer(clock: StandingClock, wake: Wake) -> None:
    given_up = errand(timeout_us=60_000 * MS)

    class Cancelled(Wire):
        """Its owner gives the errand up, and wakes, during the first wait for the answer."""

        def receive(self, wait_us: int, wake: int | None = None) -> bytes:
            if not self.sent:
                return super().receive(wait_us, wake)
            given_up.abandoned = True
            self.clock.advance(MS)
            return b""

    wake.set()
    outcome = Talk(Cancelled(clock), SHAPE, clock, wake, refuse_early=True).exchange(given_up)
    assert outcome.sent_us is not None
    assert outcome.ended_us == outcome.sent_us + MS
    wake.wait(0)
    assert failed(outcome).fault is Fault.TIME_OUT


@pytest.mark.parametrize(
    ("after_us", "left"),
    [(1, False), (SHAPE.gap_us, False), (SHAPE.gap_us + 10 * MS, True)],
    ids=["in the silence before", "while it is sent", "while the answer is waited for"],
)
def test_a_port_that_goes_is_an_outcome(talk: Talk, wire: Wire, after_us: int, left: bool) -> None:
    wire.gone_at_us = wire.clock.mono_us() + after_us
    outcome = talk.exchange(errand())
    assert (failed(outcome).fault, failed(outcome).detail) == (Fault.PORT_GONE, "pulled out")
    assert bool(wire.sent) is left


def test_listening_lets_the_owner_know_that_the_port_went(talk: Talk, wire: Wire) -> None:
    wire.gone_at_us = wire.clock.mono_us() + MS
    with pytest.raises(PortGoneError):
        talk.listen(5 * MS)
