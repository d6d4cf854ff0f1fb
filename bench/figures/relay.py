"""A TCP relay before the broker: counts MQTT packets by topic, may be slow, silent or away."""

import asyncio
import re
import socket
import struct
from collections import Counter
from collections.abc import Callable
from typing import Self

_PUBLISH, _PUBACK = 3, 4
_NAMES = {1: "connect", 2: "connect", 8: "connect", 9: "connect", 12: "ping", 13: "ping"}
_LANE = re.compile(rb'"lane":"(urgent|bulk)"')
_ALIAS = 0x23
_PIECE = 65_536
_SLOW_PIECE = 64
_SLOW_BUFFER = 2_048  # the kernel doubles it; what it holds is on the way as well
_RESET = struct.pack("ii", 1, 0)


class Tally:
    """Bytes of both directions by what they were for: urgent, bulk, birth, status, ping.

    A lane's bytes are its batches, their PUBACKs and the receipts for it.
    """

    def __init__(self) -> None:
        self.sizes: Counter[str] = Counter()
        self.packets: Counter[str] = Counter()
        self._owner: dict[int, str] = {}
        self._aliases: dict[int, str] = {}

    def note(self, packet: bytes, body: int) -> str:
        """Count one whole packet whose variable header starts at `body`; for what it is."""
        name = self._name(packet, body)
        self.sizes[name] += len(packet)
        self.packets[name] += 1
        return name

    def _name(self, packet: bytes, body: int) -> str:
        kind = packet[0] >> 4
        if kind == _PUBACK:
            return self._owner.get(int.from_bytes(packet[body : body + 2], "big"), "other")
        if kind != _PUBLISH:
            return _NAMES.get(kind, "other")
        after = body + 2 + int.from_bytes(packet[body : body + 2], "big")
        name = self._topic(packet, body, after)
        if packet[0] >> 1 & 3:
            self._owner[int.from_bytes(packet[after : after + 2], "big")] = name
        lane = _LANE.search(packet) if name == "receipt" else None
        return lane.group(1).decode() if lane else name

    def _topic(self, packet: bytes, body: int, after: int) -> str:
        """The last level, also of a topic that is only said by its alias, as gateways do."""
        name = packet[body + 2 : after].rpartition(b"/")[2].decode()
        at = after + (2 if packet[0] >> 1 & 3 else 0)
        while packet[at] & 0x80:
            at += 1
        if packet[at + 1 : at + 2] != bytes([_ALIAS]):
            return name
        number = int.from_bytes(packet[at + 2 : at + 4], "big")
        if name:
            self._aliases[number] = name
        return self._aliases.get(number, "other")


class Relay:
    """Forwards 127.0.0.1:`port` to the broker's port; `tally` counts what went through.

    `listener` gets what each whole packet is for, the packet, and where its variable header starts.
    `up_per_second`: so many bytes a second go up, and hardly any wait inside.
    """

    def __init__(self, target: int, *, up_per_second: int | None = None) -> None:
        self._target = target
        self._up_per_second = up_per_second
        self._server: asyncio.Server | None = None
        self._speaks = asyncio.Event()
        self._speaks.set()
        self._is_away = False
        self._writers: set[asyncio.StreamWriter] = set()
        self.listener: Callable[[str, bytes, int], None] = lambda *_: None
        self.tally = Tally()
        self.port = 0

    async def __aenter__(self) -> Self:
        inlet = socket.create_server(("127.0.0.1", 0))
        if self._up_per_second is not None:
            inlet.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SLOW_BUFFER)
        piece = _PIECE if self._up_per_second is None else _SLOW_PIECE
        self._server = await asyncio.start_server(self._serve, sock=inlet, limit=piece)
        self.port = inlet.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        self._speaks.set()
        self.reset()

    def fall_silent(self) -> None:
        """Bytes go nowhere, nothing is closed."""
        self._speaks.clear()

    def speak_again(self) -> None:
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

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_away:
            writer.transport.abort()
            return
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, there[1]}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, there[1], self._up_per_second))
                both.create_task(self._carry(there[0], writer, None))
        except* OSError:
            pass
        finally:
            self._writers -= {writer, there[1]}
            writer.close()
            there[1].close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, per_second: int | None
    ) -> None:
        heard, loop = bytearray(), asyncio.get_running_loop()
        free_at = loop.time()
        while data := await reader.read(_PIECE if per_second is None else _SLOW_PIECE):
            await self._speaks.wait()
            if per_second is not None:
                free_at = max(free_at, loop.time()) + len(data) / per_second
                await asyncio.sleep(free_at - loop.time())
            writer.write(data)
            await writer.drain()
            heard += data
            while found := first_packet(heard):
                body, end = found
                packet = bytes(heard[:end])
                self.listener(self.tally.note(packet, body), packet, body)
                del heard[:end]
        raise ConnectionResetError("one side closed")


def first_packet(heard: bytearray) -> tuple[int, int] | None:
    """Where the variable header of the first packet starts and where it ends; None if cut."""
    length, at = 0, 1
    while at < min(len(heard), 5):
        length |= (heard[at] & 0x7F) << 7 * (at - 1)
        at += 1
        if heard[at - 1] < 0x80:
            return (at, at + length) if len(heard) >= at + length else None
    return None
