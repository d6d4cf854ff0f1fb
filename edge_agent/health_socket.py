"""A Unix socket that gives one JSON document per connection."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

log = logging.getLogger(__name__)

_ANSWER_S = 2.0
_ASK_S = 3.0
_LARGEST = 16 * 1024 * 1024
_AT_ONCE = 8
_MODE = 0o660


@asynccontextmanager
async def served(path: Path, say: Callable[[], Awaitable[bytes]]) -> AsyncIterator[str]:
    """Answer every connection while the body runs.

    Gives why that is not possible, or "": an agent that can not be asked still keeps watch.
    """
    turns = asyncio.Semaphore(_AT_ONCE)

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with turns, asyncio.timeout(_ANSWER_S):
                writer.write(await say())
                await writer.drain()
        except (OSError, TimeoutError) as error:
            log.info("a health question was not answered: %s", error)
        finally:
            writer.close()

    try:
        bound = _bind(path)
    except OSError as error:
        yield f"no health socket at {path}: {error}"
        return
    server = await asyncio.start_unix_server(answer, sock=bound)
    try:
        yield ""
    finally:
        server.close()
        _remove(path)


def _bind(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(path)  # of an agent that was killed: the lock of the buffer keeps a second one off
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(str(path))
        path.chmod(_MODE)
    except OSError:
        bound.close()
        raise
    return bound


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def ask(path: Path) -> bytes:
    """What the agent behind the socket says; raise OSError when nobody answers."""
    said = bytearray()
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as asked:
        asked.settimeout(_ASK_S)
        asked.connect(str(path))
        while len(said) < _LARGEST:
            part = asked.recv(65_536)
            if not part:
                break
            said += part
    return bytes(said)
