"""A TCP relay before the broker that counts the bytes of MQTT packets by topic."""

import asyncio
import re
from collections import Counter
from typing import Self

_PUBLISH, _PUBACK = 3, 4
_NAMES = {1: "connect", 2: "connect", 8: "connect", 9: "connect", 12: "ping", 13: "ping"}
_LANE = re.compile(rb'"lane":"(urgent|bulk)"')
_PIECE = 65_536


class Tally:
    """Bytes of both directions by what they were for: urgent, bulk, birth, status, ping.

    A lane's bytes are its batches, their PUBACKs and the receipts for it.
    """

    def __init__(self) -> None:
        self.sizes: Counter[str] = Counter()
        self.packets: Counter[str] = Counter()
        self._owner: dict[int, str] = {}

    def note(self, packet: bytes, body: int) -> None:
        """Count one whole packet whose variable header starts at `body`."""
        name = self._name(packet, body)
        self.sizes[name] += len(packet)
        self.packets[name] += 1

    def _name(self, packet: bytes, body: int) -> str:
        kind = packet[0] >> 4
        if kind == _PUBACK:
            return self._owner.get(int.from_bytes(packet[body : body + 2], "big"), "other")
        if kind != _PUBLISH:
            return _NAMES.get(kind, "other")
        after = body + 2 + int.from_bytes(packet[body : body + 2], "big")
        name = packet[body + 2 : after].rpartition(b"/")[2].decode()
        if packet[0] >> 1 & 3:
            self._owner[int.from_bytes(packet[after : after + 2], "big")] = name
        lane = _LANE.search(packet) if name == "receipt" else None
        return lane.group(1).decode() if lane else name


class Relay:
    """Forwards 127.0.0.1:`port` to the broker's port; `tally` counts what went through."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self.tally = Tally()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, there[1]))
                both.create_task(self._carry(there[0], writer))
        except* OSError:
            pass
        finally:
            writer.close()
            there[1].close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = bytearray()
        while data := await reader.read(_PIECE):
            writer.write(data)
            await writer.drain()
            heard += data
            while found := first_packet(heard):
                body, end = found
                self.tally.note(bytes(heard[:end]), body)
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
