"""Modbus TCP units in a process of their own, quicker than who asks them."""

import multiprocessing
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from multiprocessing.connection import Connection
from typing import Any

from figures.process import spent
from figures.wire_clock import send_stamped, tell_departures

_HEADER = struct.Struct(">HHHBBHH")
_REQUEST = 12
_ENDS_S = 5.0
_VALUES = 0x8000
_REST = 18  # answers after a change that is now and then: the agent takes more for chatter


class Slaves:
    """A server on loopback whose every unit has the same holding registers."""

    def __init__(self, port: int, pid: int, asked: Any, sent_ns: Any) -> None:
        self.port = port
        self._pid = pid
        self._asked = asked
        self._sent_ns = sent_ns

    @property
    def cpu_s(self) -> float:
        return spent(self._pid).cpu_s

    @property
    def requests(self) -> int:
        """How many it has answered."""
        return int(self._asked.value)

    def sent_ns(self, value: int) -> int:
        """When the answer whose first register has this value was sent last (CLOCK_MONOTONIC)."""
        return int(self._sent_ns[value])


class Change(StrEnum):
    """What an answer differs in from the last one."""

    NOTHING = "nothing"
    EVERYTHING = "everything"
    NOW_AND_THEN = "now_and_then"  # the first register of one unit, another one each time


@contextmanager
def tcp_slaves(registers: int, change: Change, units: int) -> Iterator[Slaves]:
    made = multiprocessing.get_context("spawn")
    ours, theirs = made.Pipe()
    asked, sent_ns = made.Value("L", 0, lock=False), made.Array("Q", _VALUES, lock=False)
    contents = Contents(registers, change, units)
    process = made.Process(target=_play, args=(theirs, asked, sent_ns, contents), daemon=True)
    process.start()
    try:
        yield Slaves(ours.recv(), process.pid or 0, asked, sent_ns)
    finally:
        process.terminate()
        process.join(_ENDS_S)


class Contents:
    """What the registers of each unit hold; the first one's value is never the same twice."""

    def __init__(self, registers: int, change: Change, units: int) -> None:
        self._form = f">{registers}H"
        self._others = range(1, registers)
        self._change = change
        self._draw = random.Random(1)  # noqa: S311 - the same in each run
        self._units = units
        self._chosen = 1
        self._count = 0
        self._rest = _REST
        self._first = dict.fromkeys(range(256), 0)

    def next(self, unit: int) -> tuple[int | None, bytes]:
        """The first register if it is new, and all of them."""
        new: int | None = None
        self._rest -= 1
        if self._changes(unit):
            self._count = new = (self._count + 1) % _VALUES
            self._first[unit] = new
            self._chosen = self._draw.randint(1, self._units)
            self._rest = _REST
        rest = self._count if self._change is Change.EVERYTHING else 0
        first = self._first[unit]
        return new, struct.pack(self._form, first, *(rest + at for at in self._others))

    def _changes(self, unit: int) -> bool:
        if self._change is Change.NOW_AND_THEN:
            return unit == self._chosen and self._rest <= 0
        return self._change is Change.EVERYTHING


def _play(orders: Connection, asked: Any, sent_ns: Any, contents: Contents) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    orders.send(listening.getsockname()[1])
    while True:
        link, _ = listening.accept()
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tell_departures(link)
        waiting = b""
        while data := link.recv(4096):
            waiting += data
            while len(waiting) >= _REQUEST:
                number, _, _, unit, function, address, count = _HEADER.unpack_from(waiting)
                waiting = waiting[_REQUEST:]
                new, whole = contents.next(unit)
                content = whole[2 * address : 2 * (address + count)]
                head = (number, 0, 3 + len(content), unit, function, len(content))
                answer = struct.pack(">HHHBBB", *head) + content
                if new is None:
                    link.sendall(answer)
                else:
                    sent_ns[new] = send_stamped(link, answer)
                asked.value += 1
