"""An alarm on its way to the disk and the wire goes before the questions of all lines, briefly."""

import asyncio

MOST_S = 0.002
"""So long a line waits for an alarm: nothing beside its exchanges, and enough for a quick disk."""


class RightOfWay:
    """One for each agent: who asks devices shares the processor with who saves an alarm."""

    def __init__(self) -> None:
        self._claims = 0
        self._is_overdue = False
        self._free = asyncio.Event()

    def claim(self) -> None:
        """An alarm is on its way, until `release`."""
        self._claims += 1
        self._free.clear()

    def release(self) -> None:
        self._claims -= 1
        if not self._claims:
            self._is_overdue = False
            self._free.set()

    @property
    def is_claimed(self) -> bool:
        """Whether an alarm is on its way; a slow disk makes a line wait once, and no longer."""
        return self._claims > 0 and not self._is_overdue

    async def given(self) -> None:
        """Return when no alarm is on its way."""
        if not self.is_claimed:
            return
        try:
            async with asyncio.timeout(MOST_S):
                await self._free.wait()
        except TimeoutError:
            self._is_overdue = self._claims > 0
