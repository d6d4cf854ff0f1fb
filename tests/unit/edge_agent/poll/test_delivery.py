"""Samples reach the buffer in order, bounded, and all of them before the end."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from edge_agent.exchange import Rest, Sample
from edge_agent.poll.delivery import Delivery


class SlowDisk:
    """Commits only while it is let; what is named calm waits for company."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.free = asyncio.Event()

    def accept(self, device: str, samples: Sequence[Sample]) -> Rest | None:
        assert samples
        if device.startswith("calm"):
            self.taken.append(device)
            return None
        return partial(self.commit, device)

    async def commit(self, device: str) -> None:
        await self.free.wait()
        self.taken.append(device)


SAMPLES = [Sample("smoke", value=True, mono_us=1)]


async def test_a_slow_disk_holds_up_nobody_until_much_is_waiting() -> None:
    disk = SlowDisk()
    delivery = Delivery(disk)
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        async with asyncio.timeout(1):
            for number in range(257):
                await delivery.room()
                delivery.put(str(number), SAMPLES)
                await asyncio.sleep(0)
        room = group.create_task(delivery.room())
        await asyncio.sleep(0.01)
        assert not room.done()
        delivery.put("a round's next", SAMPLES)
        disk.free.set()
        await room
        await delivery.close()
    assert disk.taken == [*map(str, range(257)), "a round's next"]


async def test_what_waits_for_company_is_taken_at_once_unless_others_are_before_it() -> None:
    disk = SlowDisk()
    delivery = Delivery(disk)
    delivery.put("calm-1", SAMPLES)
    assert disk.taken == []
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        await asyncio.sleep(0)
        delivery.put("calm-2", SAMPLES)
        assert (disk.taken, delivery.is_waiting) == (["calm-1", "calm-2"], False)
        delivery.put("alarm", SAMPLES)
        assert (disk.taken, delivery.is_waiting) == (["calm-1", "calm-2"], True)
        delivery.put("calm-3", SAMPLES)
        await asyncio.sleep(0)
        delivery.put("calm-4", SAMPLES)
        assert disk.taken == ["calm-1", "calm-2"]
        disk.free.set()
        await delivery.close()
    assert disk.taken == ["calm-1", "calm-2", "alarm", "calm-3", "calm-4"]


async def test_nothing_to_say_costs_nothing() -> None:
    disk = SlowDisk()
    disk.free.set()
    delivery = Delivery(disk)
    delivery.put("one", [])
    await delivery.close()
    await delivery.run()
    assert disk.taken == []


async def test_cancelling_ends_it() -> None:
    delivery = Delivery(SlowDisk())
    delivery.put("one", SAMPLES)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await delivery.run()
