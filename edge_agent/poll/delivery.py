"""Carries samples to the buffer while the line goes on: in order, bounded, all before the end."""

import asyncio
from collections import deque

from edge_agent.exchange import Sample
from edge_agent.poll.device import Intake

_WAITING_MAX = 256


class Delivery:
    """A disk that commits for a while must not let the wire stand idle.

    At most 256 answers wait; then `put` waits too, so nothing is dropped here.
    """

    def __init__(self, intake: Intake) -> None:
        """Take what is put to `intake` once `run` runs."""
        self._intake = intake
        self._waiting: deque[tuple[str, list[Sample]]] = deque(maxlen=_WAITING_MAX)
        self._changed = asyncio.Condition()
        self._closing = False

    async def put(self, device: str, samples: list[Sample]) -> None:
        """Hand over the samples of one answer; nothing to say costs nothing."""
        if not samples:
            return
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._waiting) < _WAITING_MAX)
            self._waiting.append((device, samples))
            self._changed.notify_all()

    async def close(self) -> None:
        """Let `run` end once everything is delivered."""
        async with self._changed:
            self._closing = True
            self._changed.notify_all()

    async def run(self) -> None:
        """Deliver until closed and empty."""
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: bool(self._waiting) or self._closing)
                if not self._waiting:
                    return
                device, samples = self._waiting.popleft()
                self._changed.notify_all()
            await self._intake.take(device, samples)
