"""A TCP relay before a server: passes bytes on, and may be slow, late, silent or away."""

import asyncio
import socket
import struct
from typing import Final, Self

_PIECE: Final = 65_536
_SLOW_PIECE: Final = 64
_SLOW_BUFFER: Final = 2_048  # the kernel doubles it; what it holds is on the way as well
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: close sends RST


class Relay:
    """Forwards 127.0.0.1:`port` to the port `target`, inside `async with`.

    `up_per_second`: so many bytes a second go to the target, and hardly any wait inside. `back_s`:
    how long what comes back is on its way. Silent: bytes go nowhere, nothing is closed.
    """

    def __init__(
        self, target: int, *, up_per_second: int | None = None, back_s: float = 0.0
    ) -> None:
        self._target = target
        self._up_per_second = up_per_second
        self._back_s = back_s
        self._server: asyncio.Server | None = None
        self._speaks = asyncio.Event()
        self._speaks.set()
        self._is_away = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._talks = asyncio.TaskGroup()
        self._under_way: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        await self._talks.__aenter__()
        inlet = socket.create_server(("127.0.0.1", 0))
        if self._up_per_second is not None:
            inlet.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SLOW_BUFFER)
        piece = _PIECE if self._up_per_second is None else _SLOW_PIECE
        self._server = await asyncio.start_server(self._begin, sock=inlet, limit=piece)
        self.port = inlet.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        self.reset()
        for talk in self._under_way:
            talk.cancel()
        # Without what the block raised: who uses a relay is told just that, and no group of it.
        await self._talks.__aexit__(None, None, None)

    def fall_silent(self) -> None:
        self._speaks.clear()

    def speak_again(self) -> None:
        """Also what was held back goes on."""
        self._speaks.set()

    def go_away(self) -> None:
        """Every connection ends with RST, and so does each new one."""
        self._is_away = True
        self.reset()

    def come_back(self) -> None:
        self._is_away = False

    def reset(self) -> None:
        """End every connection with RST."""
        for writer in list(self._writers):
            raw = writer.get_extra_info("socket")
            if raw is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()

    def passed(self, data: bytes, heard: bytearray) -> None:
        """Take note of bytes that went on; `heard` belongs to their direction. For who counts."""

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A task of ours: asyncio prints a traceback for one of its own that is cancelled."""
        self._writers.add(writer)
        talk = self._talks.create_task(self._serve(reader, writer))
        self._under_way.add(talk)
        talk.add_done_callback(lambda _: self._writers.discard(writer))
        talk.add_done_callback(self._under_way.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_away:
            writer.transport.abort()
            return
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(there[1])
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, there[1], self._up_per_second, 0.0))
                both.create_task(self._carry(there[0], writer, None, self._back_s))
        except* OSError:
            pass  # one side is gone: so is the other
        finally:
            self._writers.discard(there[1])
            writer.close()
            there[1].close()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        per_second: int | None,
        late_s: float,
    ) -> None:
        heard, loop = bytearray(), asyncio.get_running_loop()
        free_at = loop.time()
        while data := await reader.read(_PIECE if per_second is None else _SLOW_PIECE):
            await self._speaks.wait()
            if late_s:
                await asyncio.sleep(late_s)
                await self._speaks.wait()
            if per_second is not None:
                free_at = max(free_at, loop.time()) + len(data) / per_second
                await asyncio.sleep(free_at - loop.time())
            writer.write(data)
            await writer.drain()
            self.passed(data, heard)
        raise ConnectionResetError("one side closed")
