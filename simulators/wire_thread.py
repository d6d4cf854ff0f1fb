"""The thread that carries bytes between a pty and a simulated device at the right microsecond."""

import os
import select
import threading
from typing import Final, Protocol

from runtime.clock import Clock
from simulators.pseudo_terminal import PseudoTerminal

US_PER_S: Final = 1_000_000


class Wired(Protocol):
    """What hangs on the wire: told of bytes, asked for bytes, and when to ask again (µs)."""

    def received(self, data: bytes, now: int) -> object:
        """Take bytes that the client began to send at `now`."""

    def due(self, now: int) -> bytes:
        """Return the bytes that have arrived at the client by `now`."""

    def wake_us(self, now: int) -> int | None:
        """Return when `due` has something to do next, None if only new bytes can change that."""


class WireThread:
    """Runs until closed. A thread, because an asyncio sleep is too coarse for 3.5 characters.

    `tick_us` is the longest wait; short for a device whose condition another thread changes.
    """

    def __init__(
        self, wired: Wired, terminal: PseudoTerminal, clock: Clock, *, tick_us: int = US_PER_S
    ) -> None:
        """Start the thread."""
        self._wired = wired
        self._terminal = terminal
        self._clock = clock
        self._tick_us = tick_us
        self._wake_reader, self._wake_writer = os.pipe()
        self._thread = threading.Thread(target=self._run, name=terminal.path, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and wait for it; the terminal stays open."""
        os.write(self._wake_writer, b"x")
        self._thread.join()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _run(self) -> None:
        both = [self._terminal.fileno, self._wake_reader]
        readable: list[int] = []
        while self._wake_reader not in readable:
            if readable:
                self._wired.received(self._terminal.read(), self._clock.mono_us())
            arrived = self._wired.due(self._clock.mono_us())
            if arrived:
                self._terminal.write(arrived)
            readable, _, _ = select.select(both, [], [], self._wait_s())

    def _wait_s(self) -> float:
        now = self._clock.mono_us()
        wake = self._wired.wake_us(now)
        wait_us = self._tick_us if wake is None else min(self._tick_us, wake - now)
        return max(0, wait_us) / US_PER_S
