"""When a round goes on, and what of it may be under way when it is given up."""

import pytest

from edge_agent.bus.modbus import encode
from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.bus.round import Going, Round
from edge_agent.exchange import ROUND_US, Failure, Fault, Read, Reply, Table

ANSWER = Reply((1,), 0, 1)


def errand(unit: int) -> Errand:
    request = Read(unit, Table.HOLDING_REGISTERS, 0, 1)
    return Errand(request, encode(request), 500_000)


def round_of(count: int, *results: Reply | Failure) -> Round:
    made = Round(tuple(errand(unit) for unit in range(1, count + 1)))
    made.outcomes += [Outcome(one, "reply", b"", 0, 1) for one in results]
    return made


@pytest.mark.parametrize(
    ("count", "result", "took_us", "going"),
    [
        (2, ANSWER, 100, Going.ON),
        (1, ANSWER, 100, Going.DONE),
        (2, ANSWER, ROUND_US, Going.LONG),
        (2, Failure(Fault.EXCEPTION, 1, 2), 100, Going.ON),
        *((2, Failure(fault, 1), 100, Going.NO_ANSWER) for fault in set(Fault) - {Fault.EXCEPTION}),
        (1, Failure(Fault.TIME_OUT, 1), ROUND_US, Going.DONE),
    ],
)
def test_it_goes_on_as_long_as_quick_answers_come(
    count: int, result: Reply | Failure, took_us: int, going: Going
) -> None:
    assert round_of(count, result).going(took_us) is going


def test_it_ends_when_somebody_else_waits() -> None:
    round_ = round_of(3, ANSWER)
    assert round_.going(0) is Going.ON
    round_.is_wanted = True
    assert round_.going(0) is Going.WANTED


def test_when_it_is_given_up_the_next_may_be_under_way() -> None:
    round_ = round_of(3, ANSWER)
    assert round_.abandon() == 1
    assert all(one.abandoned for one in round_.errands)
