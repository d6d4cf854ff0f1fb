"""One at a time, in the order of asking; those in a hurry before all others."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Of one event loop. Who is at work is never interrupted."""

    def __init__(self) -> None:
        self._is_taken = False
        self._waiting: dict[bool, deque[asyncio.Future[None]]] = {True: deque(), False: deque()}

    @asynccontextmanager
    async def turn(self, *, hurry: bool = False) -> AsyncIterator[None]:
        """Wait for one's turn, and have it until the block ends."""
        await self._get(hurry=hurry)
        try:
            yield
        finally:
            self._pass_on()

    async def _get(self, *, hurry: bool) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[hurry].append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._pass_on()  # it was ours already
            raise

    def _pass_on(self) -> None:
        for waiting in (self._waiting[True], self._waiting[False]):
            while waiting:
                one = waiting.popleft()
                if not one.done():
                    one.set_result(None)
                    return
        self._is_taken = False
