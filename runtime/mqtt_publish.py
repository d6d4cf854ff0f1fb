"""Publishes on one connection: written at once if they may be, each with the answer it gets."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from runtime.lazy_import import lazily
from runtime.mqtt_pending import Pending
from runtime.mqtt_properties import Stated
from runtime.mqtt_words import Outcome
from runtime.slots import Slots
from runtime.topic_alias import Aliases

with lazily("urllib.request"):
    from paho.mqtt.client import MQTT_ERR_SUCCESS, Client

_HEADER_BYTES = 12  # the most that PUBLISH adds to topic, properties and payload


class Publish(msgspec.Struct, frozen=True):
    """What is published, with its properties."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    stated: Stated

    @property
    def size(self) -> int:
        """So many bytes on the link, at the most."""
        return len(self.topic.encode()) + len(self.stated.body) + len(self.payload) + _HEADER_BYTES

    def as_number(self, topic: str, number: int) -> "Publish":
        """The same with its topic's number, beside the topic or instead of it."""
        return Publish(topic, self.payload, self.qos, self.retain, self.stated.with_alias(number))


class Publishing:
    """At most as many under way as the broker takes; the rest waits in the order of the calls.

    `write_on` is called after paho was asked to write. `is_lost`: whether the link is.
    """

    def __init__(
        self,
        client: Client,
        pending: Pending,
        most: int,
        *,
        write_on: Callable[[], None],
        is_lost: Callable[[], bool],
    ) -> None:
        self._client = client
        self._pending = pending
        self._write_on = write_on
        self._is_lost = is_lost
        self.broker_takes(most)

    def broker_takes(self, most: int, *, aliases: int = 0, largest: int | None = None) -> None:
        """So many publishes at once, so many topic aliases, and so many bytes in each."""
        self.slots = most
        self._free = Slots(most)
        self._aliases = Aliases(aliases)
        self._largest = largest

    def send(self, one: Publish) -> Awaitable[Outcome]:
        """It is written when this returns, if broker and socket have room for it.

        Await the PUBACK's outcome (QoS 0: ACCEPTED once it is written), or LOST with the link.
        """
        if self._largest is not None and one.size > self._largest:
            return known(Outcome.TOO_LARGE)
        return self._in_slot(one) if self._free.take() else self._later(one)

    async def _later(self, one: Publish) -> Outcome:
        await self._free.wait()
        return await self._in_slot(one)

    def _in_slot(self, one: Publish) -> "asyncio.Future[Outcome]":
        """The slot is given back with the answer."""
        answer = known(Outcome.LOST) if self._is_lost() else self._written(one)
        answer.add_done_callback(lambda _: self._free.give_back())
        return answer

    def _written(self, one: Publish) -> "asyncio.Future[Outcome]":
        topic, number = self._aliases.of(one.topic)
        said = one if number is None else one.as_number(topic, number)
        packed: Any = said.stated  # paho only asks it to pack
        info = self._client.publish(said.topic, said.payload, said.qos, said.retain, packed)
        self._write_on()
        if info.rc != MQTT_ERR_SUCCESS:
            return known(Outcome.LOST)
        self._aliases.said(topic, number)
        if not said.qos and info.is_published():
            return known(Outcome.ACCEPTED)
        return self._pending.ask(info.mid, said.size, is_answered=said.qos > 0)


def known(outcome: Outcome) -> "asyncio.Future[Outcome]":
    """What is not to be waited for."""
    answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    answer.set_result(outcome)
    return answer
