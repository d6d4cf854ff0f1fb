"""The clock of all tests: it stands until it is moved, by microseconds, whole or the wall alone."""

T0 = 1_795_251_846_000_000


class StandingClock:
    """Satisfies runtime.clock.Clock."""

    def __init__(self, utc_us: int = T0, *, trusted: bool = True) -> None:
        self._utc_us = utc_us
        self._mono_us = 5_000_000
        self.boot = "boot-1"
        self.trusted = trusted

    def utc_us(self) -> int:
        return self._utc_us

    def mono_us(self) -> int:
        return self._mono_us

    def is_trusted(self) -> bool:
        return self.trusted

    def advance(self, us: int) -> None:
        """Time passes."""
        self._utc_us += us
        self._mono_us += us

    def step(self, us: int) -> None:
        """Somebody sets the wall clock; no time passes."""
        self._utc_us += us
