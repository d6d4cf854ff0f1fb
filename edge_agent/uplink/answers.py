"""Answers to commands on their way up: published until the broker takes them."""

import asyncio
import logging

from edge_agent.buffer.control import Control
from runtime.mqtt import Outcome, Session
from wire.envelope import JSON
from wire.topic import Up, up

log = logging.getLogger(__name__)

_AGAIN_S = 2.0


class Answers:
    """What the broker has is not published again by itself; the same command makes it so (P2)."""

    def __init__(
        self, *, gateway: str, control: Control, session: Session, again_s: float = _AGAIN_S
    ) -> None:
        self._topic = up(gateway, Up.RESULT)
        self._control = control
        self._session = session
        self._again_s = again_s

    async def run(self) -> None:
        """Publish until cancelled. Raise sqlite3.Error."""
        while True:
            await self._session.connected()
            self._control.answered.clear()
            if await self._publish_all():
                await self._control.answered.wait()
            else:
                await asyncio.sleep(self._again_s)

    async def _publish_all(self) -> bool:
        """Whether nothing is left."""
        while unsent := await self._control.unsent():
            for number, payload in unsent:
                outcome = await self._session.publish(
                    self._topic, payload, content_type=JSON, utf8=True
                )
                if outcome is not Outcome.ACCEPTED:
                    log.warning("an answer to a command waits: %s", outcome)
                    return False
                await self._control.sent(number)
        return True
