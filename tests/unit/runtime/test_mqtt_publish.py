"""What leaves at once, what waits for room, and how a topic becomes a number."""

import asyncio
import contextlib

from runtime.mqtt import Outcome
from runtime.mqtt_properties import publish_properties
from runtime.mqtt_publish import Publish
from tests.patience import PATIENCE_S
from tests.unit.runtime.mqtt_peer import CONNACK, link_to, peer


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
