"""A serial port without hardware that is plugged in and pulled: what a line and a stream share."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from runtime.clock import Clock, SystemClock
from simulators.pseudo_terminal import PseudoTerminal
from simulators.wire_thread import Wired, WireThread

_TICK_US: Final = 1_000_000


class PluggedPort:
    """A context manager: inside it `path` can be opened by whoever talks to what is wired.

    `lose`: drops at a time (µs) what was under way while nobody was connected. `tick_us` is the
    longest wait of the wire's thread.
    """

    def __init__(
        self,
        wired: Wired,
        lose: Callable[[int], object],
        *,
        link: Path | None = None,
        clock: Clock | None = None,
        tick_us: int = _TICK_US,
    ) -> None:
        """Set the port up; nothing is opened yet."""
        self._wire_end = wired
        self._lose = lose
        self._link = link
        self._clock = clock or SystemClock()
        self._tick_us = tick_us
        self._was_unplugged = False
        self._open: tuple[PseudoTerminal, WireThread] | None = None

    @property
    def path(self) -> str:
        """What the client opens: the link if one was asked for. OSError while unplugged."""
        if self._open is None:
            raise OSError("the port is not plugged in; use it as a context manager, or plug()")
        return self._open[0].path

    def plug(self) -> None:
        """Open the pty; without `link` its path is a new one each time. No-op if plugged in."""
        if self._open is None:
            if self._was_unplugged:
                self._lose(self._clock.mono_us())
            terminal = PseudoTerminal(self._link)
            thread = WireThread(self._wire_end, terminal, self._clock, tick_us=self._tick_us)
            self._open = (terminal, thread)

    def unplug(self) -> None:
        """Pull the adapter: whoever has the port open meets a hang-up. No-op if unplugged."""
        if self._open is not None:
            terminal, thread = self._open
            self._open = None
            self._was_unplugged = True
            thread.close()
            terminal.close()

    def __enter__(self) -> Self:
        """Plug it in."""
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it, and end its thread."""
        self.unplug()
