"""From the boot's clock to UTC: what the gateway knows of the wall clock at this moment.

known     | seen                            | then
nothing   | trusted, not before the floor   | adopt it at once: a new anchor
an offset | within 2 s of it                | go on with it, follow its drift
an offset | 2 s or more away: a step        | hold the old one over
an offset | the same step, trusted for 60 s | adopt it: a new anchor
"""

import logging
from dataclasses import dataclass

from runtime.clock import Clock
from wire.bounds import EARLIEST_US, LATEST_US
from wire.envelope import ClockState
from wire.identity import Anchor

log = logging.getLogger(__name__)

STEP_US = 2_000_000
SETTLE_US = 60_000_000
# Two clocks can not be read in one instant; what they differ by less is no drift.
JITTER_US = 10_000
# The operator vouches for the system's clock; this far before the last good time he can not.
BACK_US = 86_400_000_000
US_PER_MS = 1_000


@dataclass(frozen=True, slots=True)
class Timebase:
    """`offset_us` added to the boot's clock gives UTC; it is None while the clock is unset."""

    state: ClockState
    offset_us: int | None
    boot: str
    mono_us: int

    @property
    def mono_ms(self) -> int:
        return self.mono_us // US_PER_MS

    def utc_us(self, mono_us: int) -> int | None:
        return None if self.offset_us is None else mono_us + self.offset_us

    def anchor(self) -> Anchor | None:
        """The instant on both clocks; None while the clock is unset."""
        utc_us = self.utc_us(self.mono_ms * US_PER_MS)
        return None if utc_us is None else Anchor(self.boot, self.mono_ms, utc_us)


@dataclass(frozen=True, slots=True)
class _Step:
    offset_us: int
    since_us: int


class Timekeeper:
    """Looked at some times a second; between two looks the wall clock may do what it likes.

    `is_measured`: whether trust means more than the operator's word (NTP), so that even a time
    long before the last good one is believed. `settle_us`: for how long a step must last.
    """

    def __init__(
        self, clock: Clock, *, is_measured: bool = False, settle_us: int = SETTLE_US
    ) -> None:
        self._clock = clock
        self._is_measured = is_measured
        self._settle_us = settle_us
        self._offset_us: int | None = None
        self._step: _Step | None = None
        self._floor_us = 0
        self._is_refused = False
        self.anchor: Anchor | None = None
        """When an offset was adopted last; None while the clock is unset."""

    @property
    def boot(self) -> str:
        return self._clock.boot

    def remember(self, anchor: Anchor | None, last_utc_us: int) -> None:
        """What an earlier run left: an anchor, of use in its own boot only; the last good time."""
        self._floor_us = last_utc_us - BACK_US
        if anchor is not None and anchor.boot == self._clock.boot and self._offset_us is None:
            self._offset_us = anchor.utc - anchor.mono * US_PER_MS
            self.anchor = anchor

    def now(self) -> Timebase:
        mono_us, utc_us = self._clock.mono_us(), self._clock.utc_us()
        is_trusted = EARLIEST_US <= utc_us < LATEST_US and self._clock.is_trusted()
        if self._offset_us is None:
            state = self._begin(mono_us, utc_us) if is_trusted else ClockState.UNSET
        else:
            state = self._go_on(self._offset_us, mono_us, utc_us, is_trusted=is_trusted)
        return Timebase(state, self._offset_us, self._clock.boot, mono_us)

    def _begin(self, mono_us: int, utc_us: int) -> ClockState:
        if utc_us < self._floor_us and not self._is_measured:
            if not self._is_refused:
                log.error("the clock is a day or more behind the last good time: not believed")
            self._is_refused = True
            return ClockState.UNSET
        return self._adopt(utc_us - mono_us, mono_us)

    def _go_on(self, offset_us: int, mono_us: int, utc_us: int, *, is_trusted: bool) -> ClockState:
        seen_us = utc_us - mono_us
        if not is_trusted:
            self._step = None
            return ClockState.HOLDOVER
        if abs(seen_us - offset_us) < STEP_US:
            self._step = None
            if abs(seen_us - offset_us) > JITTER_US:
                self._offset_us = seen_us
            return ClockState.SYNCHRONISED
        return self._hold_over(seen_us, mono_us)

    def _hold_over(self, seen_us: int, mono_us: int) -> ClockState:
        step = self._step
        if step is None or abs(seen_us - step.offset_us) >= STEP_US:
            log.warning("the clock has stepped: the old time is held over until it is confirmed")
            self._step = step = _Step(seen_us, mono_us)
        if mono_us - step.since_us < self._settle_us:
            return ClockState.HOLDOVER
        return self._adopt(seen_us, mono_us)

    def _adopt(self, offset_us: int, mono_us: int) -> ClockState:
        self._offset_us, self._step = offset_us, None
        base = Timebase(ClockState.SYNCHRONISED, offset_us, self._clock.boot, mono_us)
        self.anchor = base.anchor()
        log.info("the clock is adopted: %s", self.anchor)
        return base.state
