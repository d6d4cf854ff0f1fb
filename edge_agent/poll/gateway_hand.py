"""Commands at the gateway itself: its health as one document."""

import sqlite3
from collections.abc import Awaitable, Callable

from edge_agent.diagnosis import diagnosis
from edge_agent.health import AgentHealth
from edge_agent.poll.hand import Done
from wire.bounds import RESULT_TEXT
from wire.command import Command, Outcome


class GatewayHand:
    """`health`: everything at one instant."""

    def __init__(self, health: Callable[[], Awaitable[AgentHealth]]) -> None:
        self._health = health

    async def carry_out(self, command: Command) -> Done:
        """What `edge-agent status --json` says, as far as it fits."""
        try:
            health = await self._health()
        except sqlite3.OperationalError as error:  # a start would ask the same disk again
            return Done(Outcome.FAILED, f"the buffer can not be read: {error}")
        return Done(Outcome.DONE, diagnosis(health, RESULT_TEXT, command.id))
