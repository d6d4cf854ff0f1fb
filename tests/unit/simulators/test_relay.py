import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from simulators.relay import Relay
from tests.patience import PATIENCE_S, until

Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """The port of a server that says again whatever it hears."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4_096):
            writer.write(data)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def connected(relay: Relay) -> AsyncIterator[Talk]:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def said_again(talk: Talk, data: bytes) -> None:
    talk[1].write(data)
    async with asyncio.timeout(PATIENCE_S):
        assert await talk[0].readexactly(len(data)) == data


async def ends(talk: Talk) -> None:
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(ConnectionResetError):
            await talk[0].readexactly(1)


async def test_what_goes_through_is_the_same_and_is_noted(echo: int) -> None:
    class Noting(Relay):
        noted = b""

        def passed(self, data: bytes, heard: bytearray) -> None:
            heard += data
            self.noted += data

    async with Noting(echo) as relay, connected(relay) as talk:
        await said_again(talk, b"x" * 100_000)
        await until(lambda: len(relay.noted) == 200_000)


async def test_silent_nothing_goes_and_nothing_ends(echo: int) -> None:
    async with Relay(echo) as relay, connected(relay) as talk:
        await said_again(talk, b"before")
        relay.fall_silent()
        talk[1].write(b"held")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await talk[0].readexactly(1)
        relay.speak_again()
        async with asyncio.timeout(PATIENCE_S):
            assert await talk[0].readexactly(4) == b"held"


async def test_away_every_connection_is_reset_and_so_is_a_new_one(echo: int) -> None:
    async with Relay(echo) as relay:
        async with connected(relay) as talk:
            await said_again(talk, b"before")
            relay.go_away()
            await ends(talk)
        async with connected(relay) as talk:
            async with asyncio.timeout(PATIENCE_S):
                assert await ended(talk)
        relay.come_back()
        async with connected(relay) as talk:
            await said_again(talk, b"after")


async def ended(talk: Talk) -> bool:
    """By RST, or in order when nothing was under way."""
    try:
        return await talk[0].read(1) == b""
    except ConnectionResetError:
        return True


async def test_nobody_behind_it_ends_the_connection() -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as gone:
        port = gone.sockets[0].getsockname()[1]
        gone.close()
        async with Relay(port) as relay, connected(relay) as talk, asyncio.timeout(PATIENCE_S):
            assert await ended(talk)


def test_its_end_is_quiet_whatever_is_under_way(caplog: pytest.LogCaptureFixture) -> None:
    async def ends_in_the_midst() -> None:
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            async with Relay(deaf.getsockname()[1]) as relay:
                talks = [await asyncio.open_connection("127.0.0.1", relay.port) for _ in range(3)]
                relay.fall_silent()
                talks[0][1].write(b"held")
                await asyncio.sleep(0.02)  # some are connected by then, some may not be
            assert asyncio.all_tasks() == {asyncio.current_task()}
            for _, writer in talks:
                writer.transport.abort()

    with caplog.at_level(logging.WARNING, "asyncio"):
        asyncio.run(ends_in_the_midst())
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("keys", "least_s"), [({"back_s": 0.05}, 0.05), ({"up_per_second": 2_000}, 0.05)]
)
async def test_it_may_be_late_or_slow(echo: int, keys: dict[str, float], least_s: float) -> None:
    loop = asyncio.get_running_loop()
    async with Relay(echo, **keys) as relay, connected(relay) as talk:  # type: ignore[arg-type]  # parametrize knows no types
        began = loop.time()
        await said_again(talk, b"x" * 128)
        assert loop.time() - began >= least_s
