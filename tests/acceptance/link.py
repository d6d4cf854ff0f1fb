"""A TCP link between a gateway and the broker that can fall silent and be reset."""

import asyncio
import socket
import struct
from typing import Self

_RESET = struct.pack("ii", 1, 0)


class Link:
    """Forwards 127.0.0.1:`port` to another port. Silent: bytes go nowhere, nothing is closed.

    `back_s`: how long what comes back is on its way.
    """

    def __init__(self, target: int, back_s: float = 0.0) -> None:
        self._target = target
        self._back_s = back_s
        self._server: asyncio.Server | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        self._open.set()
        self.reset()

    def fall_silent(self) -> None:
        self._open.clear()

    def speak_again(self) -> None:
        self._open.set()

    def reset(self) -> None:
        """End every connection with RST."""
        for writer in list(self._writers):
            raw = writer.get_extra_info("socket")
            if raw is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, there[1]}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, there[1]))
                both.create_task(self._carry(there[0], writer, self._back_s))
        except* OSError:
            pass
        finally:
            self._writers -= {writer, there[1]}
            writer.close()
            there[1].close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late_s: float = 0.0
    ) -> None:
        while data := await reader.read(65_536):
            await asyncio.sleep(late_s)
            await self._open.wait()
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError("one side closed")
