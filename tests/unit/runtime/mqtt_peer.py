"""Peers of an MQTT connection that are no broker."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from runtime.mqtt import Message, Options
from runtime.mqtt_link import Link
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
