"""The API reads at most three things at once: the threads are the alarm path's too."""

import asyncio
import sqlite3
import threading

from tests.server_rig import ServerRig


async def test_at_most_three_readers(rig: ServerRig) -> None:
    together: list[int] = []
    inside = threading.Semaphore(0)
    count = [0]

    def work(_: sqlite3.Connection) -> None:
        count[0] += 1
        together.append(count[0])
        inside.acquire(timeout=0.02)
        count[0] -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(9):
            group.create_task(rig.office.read(rig.files.book, work))
    assert len(together) == 9
    assert max(together) <= 3
