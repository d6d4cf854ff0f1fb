"""Samples reach the buffer in order, bounded, and all of them before the end."""

import asyncio
from collections.abc import Sequence

import pytest

from edge_agent.exchange import Sample
from edge_agent.poll.delivery import Delivery


class SlowDisk:
    """Commits only while it is let."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.free = asyncio.Event()

    async def take(self, device: str, samples: Sequence[Sample]) -> None:
        await self.free.wait()
        assert samples
        self.taken.append(device)


SAMPLES = [Sample("smoke", value=True, mono_us=1)]


async def test_a_slow_disk_holds_up_nobody_until_much_is_waiting() -> None:
    disk = SlowDisk()
    delivery = Delivery(disk)
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        async with asyncio.timeout(1):
            for number in range(256):
                await delivery.put(str(number), SAMPLES)
        more = group.create_task(delivery.put("more", SAMPLES))
        one_more = group.create_task(delivery.put("one more", SAMPLES))
        await asyncio.sleep(0.01)
        assert (more.done(), one_more.done()) == (True, False)
        disk.free.set()
        await one_more
        await delivery.close()
    assert disk.taken == [*map(str, range(256)), "more", "one more"]


async def test_nothing_to_say_costs_nothing() -> None:
    disk = SlowDisk()
    disk.free.set()
    delivery = Delivery(disk)
    await delivery.put("one", [])
    await delivery.close()
    await delivery.run()
    assert disk.taken == []


async def test_cancelling_ends_it() -> None:
    delivery = Delivery(SlowDisk())
    await delivery.put("one", SAMPLES)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await delivery.run()
