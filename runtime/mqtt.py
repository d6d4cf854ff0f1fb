"""An MQTT v5 session that reconnects for ever, with PUBACK reasons and manual acknowledgement."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from runtime.link_rate import LinkRate
from runtime.mqtt_link import Link
from runtime.mqtt_properties import publish_properties
from runtime.mqtt_publish import Publish, known
from runtime.mqtt_words import Farewell, Message, Options, Outcome, Will, back_off

__all__ = ["Farewell", "Message", "Options", "Outcome", "Session", "Will"]

log = logging.getLogger(__name__)

_STABLE_S = 10.0  # a connection that lived this long starts the back-off anew


class Session:
    """One client id at one broker, kept connected by `run` inside the program's TaskGroup.

    Use it from the event loop that runs it. The inbox is bounded: when `inbox_size` messages
    wait, the socket is not read until half of them are taken. Messages keep their order.
    """

    def __init__(
        self,
        options: Options,
        *,
        subscriptions: Sequence[str] = (),
        will: Callable[[int], Will] | None = None,
        inbox_size: int = 1000,
        farewell: Farewell = Farewell.WILL,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """`will` is asked before each attempt with the number this connection would have."""
        self.options = options
        self._subscriptions = tuple(subscriptions)
        self._will = will
        self._inbox_size = inbox_size
        self._farewell = farewell
        self._draw = draw
        self._inbox: deque[Message] = deque()  # bounded by hold()
        self._arrived = asyncio.Event()
        self._number = 0
        self._attempt: Link | None = None
        self._online = asyncio.Event()
        self._offline = asyncio.Event()
        self._offline.set()
        self._heralds: list[asyncio.Event] = []

    @property
    def connection(self) -> int:
        """Number of the latest attempt to connect, from 1; vain attempts count."""
        return self._number

    @property
    def is_connected(self) -> bool:
        """Whether the broker has answered CONNECT and SUBSCRIBE, and the link is not lost."""
        return self._link is not None

    @property
    def _link(self) -> Link | None:
        link = self._attempt
        return link if link and self._online.is_set() and not link.lost.done() else None

    @property
    def rate(self) -> LinkRate:
        """What is known of this connection's link; while there is none, nothing."""
        return LinkRate() if self._link is None else self._link.rate

    @property
    def is_resumed(self) -> bool:
        """Whether the broker still had our session, so that it lost nothing of ours."""
        return self._link is not None and self._link.is_resumed

    @property
    def slots(self) -> int:
        """How many publishes the broker takes before it answers one."""
        return 0 if self._link is None else self._link.slots

    async def run(self) -> None:
        """Keep the session connected until cancelled, then disconnect."""
        failures = 0
        while True:
            failures = 0 if await self._connect_once() else failures + 1
            delay_s = back_off(failures, self.options, self._draw)
            log.debug("%s: next attempt in %.1f s", self.options.client_id, delay_s)
            await asyncio.sleep(delay_s)

    async def _connect_once(self) -> bool:
        """One connection from its beginning to its loss; True if it lived for a while."""
        self._number += 1
        loop, name = asyncio.get_running_loop(), self.options.client_id
        link = self._attempt = Link(
            self.options,
            number=self._number,
            subscriptions=self._subscriptions,
            will=self._will(self._number) if self._will else None,
            deliver=self._deliver,
        )
        try:
            await link.open()
            began = loop.time()
            self._set_online(link)
            await asyncio.wait([link.lost])  # awaiting it directly, a cancel would cancel it
            log.warning("%s: connection %d: %s", name, self._number, link.lost.result())
            return loop.time() - began >= _STABLE_S
        except (OSError, ValueError) as error:
            where = f"{self.options.host}:{self.options.port}"
            log.warning("%s: can not connect to %s: %s", name, where, error)
            return False
        except asyncio.CancelledError:
            await link.leave(self._farewell)
            raise
        finally:
            self._set_offline(link)

    def _set_online(self, link: Link) -> None:
        log.info("%s: connected, connection %d", self.options.client_id, link.number)
        self._offline.clear()
        self._online.set()
        for herald in self._heralds:
            herald.set()

    def _set_offline(self, link: Link) -> None:
        self._attempt = None
        self._online.clear()
        self._offline.set()
        link.close()

    async def connected(self) -> int:
        """Wait until connected; the number of the connection."""
        while self._link is None:
            await self._online.wait()
            await asyncio.sleep(0)
        return self._number

    def announce(self, herald: asyncio.Event) -> None:
        """Set this event at each connection from now on."""
        self._heralds.append(herald)

    async def disconnected(self) -> None:
        """Wait until there is no connection."""
        await self._offline.wait()

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
        """What the broker's PUBACK says; LOST when there is, or was, no connection.

        Never resent by itself: the caller's table does that. Publishes leave in the order of the
        calls, at most as many at once as the broker allows. QoS 0 completes once it is written.
        Raise ValueError for a topic with wildcards.
        """
        return await self.send(
            topic,
            payload,
            qos=qos,
            retain=retain,
            properties=properties,
            content_type=content_type,
            utf8=utf8,
            expiry_s=expiry_s,
        )

    def send(
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
    ) -> Awaitable[Outcome]:
        """As `publish`; it is written when this returns, if broker and socket have room for it."""
        link = self._link
        if link is None:
            return known(Outcome.LOST)
        stated = publish_properties(
            properties, content_type=content_type, utf8=utf8, expiry_s=expiry_s
        )
        return link.send(Publish(topic, payload, qos, retain, stated))

    async def receive(self) -> Message:
        """The next message, also one that came before the connection was lost."""
        while not self._inbox:
            self._arrived.clear()
            await self._arrived.wait()
        message = self._inbox.popleft()
        if self._attempt is not None and len(self._inbox) <= self._inbox_size // 2:
            self._attempt.release()
        return message

    @property
    def waiting(self) -> int:
        """How many messages `receive` would give without waiting."""
        return len(self._inbox)

    def acknowledge(self, message: Message) -> None:
        """Send PUBACK. Nothing happens if its connection is gone: the broker redelivers."""
        link = self._attempt
        if message.qos and link is not None and link.number == message.connection:
            link.acknowledge(message.mid)

    def _deliver(self, message: Message) -> None:
        self._inbox.append(message)
        self._arrived.set()
        if len(self._inbox) >= self._inbox_size and self._attempt is not None:
            self._attempt.hold()
