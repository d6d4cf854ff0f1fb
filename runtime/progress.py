"""Which loops are alive: each shows its progress, and the watchdog is fed only while all do."""

from collections.abc import Callable

from runtime.clock import Clock


class Progress:
    """Loops are enrolled with a limit; one that shows nothing for longer is late."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limits: dict[str, int] = {}
        self._shown: dict[str, int] = {}

    def enrol(self, name: str, limit_us: int) -> Callable[[], None]:
        """Expect progress of a loop from now on; what it calls to show it."""
        self._limits[name] = limit_us
        self.shown(name)
        return lambda: self.shown(name)

    def withdraw(self, name: str) -> None:
        """Expect nothing of it any more."""
        self._limits.pop(name, None)

    def shown(self, name: str) -> None:
        self._shown[name] = self._clock.mono_us()

    def late(self) -> tuple[str, ...]:
        """The loops that showed no progress within their limit, by name."""
        now_us = self._clock.mono_us()
        return tuple(
            name for name, limit_us in self._limits.items() if now_us - self._shown[name] > limit_us
        )
