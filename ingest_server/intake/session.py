"""What intake asks of an MQTT session; runtime.mqtt.Session is one."""

from collections.abc import Sequence
from typing import Protocol

from runtime.mqtt import Message, Outcome


class Session(Protocol):
    """Delivers in order; redelivers what was not acknowledged when its connection is lost."""

    @property
    def is_connected(self) -> bool: ...

    async def run(self) -> None:
        """Keep it connected until cancelled."""
        ...

    async def connected(self) -> int:
        """Wait until connected."""
        ...

    async def disconnected(self) -> None:
        """Wait until not connected."""
        ...

    async def receive(self) -> Message:
        """Wait for the next message."""
        ...

    def acknowledge(self, message: Message) -> None:
        """Let the broker forget it."""
        ...

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        properties: Sequence[tuple[str, str]] = (),
        content_type: str | None = None,
        utf8: bool = False,
        expiry_s: int | None = None,
    ) -> Outcome:
        """Publish once; QoS 0 completes when it is written."""
        ...
