"""A loop whose disk refuses goes on; one that breaks in another way does not."""

import asyncio
import sqlite3

import pytest

from edge_agent.persist import persist
from tests.patience import PATIENCE_S


class Loop:
    """Fails as told, then runs."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.runs = asyncio.Event()

    async def run(self) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.runs.set()
        await asyncio.Event().wait()


async def test_a_disk_that_refuses_is_told_and_tried_again() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    loop, told = Loop(full, ExceptionGroup("tasks", [ExceptionGroup("more", [full])])), list[str]()
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        task = group.create_task(persist(loop.run, told.append, 0))
        await loop.runs.wait()
        task.cancel()
    assert told == ["the buffer's disk refuses: database or disk is full"] * 2


async def test_a_file_that_broke_ends_it() -> None:
    loop = Loop(sqlite3.DatabaseError("database disk image is malformed"))
    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        await persist(loop.run, lambda _text: None, 0)
    assert not loop.runs.is_set()


async def test_one_that_is_done_is_not_run_again() -> None:
    runs = []

    async def work() -> None:
        runs.append(1)

    await persist(work, lambda _text: None, 0)
    assert runs == [1]
