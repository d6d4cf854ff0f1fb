"""What became of a desired configuration, told at each connection and when it changes."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from runtime.beat import Beat
from runtime.mqtt import Outcome, Session
from wire.command import Result, encode_command
from wire.envelope import JSON
from wire.topic import Up, up

log = logging.getLogger(__name__)

_AGAIN_S = 2.0


class ConfigAnswers:
    """Nothing of it is remembered: the desired message is retained, and so comes again too."""

    def __init__(
        self,
        *,
        gateway: str,
        session: Session,
        answers: Callable[[], Sequence[Result]],
        answered: asyncio.Event,
        again_s: float = _AGAIN_S,
    ) -> None:
        """`answered`: set when there is something to tell, and here at each connection."""
        self._beat = Beat()
        session.announce(answered)
        self._topic = up(gateway, Up.RESULT)
        self._session = session
        self._answers = answers
        self._answered = answered
        self._again_s = again_s

    async def run(self) -> None:
        """Publish until cancelled."""
        told = None
        while True:
            await self._session.connected()
            if told == self._session.connection and not self._answered.is_set():
                await self._beat.told(self._answered)
                continue
            connection = self._session.connection
            self._answered.clear()
            if await self._publish_all():
                told = connection
            else:
                told = None
                await asyncio.sleep(self._again_s)

    async def _publish_all(self) -> bool:
        for result in self._answers():
            payload = encode_command(result)
            outcome = await self._session.publish(
                self._topic, payload, content_type=JSON, utf8=True
            )
            if outcome is not Outcome.ACCEPTED:
                log.warning("what became of %s waits: %s", result.answers, outcome)
                return False
        return True
