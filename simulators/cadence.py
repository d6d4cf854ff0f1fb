"""When a device that speaks by itself speaks next: from its power on, and again after a reboot."""


class Cadence:
    """One frame at a time; what nobody asked for in time is not made up for."""

    def __init__(self) -> None:
        """Be without power until the first `strikes`."""
        self._next_us: int | None = None

    def strikes(self, now: int, period_us: int) -> bool:
        """Tell whether a frame is due at `now` (µs); the next one is `period_us` later."""
        due_us = now if self._next_us is None else self._next_us
        if now < due_us:
            return False
        self._next_us = max(due_us + period_us, now)
        return True

    def pause(self, until_us: int) -> None:
        """Speak again at that time, as a device that boots."""
        self._next_us = until_us

    def next_us(self, now: int) -> int:
        """Return when the next frame is due."""
        return now if self._next_us is None else self._next_us
