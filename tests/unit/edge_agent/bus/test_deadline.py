"""One timer for many waits: it passes once, at the last time that was said."""

import asyncio

from edge_agent.bus.deadline import Deadline
from tests.patience import until

MS = 1_000


class Passed:
    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.at: list[float] = []
        self.deadline = Deadline(loop, lambda: self.at.append(loop.time()))


async def test_passes_once_at_the_time_that_was_said_last() -> None:
    passed, began = Passed(), asyncio.get_running_loop().time()
    passed.deadline.put(60_000 * MS)
    passed.deadline.put(1 * MS)
    passed.deadline.put(10 * MS)
    await until(lambda: passed.at)
    assert passed.at[0] - began >= 0.01
    passed.deadline.put(0)
    await until(lambda: len(passed.at) == 2)


async def test_what_was_lifted_never_passes_and_can_be_put_again() -> None:
    passed = Passed()
    passed.deadline.put(0)
    passed.deadline.lift()
    await asyncio.sleep(0.005)
    assert passed.at == []
    passed.deadline.put(20 * MS)
    passed.deadline.lift()
    passed.deadline.put(0)
    await until(lambda: passed.at)


async def test_nothing_is_left_of_what_was_closed() -> None:
    passed = Passed()
    passed.deadline.put(0)
    passed.deadline.close()
    passed.deadline.close()
    await asyncio.sleep(0.005)
    assert passed.at == []
