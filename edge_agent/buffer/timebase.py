"""From the boot's clock to UTC: what the gateway knows of the wall clock at this moment."""

from dataclasses import dataclass

from runtime.clock import Clock
from wire.bounds import EARLIEST_US, LATEST_US
from wire.envelope import ClockState


@dataclass(frozen=True, slots=True)
class Timebase:
    """`offset_us` added to the boot's clock gives UTC; it is None while the clock is unset."""

    state: ClockState
    offset_us: int | None
    boot: str
    mono_us: int

    @property
    def mono_ms(self) -> int:
        return self.mono_us // 1_000

    def utc_us(self, mono_us: int) -> int | None:
        return None if self.offset_us is None else mono_us + self.offset_us


class Timekeeper:
    """Once the wall clock was trusted in this boot, it holds over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._was_trusted = False

    def now(self) -> Timebase:
        mono_us, utc_us = self._clock.mono_us(), self._clock.utc_us()
        is_possible = EARLIEST_US <= utc_us < LATEST_US
        trusted = is_possible and self._clock.is_trusted()
        self._was_trusted |= trusted
        if not (self._was_trusted and is_possible):
            return Timebase(ClockState.UNSET, None, self._clock.boot, mono_us)
        state = ClockState.SYNCHRONISED if trusted else ClockState.HOLDOVER
        return Timebase(state, utc_us - mono_us, self._clock.boot, mono_us)
