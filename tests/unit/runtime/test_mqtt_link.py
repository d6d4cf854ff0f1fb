"""One connection against peers that misbehave."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from runtime.mqtt import Message, Options, Outcome
from runtime.mqtt_link import Link
from runtime.mqtt_properties import publish_properties
from runtime.mqtt_publish import Publish
from tests.patience import PATIENCE_S

Port = AsyncIterator[int]
CONNACK = bytes([0x20, 3, 0, 0, 0])


def link_to(port: int, deliver: Callable[[Message], None] = lambda _: None) -> Link:
    options = Options(host="127.0.0.1", port=port, client_id="x", tls=False, keepalive_s=1)
    return Link(options, number=1, subscriptions=(), will=None, deliver=deliver)


@contextlib.asynccontextmanager
async def peer(answer: bytes, heard: bytearray | None = None, *, close: bool = False) -> Port:
    """A peer that answers the first packet with `answer`, then listens or closes."""
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read(1024)
            writer.write(answer)
            await writer.drain()
            while not close and (data := await reader.read(1024)):
                (bytearray() if heard is None else heard).extend(data)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        async with asyncio.timeout(PATIENCE_S):
            await ended.wait()


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


async def test_publish_honours_the_brokers_receive_maximum() -> None:
    received = bytearray()
    at_most_2 = bytes([0x20, 6, 0, 0, 3, 0x21, 0, 2])
    async with peer(at_most_2, received) as port:
        link = link_to(port)
        await link.open()
        stated = publish_properties((), content_type=None, utf8=False, expiry_s=None)
        one = Publish("t", b"@@", 1, False, stated)
        sent = [asyncio.ensure_future(link.send(one)) for _ in range(5)]
        async with asyncio.timeout(PATIENCE_S):
            while received.count(b"@@") < 2:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert received.count(b"@@") == 2
        link.close()
        assert await asyncio.gather(*sent) == [Outcome.LOST] * 5


async def test_a_topic_leaves_once_and_then_as_a_number() -> None:
    received = bytearray()
    ten_aliases = bytes([0x20, 6, 0, 0, 3, 0x22, 0, 10])
    async with peer(ten_aliases, received) as port:
        link = link_to(port)
        await link.open()
        stated = publish_properties((), content_type=None, utf8=False, expiry_s=None)
        sent = [link.send(Publish("t/long", b"@@", 1, False, stated)) for _ in range(3)]
        async with asyncio.timeout(PATIENCE_S):
            while received.count(b"@@") < 3:
                await asyncio.sleep(0.01)
        link.close()
        assert await asyncio.gather(*sent) == [Outcome.LOST] * 3
    assert received.count(b"t/long") == 1
    assert received.count(b"\x03\x23\x00\x01@@") == 3


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


async def test_what_is_sent_is_on_its_way_at_once() -> None:
    """Nobody has awaited it, and the loop has not turned: an alarm waits for neither."""
    received = bytearray()
    async with peer(CONNACK, received) as port:
        link = link_to(port)
        await link.open()
        stated = publish_properties((), content_type=None, utf8=False, expiry_s=None)
        answers = [link.send(Publish("t", b"@@", qos, False, stated)) for qos in (0, 1)]
        sock = link._client.socket()
        assert not link._client.want_write()
        assert sock is not None
        assert await answers[0] is Outcome.ACCEPTED
        async with asyncio.timeout(PATIENCE_S):
            while received.count(b"@@") < 2:
                await asyncio.sleep(0.01)
        link.close()
        assert await answers[1] is Outcome.LOST


async def test_what_the_socket_does_not_take_leaves_when_it_does() -> None:
    """A peer that does not read for a while: nothing is lost, and order is kept."""
    received, reads = bytearray(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(CONNACK)
        await reads.wait()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                received.extend(data)
        writer.close()

    payloads = [bytes([65 + n]) * 400_000 for n in range(20)]
    stated = publish_properties((), content_type=None, utf8=False, expiry_s=None)
    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        link = link_to(server.sockets[0].getsockname()[1])
        await link.open()
        answers = [link.send(Publish("t", one, 1, False, stated)) for one in payloads]
        assert link._client.want_write()
        reads.set()
        async with asyncio.timeout(PATIENCE_S):
            while len(received) < 20 * 400_000:
                await asyncio.sleep(0.01)
        link.close()
        assert await asyncio.gather(*answers) == [Outcome.LOST] * 20
    at = [received.index(one) for one in payloads]
    assert at == sorted(at)
