"""Tells once a minute how good the links are and how the gateway itself is, as readings."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from edge_agent.exchange import Sample
from edge_agent.gateway_readings import GatewayBook
from edge_agent.health import AgentHealth
from edge_agent.link_readings import LinkBook
from wire.reading import ITSELF

EVERY_S = 60.0


class Intake(Protocol):
    """Where samples go."""

    async def take(self, device: str, samples: Sequence[Sample]) -> None: ...


class SelfReport:
    """`health`: everything at this instant; it may raise sqlite3.Error while the disk refuses."""

    def __init__(
        self, health: Callable[[], Awaitable[AgentHealth]], intake: Intake, every_s: float = EVERY_S
    ) -> None:
        self._health = health
        self._intake = intake
        self._every_s = every_s
        self._links = LinkBook()
        self._gateway = GatewayBook()

    async def run(self) -> None:
        """Until cancelled; what can not be had this minute is told the next."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                health = await self._health()
            except sqlite3.OperationalError:
                continue  # the buffer itself says so, each second
            await self.tell(health)

    async def tell(self, health: AgentHealth) -> None:
        """Hand over what is to be reported of this instant."""
        await self._give(ITSELF, self._gateway.samples(health))
        for device in health.devices:
            await self._give(device.device, self._links.samples(device, health.now_us))

    async def _give(self, device: str, samples: list[Sample]) -> None:
        if samples:
            await self._intake.take(device, samples)
