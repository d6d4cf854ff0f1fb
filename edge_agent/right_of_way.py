"""An alarm on its way to the disk and the wire goes before the questions of all lines, briefly."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

MOST_S = 0.002
"""So long a line waits for an alarm: nothing beside its exchanges, and enough for a quick disk."""


class RightOfWay:
    """One for each agent: who asks devices shares the processor with who saves an alarm."""

    def __init__(self) -> None:
        self._claims = 0
        self._is_overdue = False
        self._free = asyncio.Event()

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """While an alarm is on its way."""
        self._claims += 1
        self._free.clear()
        try:
            yield
        finally:
            self._claims -= 1
            if not self._claims:
                self._is_overdue = False
                self._free.set()

    async def given(self) -> None:
        """Return when no alarm is on its way; a slow disk makes a line wait once, and no longer."""
        if not self._claims or self._is_overdue:
            return
        try:
            async with asyncio.timeout(MOST_S):
                await self._free.wait()
        except TimeoutError:
            self._is_overdue = self._claims > 0


async def never() -> None:
    """Nobody shares anything."""
