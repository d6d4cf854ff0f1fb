"""A TCP port on this very machine that gives Prometheus its figures, where one is wanted."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

_QUESTION_S = 2.0
_ANSWER_S = 5.0
_HEAD_BYTES = 8 * 1024
_AT_ONCE = 4

log = logging.getLogger(__name__)


@asynccontextmanager
async def figure_port(
    place: tuple[str, int] | None, answer: Callable[[bytes], Awaitable[bytes]]
) -> AsyncIterator[str]:
    """Answer every connection while the body runs; with None nothing is opened.

    Gives why that is not possible, or "".
    """
    if place is None:
        yield ""
        return
    turns = asyncio.Semaphore(_AT_ONCE)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with turns:
                async with asyncio.timeout(_QUESTION_S):
                    line = await _head(reader)
                async with asyncio.timeout(_ANSWER_S):
                    writer.write(await answer(line))
                    await writer.drain()
        except (OSError, TimeoutError, ValueError) as error:  # ValueError: a line without an end
            log.info("figures were not given: %s", error)
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(serve, *place, limit=_HEAD_BYTES)
    except OSError as error:
        yield f"no figures at {place[0]}:{place[1]}: {error}"
        return
    try:
        yield ""
    finally:
        server.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The first line; the rest is read so that closing does not reset the connection."""
    first = await reader.readline()
    for _ in range(100):
        if not (await reader.readline()).strip():
            break
    return first
