"""An MQTT session without a broker, for intake: what is put in is delivered, the rest is noted."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from runtime.mqtt import Message, Outcome


@dataclass(frozen=True, slots=True)
class Published:
    topic: str
    payload: bytes
    qos: int
    has_properties: bool


class QuietSession:
    """Satisfies ingest_server.intake.session.Session."""

    def __init__(self) -> None:
        self._inbox: deque[Message] = deque()
        self._arrived = asyncio.Event()
        self._online = asyncio.Event()
        self._offline = asyncio.Event()
        self._offline.set()
        self.acknowledged: list[int] = []
        self.published: list[Published] = []

    @property
    def is_connected(self) -> bool:
        return self._online.is_set()

    @property
    def waiting(self) -> int:
        return len(self._inbox)

    def put(self, *messages: Message) -> None:
        self._inbox.extend(messages)
        self._arrived.set()

    def connect(self) -> None:
        self._offline.clear()
        self._online.set()

    def lose(self) -> None:
        self._online.clear()
        self._offline.set()

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def connected(self) -> int:
        await self._online.wait()
        return 1

    async def disconnected(self) -> None:
        await self._offline.wait()

    async def receive(self) -> Message:
        while not self._inbox:
            self._arrived.clear()
            await self._arrived.wait()
        return self._inbox.popleft()

    def acknowledge(self, message: Message) -> None:
        self.acknowledged.append(message.mid)

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,  # noqa: ARG002 - of the protocol
        properties: Sequence[tuple[str, str]] = (),
        content_type: str | None = None,
        utf8: bool = False,
        expiry_s: int | None = None,
    ) -> Outcome:
        has_properties = bool(properties or content_type or utf8 or expiry_s)
        self.published.append(Published(topic, payload, qos, has_properties))
        return Outcome.ACCEPTED
