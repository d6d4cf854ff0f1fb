"""The machine's clock, a thousand times as slow: nothing takes long, however busy the machine."""

from runtime.clock import SystemClock

_SLOWER = 1_000


class SlowClock:
    """Satisfies runtime.clock.Clock, for tests in which threads wait for each other."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._began_us = self._clock.mono_us()
        self.boot = self._clock.boot

    def utc_us(self) -> int:
        return self._clock.utc_us()

    def mono_us(self) -> int:
        return self._began_us + (self._clock.mono_us() - self._began_us) // _SLOWER

    def is_trusted(self) -> bool:
        return self._clock.is_trusted()
