"""One at a time, in order, those in a hurry first; whoever is cancelled holds nobody up."""

import asyncio

import pytest

from runtime.turns import Turns


async def test_one_at_a_time_in_order_and_the_hurried_first() -> None:
    turns, order, at_work = Turns(), list[str](), list[int]()

    async def work(name: str, *, hurry: bool = False) -> None:
        async with turns.turn(hurry=hurry):
            at_work.append(1)
            assert len(at_work) == 1
            await asyncio.sleep(0)
            order.append(name)
            at_work.pop()

    async with asyncio.TaskGroup() as group:
        for name in ("a", "b", "c"):
            group.create_task(work(name))
        for name in ("A", "B"):
            group.create_task(work(name, hurry=True))
    assert order == ["a", "A", "B", "b", "c"]


async def test_whoever_is_cancelled_holds_nobody_up() -> None:
    turns, order = Turns(), list[str]()
    release = asyncio.Event()

    async def work(name: str) -> None:
        async with turns.turn():
            if name == "first":
                await release.wait()
            order.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(work("first"))
        await asyncio.sleep(0)
        waits, gets = group.create_task(work("waits")), group.create_task(work("gets"))
        group.create_task(work("last"))
        await asyncio.sleep(0)
        waits.cancel()
        release.set()
        await asyncio.sleep(0)
        gets.cancel()  # when it may be its turn already
    assert order[0] == "first"
    assert order[-1] == "last"
    assert "waits" not in order


async def test_an_error_passes_the_turn_on() -> None:
    turns = Turns()

    async def fail() -> None:
        async with turns.turn():
            raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011 - our own, three lines above
            await fail()
    async with asyncio.timeout(1), turns.turn():
        pass
