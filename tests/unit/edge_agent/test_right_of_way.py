"""A line lets an alarm pass, and is not held up by a slow disk."""

import asyncio

from edge_agent.right_of_way import MOST_S, RightOfWay
from tests.virtual_time import VirtualLoop


async def test_nothing_is_waited_for_when_there_is_no_alarm() -> None:
    way = RightOfWay()
    line = asyncio.create_task(way.given())
    await asyncio.sleep(0)
    assert line.done()
    assert not way.is_claimed


async def test_a_line_goes_on_when_the_alarm_has_left() -> None:
    way = RightOfWay()
    way.claim()
    way.claim()
    line = asyncio.create_task(way.given())
    await asyncio.sleep(0)
    way.release()
    await asyncio.sleep(0)
    assert way.is_claimed
    assert not line.done()
    way.release()
    await line
    assert not way.is_claimed


def test_a_slow_disk_makes_a_line_wait_once() -> None:
    claimed = list[bool]()

    async def played() -> list[float]:
        way, loop = RightOfWay(), asyncio.get_running_loop()
        ends = []
        for _ in range(2):
            way.claim()
            claimed.append(way.is_claimed)
            for _ in range(3):
                await way.given()
                ends.append(loop.time())
            claimed.append(way.is_claimed)
            way.release()
        return ends

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        ends = runner.run(played())
    assert ends == [MOST_S] * 3 + [2 * MOST_S] * 3
    assert claimed == [True, False] * 2
