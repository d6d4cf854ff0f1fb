"""The machine's clock, run ahead by a test where a real one would have to be waited for."""

from runtime.clock import SystemClock


class AheadClock(SystemClock):
    """Runs as the machine's clock, so much ahead of it as was leapt. Any thread may read it."""

    ahead_us = 0

    def mono_us(self) -> int:
        return super().mono_us() + self.ahead_us

    def leap(self, us: int) -> None:
        self.ahead_us += us
