"""Slots are taken at once while there are any, and then in the order of who waits."""

import asyncio

import pytest

from runtime.slots import Slots


async def test_what_is_free_is_taken_without_waiting() -> None:
    slots = Slots(2)
    assert [slots.take() for _ in range(3)] == [True, True, False]
    slots.give_back()
    assert slots.take()


async def test_who_waits_longest_is_first_and_nobody_slips_in() -> None:
    slots, order = Slots(1), list[str]()

    async def wait(name: str) -> None:
        await slots.wait()
        order.append(name)

    assert slots.take()
    async with asyncio.TaskGroup() as group:
        for name in ("first", "second"):
            group.create_task(wait(name))
            await asyncio.sleep(0)
        slots.give_back()
        assert not slots.take()
        await asyncio.sleep(0)
        assert order == ["first"]
        slots.give_back()
    assert order == ["first", "second"]


@pytest.mark.parametrize("was_called", [False, True])
async def test_who_gives_up_keeps_no_slot(was_called: bool) -> None:
    slots = Slots(1)
    assert slots.take()
    waiting = asyncio.ensure_future(slots.wait())
    await asyncio.sleep(0)
    if was_called:
        slots.give_back()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    if not was_called:
        slots.give_back()
    assert slots.take()
