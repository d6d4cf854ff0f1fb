"""Answers to commands on their way up: published until the broker takes them."""

import asyncio
import logging

from edge_agent.buffer.control import Control
from runtime.mqtt import Outcome, Session
from wire.envelope import JSON
from wire.topic import Up, up

log = logging.getLogger(__name__)

_AGAIN_S = 2.0
_NEVER = (Outcome.TOO_LARGE, Outcome.PAYLOAD_FORMAT)


class Answers:
    """What the broker has is not published again by itself; the same command makes it so (P2)."""

    def __init__(
        self, *, gateway: str, control: Control, session: Session, again_s: float = _AGAIN_S
    ) -> None:
        self._topic = up(gateway, Up.RESULT)
        self._control = control
        self._session = session
        self._again_s = again_s
        self._outcome = Outcome.ACCEPTED

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
                self._say(outcome)
                if outcome in _NEVER:  # it would hold up all behind it
                    is_short = not await self._control.cut(number)
                    log.warning("answer %d is %s", number, "kept here" if is_short else "cut short")
                elif outcome is Outcome.ACCEPTED:
                    await self._control.sent(number)
                else:
                    return False
        return True

    def _say(self, outcome: Outcome) -> None:
        """Once, not at each try."""
        if outcome not in (Outcome.ACCEPTED, self._outcome):
            log.warning("an answer to a command is not taken: %s", outcome)
        self._outcome = outcome
