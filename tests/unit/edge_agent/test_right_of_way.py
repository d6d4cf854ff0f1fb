"""A line lets an alarm pass, and is not held up by a slow disk."""

import asyncio

from edge_agent.right_of_way import MOST_S, RightOfWay, never
from tests.virtual_time import VirtualLoop


async def test_nothing_is_waited_for_when_there_is_no_alarm() -> None:
    way = RightOfWay()
    line = asyncio.create_task(way.given())
    await asyncio.sleep(0)
    assert line.done()
    await never()


async def test_a_line_goes_on_when_the_alarm_has_left() -> None:
    way = RightOfWay()
    with way.claimed():
        with way.claimed():
            line = asyncio.create_task(way.given())
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not line.done()
    await line


def test_a_slow_disk_makes_a_line_wait_once() -> None:
    async def played() -> list[float]:
        way, loop = RightOfWay(), asyncio.get_running_loop()
        ends = []
        for _ in range(2):
            with way.claimed():
                for _ in range(3):
                    await way.given()
                    ends.append(loop.time())
        return ends

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        ends = runner.run(played())
    assert ends == [MOST_S] * 3 + [2 * MOST_S] * 3
