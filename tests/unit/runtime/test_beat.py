"""All that looks now and then wakes at one instant, and nobody later than it asked for."""

import asyncio

from runtime.beat import Beat
from tests.virtual_time import now_s, run


def test_whoever_waits_for_it_wakes_with_the_others() -> None:
    async def played() -> None:
        woken: list[float] = []

        async def look(after_s: float) -> None:
            await asyncio.sleep(after_s)
            beat = Beat()
            for _ in range(3):
                await beat.next()
                woken.append(now_s())

        async def wait(after_s: float) -> None:
            await asyncio.sleep(after_s)
            for _ in range(3):
                assert not await Beat().told(asyncio.Event())
                woken.append(now_s())

        async with asyncio.TaskGroup() as group:
            for n in range(5):
                group.create_task(look(n * 0.17))
                group.create_task(wait(n * 0.13))
        assert woken == [1.0] * 10 + [2.0] * 10 + [3.0] * 10

    run(played())


def test_it_is_told_at_once_and_waits_no_longer_than_it_asks_for() -> None:
    async def played() -> None:
        beat, event = Beat(), asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, event.set)
        assert await beat.told(event)
        assert now_s() == 0.3
        assert await beat.told(event)
        assert now_s() == 0.3
        event.clear()
        assert not await beat.told(event, 0.2)
        assert now_s() == 0.5
        assert not await beat.told(event, -1.0)
        assert now_s() == 0.5
        assert not await beat.told(event, 7.0)
        assert now_s() == 1.0

    run(played())


def test_beats_are_counted_and_each_is_one() -> None:
    """Also when a timer fires a little early."""

    async def played() -> None:
        beat = Beat(0.1)
        numbers = []
        for _ in range(50):
            await beat.next()
            numbers.append(beat.number)
        assert numbers == list(range(1, 51))
        await asyncio.sleep(0.1 - 1e-9)
        assert beat.number == 51
        await beat.next()
        assert beat.number == 52

    run(played())


def test_who_is_cancelled_leaves_nothing_behind() -> None:
    async def played() -> None:
        for waits in (Beat().next(), Beat().told(asyncio.Event())):
            task = asyncio.ensure_future(waits)
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
        await asyncio.sleep(5)

    run(played())


def test_whoever_is_cancelled_at_the_very_beat_is_no_fault() -> None:
    """A task is cancelled in the turn of the loop in which its timer rings."""

    async def played() -> None:
        faults: list[str] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, said: faults.append(said["message"]))
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(Beat().next())
            loop.call_at(1.0, waiting.cancel)  # before the timer of who waits
        await asyncio.sleep(1.0)
        assert waiting.cancelled()
        assert faults == []

    run(played())
