"""What waits for a PUBACK gets it, or is lost; the link's rate learns from answers alone."""

import asyncio

from runtime.mqtt_pending import Pending
from runtime.mqtt_words import Outcome


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


async def asked(pending: Pending, group: asyncio.TaskGroup, mid: int) -> asyncio.Task[Outcome]:
    task = group.create_task(pending.answer(mid, 500, is_answered=True))
    await asyncio.sleep(0)
    return task


async def test_an_answer_reaches_who_waits_and_tells_of_the_link() -> None:
    clock = Clock()
    pending = Pending(clock)
    async with asyncio.TaskGroup() as group:
        task = await asked(pending, group, 7)
        assert pending.rate.under_way == 500
        clock.now_s += 0.5
        pending.answered(8, Outcome.QUOTA)
        pending.answered(7, Outcome.ACCEPTED)
        pending.answered(7, Outcome.QUOTA)
    assert task.result() is Outcome.ACCEPTED
    assert (pending.rate.under_way, pending.rate.per_second) == (0, 1_000.0)


async def test_what_is_lost_tells_nothing_of_the_link() -> None:
    pending = Pending(Clock())
    async with asyncio.TaskGroup() as group:
        tasks = [await asked(pending, group, mid) for mid in (1, 2)]
        pending.lose()
    assert [task.result() for task in tasks] == [Outcome.LOST] * 2
    assert (pending.rate.under_way, pending.rate.per_second) == (0, None)


async def test_how_long_the_oldest_waits() -> None:
    clock = Clock()
    pending = Pending(clock)
    assert pending.waited_s() == 0.0
    async with asyncio.TaskGroup() as group:
        for mid in (1, 2):
            await asked(pending, group, mid)
            clock.now_s += 3.0
        assert pending.waited_s() == 6.0
        pending.answered(1, Outcome.ACCEPTED)
        await asyncio.sleep(0)
        assert pending.waited_s() == 3.0
        pending.begin_anew()
        assert pending.waited_s() == 0.0
        pending.lose()


async def test_a_cancelled_publish_is_forgotten() -> None:
    pending = Pending(Clock())
    async with asyncio.TaskGroup() as group:
        task = await asked(pending, group, 1)
        task.cancel()
    assert (pending.waited_s(), pending.rate.under_way) == (0.0, 0)
