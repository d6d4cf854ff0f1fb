"""At the end: what is committed has a moment to leave; what does not stays in the buffer."""

import asyncio
import logging
import sqlite3
from typing import Protocol

from edge_agent.buffer.control import Control
from edge_agent.uplink.publisher import Publisher

SEND_OFF_S = 2.0
_STEP_S = 0.02

log = logging.getLogger(__name__)


class Session(Protocol):
    """A connection to the broker; runtime.mqtt.Session is one."""

    @property
    def is_connected(self) -> bool: ...


async def send_off(
    session: Session, control: Control, publisher: Publisher, seconds: float = SEND_OFF_S
) -> None:
    """Return once nothing is unsent, the connection is gone, or time is up."""
    try:
        async with asyncio.timeout(seconds):
            while session.is_connected and await _has_unsent(control, publisher):  # noqa: ASYNC110 - bounded
                await asyncio.sleep(_STEP_S)
    except TimeoutError:
        log.info("stopped before everything was sent: it stays in the buffer")
    except sqlite3.Error as error:
        log.warning("the buffer can not be read at the end: %s", error)


async def _has_unsent(control: Control, publisher: Publisher) -> bool:
    if await control.unsent(1):
        return True
    return any(sender.has_unsent for sender in publisher.senders.values())
