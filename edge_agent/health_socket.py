"""A Unix socket that gives the health as JSON, or the answer to an order that it is sent."""

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

log = logging.getLogger(__name__)

_ANSWER_S = 2.0
_ASK_S = 3.0
_LARGEST = 16 * 1024 * 1024
_AT_ONCE = 8
_MODE = 0o660
_ORDER_WAIT_S = 0.2
_ORDER_S = 120.0
_ORDER_BYTES = 16 * 1024
_PEER = struct.Struct("3i")  # of the kernel: process, user, group

NOBODY = (FileNotFoundError, ConnectionRefusedError)
"""What `ask` raises when no agent runs; every other OSError may come of one that does."""

Orders = Callable[[bytes], Awaitable[bytes]]
"""What carries out an order: one JSON document in, one out."""


async def _none(_order: bytes) -> bytes:
    return b""


@asynccontextmanager
async def served(
    path: Path, say: Callable[[], Awaitable[bytes]], carry_out: Orders = _none
) -> AsyncIterator[str]:
    """Answer every connection while the body runs: one that sends nothing gets the health.

    Gives why that is not possible, or "": an agent that can not be asked still keeps watch.
    """
    turns = asyncio.Semaphore(_AT_ONCE)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            order = await _order(reader)
            if order:
                if order.lstrip().startswith(b"{"):  # not a mere question
                    said = order.decode(errors="backslashreplace").strip()
                    log.info("%s orders: %.300s", _who(writer), said)
                async with asyncio.timeout(_ORDER_S):
                    writer.write(await carry_out(order))
            else:
                async with turns, asyncio.timeout(_ANSWER_S):
                    writer.write(await say())
            async with asyncio.timeout(_ANSWER_S):
                await writer.drain()
        except (OSError, TimeoutError, ValueError) as error:  # ValueError: a line without an end
            log.info("a question was not answered: %s", error)
        finally:
            writer.close()

    try:
        bound = _bind(path)
    except OSError as error:
        yield f"no health socket at {path}: {error}"
        return
    server = await asyncio.start_unix_server(answer, sock=bound, limit=_ORDER_BYTES)
    try:
        yield ""
    finally:
        server.close()
        _remove(path)


def _who(writer: asyncio.StreamWriter) -> str:
    """Whoever may write to the socket may give orders: the log says who did."""
    asked: socket.socket = writer.get_extra_info("socket")
    said = asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    pid, uid, _ = _PEER.unpack(said)
    return f"user {uid} (process {pid})"


async def _order(reader: asyncio.StreamReader) -> bytes:
    """One line; b"" from whoever only listens, be it that he says so or not."""
    try:
        async with asyncio.timeout(_ORDER_WAIT_S):
            return await reader.readline()
    except TimeoutError:
        return b""


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


def ask(path: Path, order: bytes = b"", wait_s: float = _ASK_S) -> bytes:
    """What the agent behind the socket says; raise OSError when nobody answers.

    `order`: one JSON document in one line, without its end; its answer may take `wait_s`.
    """
    said = bytearray()
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as asked:
        asked.settimeout(wait_s)
        asked.connect(str(path))
        if order:
            asked.sendall(order + b"\n")
        asked.shutdown(socket.SHUT_WR)
        while len(said) < _LARGEST:
            part = asked.recv(65_536)
            if not part:
                break
            said += part
    return bytes(said)
