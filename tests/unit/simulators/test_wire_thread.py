"""The thread carries bytes, wakes on time, and ends when told."""

import threading

import serial

from runtime.clock import SystemClock
from simulators.pseudo_terminal import PseudoTerminal
from simulators.wire_thread import WireThread


class Echo:
    """Sends back what it hears, 5 ms later."""

    def __init__(self) -> None:
        self._waiting = b""
        self._at = 0

    def received(self, data: bytes, now: int) -> None:
        self._waiting += data
        self._at = now + 5_000

    def due(self, now: int) -> bytes:
        if not self._waiting or now < self._at:
            return b""
        ready, self._waiting = self._waiting, b""
        return ready

    def wake_us(self, _now: int) -> int | None:
        return self._at if self._waiting else None


def test_carries_bytes_not_before_their_time() -> None:
    clock = SystemClock()
    with PseudoTerminal() as terminal, serial.Serial(terminal.path, timeout=2) as port:
        thread = WireThread(Echo(), terminal, clock)
        start = clock.mono_us()
        port.write(b"hello")
        assert port.read(5) == b"hello"
        assert clock.mono_us() - start >= 5_000
        thread.close()


def test_close_leaves_no_thread() -> None:
    before = threading.active_count()
    with PseudoTerminal() as terminal:
        thread = WireThread(Echo(), terminal, SystemClock())
        assert threading.active_count() == before + 1
        thread.close()
    assert threading.active_count() == before
