"""Who waits for a round: told of its end, refused, or told of a fault of ours."""

import asyncio

import pytest

from edge_agent.bus.modbus import encode
from edge_agent.bus.outcome import Errand
from edge_agent.bus.round import Round
from edge_agent.bus.waiting import Waiting, rounds_waiting
from edge_agent.exchange import Failure, Fault, Read, Table


@pytest.fixture
async def waiting() -> Waiting:
    request = Read(1, Table.DISCRETE_INPUTS, 0, 4)
    errands = tuple(Errand(request, encode(request), 1_000) for _ in range(2))
    return Waiting(Round(errands), asyncio.get_running_loop().create_future())


async def test_who_is_refused_learns_why_of_the_first(waiting: Waiting) -> None:
    waiting.refuse("no such file", 5)
    waiting.end()
    await waiting.over
    (outcome,) = waiting.round.outcomes
    assert outcome.result == Failure(Fault.PORT_GONE, 5, None, "no such file")
    assert outcome.sent_us is None


async def test_who_has_gone_is_told_nothing(waiting: Waiting) -> None:
    waiting.over.cancel()
    waiting.end()
    waiting.fail("it died")
    assert waiting.over.cancelled()


async def test_a_fault_of_ours_is_raised(waiting: Waiting) -> None:
    waiting.fail("it died")
    with pytest.raises(RuntimeError, match="it died"):
        await waiting.over


def test_few_wait() -> None:
    assert rounds_waiting().maxlen == 8
