"""Lets local actions hear what the buffer took, after it took it, without holding it up."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from edge_agent.exchange import Rest, Sample


class Intake(Protocol):
    """Where samples go: see edge_agent.poll.device.Intake."""

    def accept(self, device: str, samples: Sequence[Sample]) -> Rest | None: ...


class Tap:
    """An intake in front of another. `heard` must return at once."""

    def __init__(self, intake: Intake, heard: Callable[[str, Sequence[Sample]], None]) -> None:
        self._intake = intake
        self._heard = heard

    def accept(self, device: str, samples: Sequence[Sample]) -> Rest | None:
        """First committed, then heard: an alarm goes its own way before all else (P3)."""
        rest = self._intake.accept(device, samples)
        if rest is None:
            self._heard(device, samples)
            return None
        return partial(self._commit, rest, device, samples)

    async def _commit(self, rest: Rest, device: str, samples: Sequence[Sample]) -> None:
        await rest()
        self._heard(device, samples)
