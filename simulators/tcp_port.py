"""A listening TCP port on a thread of its own: carries bytes to simulated units and back."""

import os
import selectors
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Final, Self

from runtime.clock import Clock, SystemClock
from simulators.broker import free_port
from simulators.tcp_units import Served

READ_SIZE: Final = 4096
MOST_CONNECTIONS: Final = 16
MOST_UNSENT: Final = 65_536
US_PER_S: Final = 1_000_000
LONGEST_WAIT_S: Final = 1.0
_RESET_AT_CLOSE: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: close sends RST


class _Connection:
    """One client, and what it has not taken yet."""

    def __init__(self, number: int, link: socket.socket) -> None:
        self.number = number
        self.link = link
        self.unsent = bytearray()

    def flush(self) -> None:
        with suppress(BlockingIOError):
            del self.unsent[: self.link.send(self.unsent)]

    def reset(self) -> None:
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)


class TcpPort:
    """The port as a context manager: inside it a Modbus master can connect to `host:port`.

    At most 16 clients at once; a client that takes nothing is reset when 64 KiB wait for it.
    Unplugging resets all and closes the port; plugging in again takes the same one.
    """

    def __init__(
        self,
        served: Served,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Clock | None = None,
    ) -> None:
        """Set the port up; nothing is opened yet. 0 takes any free one at the first plug."""
        self._served = served
        self._clock = clock or SystemClock()
        self.host = host
        self.port = port
        self._numbers = count(1)
        self._running: tuple[threading.Thread, int] | None = None

    @property
    def path(self) -> str:
        """What the master is told."""
        return f"{self.host}:{self.port}"

    def plug(self) -> None:
        """Listen. No-op when listening. Raises OSError when the port can not be had."""
        if self._running is not None:
            return
        self._served.due(self._clock.mono_us())  # what was under way is lost
        # one that stays ours while it is unplugged: a port of the system's own would be given away
        port = self.port or free_port()
        listener = socket.create_server((self.host, port))
        self.port = port
        listener.settimeout(0)
        wake, stop = os.pipe()
        serving = _Serving(self._served, self._clock, listener, wake, self._numbers)
        thread = threading.Thread(target=serving.run, name=self.path, daemon=True)
        thread.start()
        self._running = (thread, stop)

    def unplug(self) -> None:
        """Reset every connection and stop listening. No-op when it is not plugged in."""
        if self._running is not None:
            thread, stop = self._running
            self._running = None
            os.close(stop)
            thread.join()

    def __enter__(self) -> Self:
        """Plug the port in."""
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it, and end its thread."""
        self.unplug()


class _Serving:
    """What the thread does from plugging in to unplugging."""

    def __init__(
        self,
        served: Served,
        clock: Clock,
        listener: socket.socket,
        wake: int,
        numbers: Iterator[int],
    ) -> None:
        self._served = served
        self._clock = clock
        self._listener = listener
        self._wake = wake
        self._selector = selectors.DefaultSelector()
        self._connections: dict[int, _Connection] = {}
        self._numbers = numbers

    def run(self) -> None:
        """Serve until the other end of `wake` is closed."""
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)
        while self._turn():
            self._send()
        for connection in list(self._connections.values()):
            self._drop(connection, reset=True)
        self._selector.close()
        self._listener.close()
        os.close(self._wake)

    def _turn(self) -> bool:
        """Wait for something to do, and do it; False when the port is to be closed."""
        for key, events in self._selector.select(self._wait_s()):
            if key.fileobj == self._wake:
                return False
            if key.fileobj is self._listener:
                self._accept()
            elif events & selectors.EVENT_READ:
                self._read(key.data)
        return True

    def _wait_s(self) -> float:
        now = self._clock.mono_us()
        wake = self._served.wake_us(now)
        if wake is None:
            return LONGEST_WAIT_S
        return min(LONGEST_WAIT_S, max(0, wake - now) / US_PER_S)

    def _accept(self) -> None:
        try:
            link, _ = self._listener.accept()
        except OSError:  # gone before it was taken
            return
        if len(self._connections) >= MOST_CONNECTIONS:
            link.close()
            return
        link.settimeout(0)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(next(self._numbers), link)
        self._connections[connection.number] = connection
        self._selector.register(link, selectors.EVENT_READ, connection)
        self._served.joined(connection.number)

    def _read(self, connection: _Connection) -> None:
        try:
            data = connection.link.recv(READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._served.received(connection.number, data, self._clock.mono_us())
        else:
            self._drop(connection)

    def _send(self) -> None:
        for parcel in self._served.due(self._clock.mono_us()):
            connection = self._connections.get(parcel.connection)
            if connection is not None:
                connection.unsent += parcel.data
                self._push(connection, reset=parcel.reset)
        for connection in list(self._connections.values()):
            self._push(connection, reset=False)

    def _push(self, connection: _Connection, *, reset: bool) -> None:
        try:
            connection.flush()
        except OSError:
            self._drop(connection)
            return
        if reset or len(connection.unsent) > MOST_UNSENT:
            self._drop(connection, reset=True)
            return
        waits = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.unsent else 0)
        self._selector.modify(connection.link, waits, connection)

    def _drop(self, connection: _Connection, *, reset: bool = False) -> None:
        if self._connections.pop(connection.number, None) is None:
            return
        self._selector.unregister(connection.link)
        self._served.left(connection.number)
        if reset:
            connection.reset()
        connection.link.close()
