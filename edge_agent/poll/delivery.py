"""Carries samples to the buffer while the line goes on: in order, bounded, all before the end."""

import asyncio
from collections import deque
from functools import partial

from edge_agent.exchange import Rest, Sample
from edge_agent.poll.device import Intake

_WAITING_MAX = 256
_BESIDE = 512  # more than what a line has to say after one look: a round, and each that is silent


class Delivery:
    """A disk that commits for a while must not let the wire stand idle.

    Most answers join their group at once, and nobody has to wake for them. What is to be committed
    now, and all that comes behind it, waits. While 256 answers do, whoever asks devices waits for
    `room`, so nothing is dropped here.
    """

    def __init__(self, intake: Intake) -> None:
        """Take what is put to `intake` once `run` runs."""
        self._intake = intake
        self._waiting: deque[Rest] = deque(maxlen=_WAITING_MAX + _BESIDE)
        self._came, self._went = asyncio.Event(), asyncio.Event()
        self._closing = False
        self._is_idle = False

    @property
    def is_waiting(self) -> bool:
        """Whether the buffer has not seen all yet."""
        return bool(self._waiting)

    async def room(self) -> None:
        """Wait while too much waits."""
        while len(self._waiting) >= _WAITING_MAX:
            self._went.clear()
            await self._went.wait()

    def put(self, device: str, samples: list[Sample]) -> None:
        """Hand over the samples of one answer; nothing to say costs nothing."""
        if not samples:
            return
        if self._is_idle:
            rest = self._intake.accept(device, samples)
            if rest is None:
                return
        else:
            rest = partial(self._take, device, samples)
        self._waiting.append(rest)
        self._is_idle = False
        self._came.set()

    async def _take(self, device: str, samples: list[Sample]) -> None:
        rest = self._intake.accept(device, samples)
        if rest is not None:
            await rest()

    async def close(self) -> None:
        """Let `run` end once everything is delivered."""
        self._closing = True
        self._came.set()

    async def run(self) -> None:
        """Deliver until closed and empty."""
        while self._waiting or not self._closing:
            if not self._waiting:
                self._is_idle = True
                self._came.clear()
                await self._came.wait()
                continue
            self._is_idle = False
            rest = self._waiting.popleft()
            self._went.set()
            await rest()
