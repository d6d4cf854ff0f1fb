"""The least that a gateway in Python can be: asks, writes a page with its sync, publishes.

No time-outs, no rules, no keys, no statement, one thread. What it takes from an answer to the bytes
of MQTT is a limit for any gateway on this machine in this hour: all else is ours.
"""

import multiprocessing
import os
import select
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOPIC = b"bare/urgent"
_CONNECT = bytes.fromhex("100d00044d5154540502003c00") + b"\x00\x00"
_REQUEST = struct.Struct(">HHHBBHH")
_ENDS_S = 5.0


def publish(number: int, value: int) -> bytes:
    """A QoS 1 PUBLISH of MQTT v5 whose payload is the value in two bytes."""
    body = struct.pack(">H", len(TOPIC)) + TOPIC + struct.pack(">HB", number, 0)
    body += struct.pack(">H", value)
    return bytes([0x32, len(body)]) + body


def value_of(content: bytes) -> int | None:
    """The value in a packet from its topic on, if it is one of these."""
    if not content.startswith(TOPIC, 2):
        return None
    return int(struct.unpack(">H", content[-2:])[0])


@contextmanager
def bare_gateway(folder: Path, slaves: int, broker: int, periods_ms: list[int]) -> Iterator[None]:
    """Unit n+1 is asked each `periods_ms[n]`; what is new of its first register is published."""
    folder.mkdir()
    made = multiprocessing.get_context("spawn")
    process = made.Process(
        target=_run, args=(folder / "page", slaves, broker, periods_ms), daemon=True
    )
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(_ENDS_S)


def _run(page: Path, slaves: int, broker: int, periods_ms: list[int]) -> None:
    device = socket.create_connection(("127.0.0.1", slaves))
    device.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    up = socket.create_connection(("127.0.0.1", broker))
    up.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    up.sendall(_CONNECT)
    up.recv(256)
    disk = os.open(page, os.O_WRONLY | os.O_CREAT, 0o600)
    due = [time.monotonic() + period / 1_000 for period in periods_ms]
    known: dict[int, int] = {}
    number = 0
    while True:
        at = min(due)
        _rest(up, at)
        n = due.index(at)
        due[n] = at + periods_ms[n] / 1_000
        device.sendall(_REQUEST.pack(1, 0, 6, n + 1, 3, 0, 10))
        value = struct.unpack(">H", device.recv(256)[9:11])[0]
        if known.get(n) != value:
            known[n] = value
            number = number % 0xFFFF + 1
            os.pwrite(disk, bytes(4_096), 4_096 * number)
            os.fdatasync(disk)
            up.sendall(publish(number, value))


def _rest(up: socket.socket, until: float) -> None:
    """What the broker answers is read and thrown away."""
    while (wait_s := until - time.monotonic()) > 0:
        if select.select([up], [], [], wait_s)[0]:
            up.recv(4_096)
