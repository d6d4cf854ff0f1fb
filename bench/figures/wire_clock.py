"""When bytes were on the wire, as the kernel saw them: no observer has to wake for that."""

import multiprocessing
import select
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

# of Linux, as its headers asm-generic/socket and linux/net_tstamp number them
_SO_TIMESTAMPNS, _SO_TIMESTAMPING = 35, 37
_TX_SOFTWARE, _SOFTWARE, _ID, _TIME_ONLY = 1 << 1, 1 << 4, 1 << 7, 1 << 11
_TIME = struct.Struct("qq")
_FLAGS = struct.Struct("I")
_CONTROL = 512
_PIECE = 65_536
_ENDS_S = 5.0


def _mono_ns(stamp: bytes) -> int:
    """Of a stamp of CLOCK_REALTIME; both clocks are read one after the other."""
    seconds, rest = _TIME.unpack_from(stamp)
    return int(seconds * 1_000_000_000 + rest - (time.time_ns() - time.monotonic_ns()))


def tell_departures(link: socket.socket) -> None:
    """Let the kernel say when what `send_stamped` sends leaves."""
    link.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPING, _SOFTWARE | _ID | _TIME_ONLY)


def send_stamped(link: socket.socket, data: bytes) -> int:
    """Send it; when it left (CLOCK_MONOTONIC, ns)."""
    asked = (socket.SOL_SOCKET, _SO_TIMESTAMPING, _FLAGS.pack(_TX_SOFTWARE))
    link.sendmsg([data], [asked])
    while True:
        try:
            _, told, _, _ = link.recvmsg(0, _CONTROL, socket.MSG_ERRQUEUE)
        except BlockingIOError:
            continue
        return _stamped(told, _SO_TIMESTAMPING)


def _stamped(told: list[tuple[int, int, bytes]], kind: int) -> int:
    return next(_mono_ns(data) for _, one, data in told if one == kind)


Heard = list[tuple[int, bytes]]


class WireClock:
    """A relay in a process of its own before the port `target`, for one connection at a time."""

    def __init__(self, port: int, relay: Connection) -> None:
        self.port = port
        self._relay = relay

    def heard(self) -> Heard:
        """What came for the target since the last time, and when (CLOCK_MONOTONIC, ns)."""
        self._relay.send(None)
        return list(self._relay.recv())


@contextmanager
def wire_clock(target: int) -> Iterator[WireClock]:
    made = multiprocessing.get_context("spawn")
    ours, theirs = made.Pipe()
    process = made.Process(target=_relay, args=(theirs, target), daemon=True)
    process.start()
    try:
        port = ours.recv()
        yield WireClock(port, ours)
    finally:
        process.terminate()
        process.join(_ENDS_S)


def _relay(asked: Connection, target: int) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)  # each connection inherits it
    asked.send(listening.getsockname()[1])
    heard: Heard = []
    while True:
        _tell(asked, heard, [listening])
        here, _ = listening.accept()
        with here, socket.create_connection(("127.0.0.1", target)) as there:
            for link in (here, there):
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(ConnectionError):
                while _carry(here, there, heard):
                    _tell(asked, heard, [here, there])


def _tell(asked: Connection, heard: Heard, others: Sequence[socket.socket]) -> None:
    """Return when there is something else to do."""
    watched: list[Connection | socket.socket] = [asked, *others]
    while asked in select.select(watched, [], [])[0]:
        asked.recv()
        asked.send(heard)
        heard.clear()


def _carry(here: socket.socket, there: socket.socket, heard: Heard) -> bool:
    """Pass on what has come; whether both sides are still there."""
    ready, _, _ = select.select([here, there], [], [], 0)
    if here in ready:
        data, told, _, _ = here.recvmsg(_PIECE, _CONTROL)
        there.sendall(data)
        if not data:
            return False
        heard.append((_stamped(told, _SO_TIMESTAMPNS), data))
    if there in ready:
        data = there.recv(_PIECE)
        here.sendall(data)
        return bool(data)
    return True
