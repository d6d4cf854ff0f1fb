"""A port of this machine for a scraper: real HTTP clients, a port that is taken, none wanted."""

import asyncio
import urllib.request
from contextlib import AsyncExitStack

from edge_agent.figure_port import figure_port
from simulators.broker import free_port
from tests.patience import PATIENCE_S


async def answer(line: bytes) -> bytes:
    assert line == b"GET /metrics HTTP/1.1\r\n"
    return b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nx 1\n"


def scrape(port: int) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S) as said:
        body: bytes = said.read()
    return body


async def test_a_scraper_gets_its_figures() -> None:
    port = free_port()
    async with figure_port(("127.0.0.1", port), answer) as problem:
        assert problem == ""
        assert await asyncio.to_thread(scrape, port) == b"x 1\n"


async def test_a_port_that_is_taken_is_told() -> None:
    port = free_port()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(figure_port(("127.0.0.1", port), answer))
        second = await stack.enter_async_context(figure_port(("127.0.0.1", port), answer))
        assert f"no figures at 127.0.0.1:{port}" in second


async def test_none_is_opened_unless_it_is_wanted() -> None:
    async with figure_port(None, answer) as problem:
        assert problem == ""
