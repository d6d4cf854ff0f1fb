"""Lets local actions hear what the buffer took, after it took it, without holding it up."""

from collections.abc import Callable, Sequence
from typing import Protocol

from edge_agent.exchange import Sample


class Intake(Protocol):
    """Where samples go."""

    async def take(self, device: str, samples: Sequence[Sample]) -> None: ...


class Tap:
    """An intake in front of another. `heard` must return at once."""

    def __init__(self, intake: Intake, heard: Callable[[str, Sequence[Sample]], None]) -> None:
        self._intake = intake
        self._heard = heard

    async def take(self, device: str, samples: Sequence[Sample]) -> None:
        """First committed, then heard: an alarm goes its own way before all else (P3)."""
        await self._intake.take(device, samples)
        self._heard(device, samples)
