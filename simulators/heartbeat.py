"""A counter that shows that a device lives: it steps by one, or hangs while all else goes on."""

from typing import Final

STEP_US: Final = 5_000_000
WRAPS_AT: Final = 0x10000


class Heartbeat:
    """Counts from 0 at its start; set by method, from any thread, at a `now` of the line's clock.

    Hung and let go it goes on from where it hung.
    """

    def __init__(self, *, step_us: int = STEP_US) -> None:
        """Start at time 0."""
        self._step_us = step_us
        self._since_us = 0
        self._before = 0
        self._hangs = False

    def restart(self, now: int) -> None:
        """Begin from 0, beating."""
        self._since_us, self._before, self._hangs = now, 0, False

    def beat(self, on: bool, now: int) -> None:  # noqa: FBT001 - reads as a sentence at the call
        """Hang at the count of this moment, or beat on."""
        self._before = self.count(now)
        self._since_us = now
        self._hangs = not on

    def count(self, now: int) -> int:
        """Return the counter at `now` (µs)."""
        steps = 0 if self._hangs else max(0, now - self._since_us) // self._step_us
        return (self._before + steps) % WRAPS_AT
