"""What one exchange wants, step by step, without a port; the rest of it is told in test_talk."""

import pytest

from edge_agent.bus.dialogue import Dialogue, Say, Wait
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.bus.port import PortGoneError
from edge_agent.bus.round import Round
from edge_agent.bus.wire_time import NoWire
from edge_agent.exchange import Failure, Fault, Read, Reply, Table
from simulators.mbap import pack
from tests.standing_clock import StandingClock

MS = 1_000
TIMEOUT_US = 100 * MS
LOOK = Wait(0, may_be_woken=False)


class Told:
    """A dialogue without a wire, and the errands for it."""

    def __init__(self) -> None:
        self.clock, self.framing = StandingClock(), MbapFraming()
        self.dialogue = Dialogue(
            NoWire(), self.clock.mono_us, refuse_early=True, framing=self.framing
        )

    def errand(self, unit: int = 1, *, turnaround_us: int = 0) -> Errand:
        request = Read(unit, Table.HOLDING_REGISTERS, 0, 1)
        return Errand(request, self.framing.encode(request), TIMEOUT_US, turnaround_us)


@pytest.fixture
def told() -> Told:
    return Told()


def reply(number: int, unit: int, value: int = 7) -> bytes:
    return pack(number, unit, bytes((3, 2, 0, value)))


def result(end: StopIteration) -> Outcome:
    assert isinstance(end.value, Outcome)
    return end.value


def test_looks_once_asks_and_hears(told: Told) -> None:
    errand = told.errand()
    steps = told.dialogue.exchange(errand)
    assert next(steps) == LOOK
    assert steps.send(b"late") == Say(errand.frame, TIMEOUT_US)
    assert steps.send(b"") == Wait(TIMEOUT_US, may_be_woken=True)
    told.clock.advance(3 * MS)
    answer = reply(1, 1)
    assert steps.send(answer[:5]) == Wait(TIMEOUT_US - 3 * MS, may_be_woken=True)
    with pytest.raises(StopIteration) as end:
        steps.send(answer[5:] + b"x")
    outcome = result(end.value)
    assert isinstance(outcome.result, Reply)
    assert (outcome.result.words, outcome.received, outcome.stray) == (
        (7,),
        answer + b"x",
        b"latex",
    )


def test_who_needs_a_pause_is_waited_for_by_all(told: Told) -> None:
    round_ = Round((told.errand(1, turnaround_us=5 * MS), told.errand(2)))
    steps = told.dialogue.round(round_)
    assert next(steps) == LOOK
    steps.send(b"")
    steps.send(b"")
    assert steps.send(reply(1, 1)) == Wait(5 * MS, may_be_woken=False)
    told.clock.advance(5 * MS)
    assert steps.send(b"") == Say(round_.errands[1].frame, TIMEOUT_US)
    steps.send(b"")
    with pytest.raises(StopIteration):
        steps.send(reply(2, 2))
    assert [type(one.result) for one in round_.outcomes] == [Reply, Reply]


def test_a_port_that_goes_at_any_step_is_an_outcome(told: Told) -> None:
    for before in range(3):
        round_ = Round((told.errand(1), told.errand(2)))
        steps = told.dialogue.round(round_)
        next(steps)
        for _ in range(before):
            steps.send(b"")
        with pytest.raises(StopIteration):
            steps.throw(PortGoneError("pulled out"))
        (outcome,) = round_.outcomes
        assert isinstance(outcome.result, Failure)
        assert (outcome.result.fault, outcome.port_problem) == (Fault.PORT_GONE, "pulled out")
        assert outcome.result.was_sent is (before > 0)


def test_what_is_no_frame_is_told_with_its_end(told: Told) -> None:
    steps = told.dialogue.exchange(told.errand())
    next(steps)
    steps.send(b"")
    steps.send(b"")
    told.clock.advance(TIMEOUT_US)
    with pytest.raises(StopIteration) as end:
        steps.send(b"no frame at all")
    outcome = result(end.value)
    assert outcome.out_of_step
    assert "made anew" in outcome.port_problem
