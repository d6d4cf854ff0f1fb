"""The end of one wait after another in an event loop, with one timer for all of them."""

import asyncio
from collections.abc import Callable

_SECOND_US = 1_000_000


class Deadline:
    """Calls `passed` when the time is over; put off, its timer is armed again only when it rings.

    Most waits end early, so most of them cost no timer.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: Callable[[], None]) -> None:
        """Wait for nothing yet."""
        self._loop = loop
        self._passed = passed
        self._at: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def put(self, wait_us: int) -> None:
        """Let it pass after `wait_us`, whatever was said before."""
        self._at = at = self._loop.time() + wait_us / _SECOND_US
        if self._timer is None or self._timer.when() > at:
            self._arm(at)

    def lift(self) -> None:
        """Let it not pass. Its timer may ring once more, for nobody: less than one each time."""
        self._at = None

    def close(self) -> None:
        """Let nothing be left of it."""
        self._at = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._at is None:
            return
        if self._at > self._loop.time():
            self._arm(self._at)
            return
        self._at = None
        self._passed()
