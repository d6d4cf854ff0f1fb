"""One connection against peers that misbehave."""

import asyncio

import pytest

from runtime.mqtt import Message, Options, Outcome
from runtime.mqtt_link import Link
from runtime.mqtt_properties import publish_properties
from runtime.mqtt_publish import Publish
from tests.patience import PATIENCE_S
from tests.unit.runtime.mqtt_peer import CONNACK, link_to, peer


async def test_nobody_listens(port: int) -> None:
    link = link_to(port)
    with pytest.raises(ConnectionRefusedError):
        await link.open()
    link.close()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"", "lost"),
        (bytes([0x20, 3, 0, 0x87, 0]), "Not authorized"),
        (bytes([0x20, 3, 0, 0x89, 0]), "Server busy"),
        (bytes([0x20, 1, 0]), "lost"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "lost"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff", "lost"),
    ],
)
async def test_a_peer_that_refuses_or_is_no_broker(answer: bytes, says: str) -> None:
    async with peer(answer, close=True) as port:
        link = link_to(port)
        with pytest.raises(ConnectionError, match=says):
            await link.open()
        link.close()


async def test_a_mute_peer_is_given_up() -> None:
    async with peer(b"") as port:
        link = link_to(port)
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(ConnectionError, match="Keep alive"):
                await link.open()
        link.close()


async def test_a_disconnect_by_the_broker_says_why() -> None:
    async with peer(CONNACK + bytes([0xE0, 1, 0x8E]), close=True) as port:
        link = link_to(port)
        with pytest.raises(ConnectionError, match="broker disconnected us: Session taken over"):
            await link.open()
        link.close()


async def test_a_topic_that_is_not_utf8_is_dropped() -> None:
    bad = bytes([0x30, 5, 0, 1, 0xFF, 0, 0x41])
    good = bytes([0x30, 5, 0, 1, 0x74, 0, 0x42])
    got: list[Message] = []
    async with peer(CONNACK + bad + good) as port:
        link = link_to(port, got.append)
        await link.open()
        async with asyncio.timeout(PATIENCE_S):
            while not got:
                await asyncio.sleep(0.01)
        link.close()
    assert [message.payload for message in got] == [b"B"]


async def test_a_broker_that_answers_no_publish_is_left() -> None:
    """It may still answer pings: without an end here, who awaits the answer would hang for ever."""
    async with peer(CONNACK) as port:
        options = Options(host="127.0.0.1", port=port, client_id="x", tls=False, keepalive_s=60)
        link = Link(
            options, number=1, subscriptions=(), will=None, deliver=lambda _: None, answer_s=0.05
        )
        await link.open()
        stated = publish_properties((), content_type=None, utf8=False, expiry_s=None)
        async with asyncio.timeout(PATIENCE_S):
            outcome = await link.send(Publish("t", b"x", 1, False, stated))
        assert outcome is Outcome.LOST
        assert "no PUBACK" in await link.lost
        link.close()
