"""A wire between two programs that knows both only as bytes, and keeps a serial line's time."""

import os
import select
import socket
import threading
from collections import deque
from typing import Protocol, Self

from runtime.clock import SystemClock
from simulators.wire_time import WireFormat

LONGEST_WAIT_US = 1_000_000
READ_SIZE = 4096


class End(Protocol):
    """Where one of the two programs is."""

    @property
    def fileno(self) -> int: ...

    def read(self) -> bytes: ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class ConverterEnd:
    """A serial converter's TCP port, for one client."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._client: socket.socket | None = None
        self.port: int = self._listener.getsockname()[1]

    @property
    def fileno(self) -> int:
        return (self._client or self._listener).fileno()

    def read(self) -> bytes:
        if self._client is None:
            self._client = self._listener.accept()[0]
            self._client.settimeout(0)
            return b""
        data = self._client.recv(READ_SIZE)
        if not data:
            self._client.close()
            self._client = None
        return data

    def write(self, data: bytes) -> None:
        if self._client is not None:
            self._client.sendall(data)

    def close(self) -> None:
        for one in (self._client, self._listener):
            if one is not None:
                one.close()


class ClientEnd:
    """A converter's side of a TCP connection to a device that speaks RTU over it."""

    def __init__(self, host: str, port: int) -> None:
        self._link = socket.create_connection((host, port))
        self.fileno = self._link.fileno()

    def read(self) -> bytes:
        return self._link.recv(READ_SIZE)

    def write(self, data: bytes) -> None:
        self._link.sendall(data)

    def close(self) -> None:
        self._link.close()


class PacedWire:
    """Carries characters in their time; a context manager with a thread of its own.

    `piece`: how many arrive together: 1 as on a UART, more as from a converter that packs them.

    `silences_us`: how long the wire had been silent before each burst of the master. Negative: the
    master spoke while something was still on the wire.
    """

    def __init__(self, wire: WireFormat, master: End, slave: End, *, piece: int = 1) -> None:
        self._wire = wire
        self._piece = piece
        self._ends: tuple[End, End] = (master, slave)
        self._under_way: deque[tuple[int, bytes, End]] = deque()
        self._silent_from_us: int | None = None
        self._clock = SystemClock()
        self._stop = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.silences_us: list[int] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._stop[1], b"x")
        self._thread.join()
        for end in self._ends:
            end.close()
        for fd in self._stop:
            os.close(fd)

    def _run(self) -> None:
        while True:
            watched = [end.fileno for end in self._ends]
            readable, _, _ = select.select([*watched, self._stop[0]], [], [], self._wait_s())
            if self._stop[0] in readable:
                return
            for end, other in (self._ends, self._ends[::-1]):
                if end.fileno in readable:
                    self._take(end.read(), other)
            self._bring()

    def _take(self, data: bytes, to: End) -> None:
        now = self._clock.mono_us()
        silent_from = now if self._silent_from_us is None else self._silent_from_us
        if not data:
            return
        if to is self._ends[1] and self._silent_from_us is not None:
            self.silences_us.append(now - silent_from)
        start = max(now, silent_from)
        pieces = self._wire.pieces(data, start, self._piece)
        self._under_way += [(at, one, to) for at, one in pieces]
        self._silent_from_us = start + self._wire.duration_us(len(data))

    def _bring(self) -> None:
        while self._under_way and self._under_way[0][0] <= self._clock.mono_us():
            _, data, to = self._under_way.popleft()
            to.write(data)

    def _wait_s(self) -> float:
        if not self._under_way:
            return LONGEST_WAIT_US / 1e6
        return max(0, self._under_way[0][0] - self._clock.mono_us()) / 1e6
