"""From the boot's clock to UTC: what the gateway knows of the wall clock at this moment.

known     | seen                             | then
nothing   | trusted, not before the floor    | adopt it at once: a new anchor
nothing   | not trusted, but a quick receipt | adopt the server's time: a new anchor
an offset | trusted, within 2 s of it        | go on with it, follow its drift
an offset | trusted, 2 s or more away        | hold the old one over
an offset | the same step, trusted for 60 s  | adopt it: a new anchor
an offset | not trusted, a quick receipt     | narrow it down by that, see `hearsay`
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from edge_agent.buffer.hearsay import Hearing, Hearsay, Span
from runtime.clock import Clock
from wire.bounds import EARLIEST_US, LATEST_US
from wire.envelope import ClockState
from wire.identity import Anchor

log = logging.getLogger(__name__)

STEP_US = 2_000_000
SETTLE_US = 60_000_000
SERVER_US = 3_600_000_000
"""For so long after a receipt the time is the server's; then it is held over."""
BUILT_US = 1_795_219_200_000_000
"""2026-11-21, when this was written: no clock that is right says less."""
# Two clocks can not be read in one instant; what they differ by less is no drift.
JITTER_US = 10_000
# The operator vouches for the system's clock; this far before the last good time he can not.
BACK_US = 86_400_000_000
US_PER_MS = 1_000


class Origin(StrEnum):
    """Where the time in use comes from."""

    NOBODY = "nobody"
    SYSTEM = "system"  # the machine's clock, vouched for by NTP or the operator
    SERVER = "server"  # receipts
    PERSON = "person"
    BEFORE = "before"  # an earlier run of the agent in this boot


class Setting(StrEnum):
    """What became of a time that a person gave."""

    SET = "set"
    SYNCHRONISED = "synchronised"  # the machine's own clock is vouched for: set that one
    OUT_OF_RANGE = "out_of_range"
    BEFORE_BUILD = "before_build"
    BEFORE_LAST_GOOD = "before_last_good"


class ClockSaid(msgspec.Struct, frozen=True):
    """What `clock show` tells. `slack_us`: how far off the time may be; None when nobody knows.

    `system_us`: how far the machine's own clock is ahead of the time in use. `heard_us`: since when
    no receipt told the time.
    """

    state: ClockState
    origin: Origin
    utc_us: int | None
    slack_us: int | None
    system_us: int | None
    is_trusted: bool
    last_good_us: int
    heard_us: int | None


class Timebase(msgspec.Struct, frozen=True):
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


class _Step(msgspec.Struct, frozen=True):
    offset_us: int
    since_us: int


class Timekeeper:
    """Looked at once a second or more often; between two looks the wall clock may do what it likes.

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
        self._origin = Origin.NOBODY
        self._step: _Step | None = None
        self._hearsay = Hearsay(settle_us)
        self._good_us = 0
        self._is_refused = False
        self.anchor: Anchor | None = None
        """When an offset was adopted last; None while the clock is unset."""
        self.adopted: Callable[[], None] = _nobody
        """Called with each new anchor: it is to be kept and told."""

    @property
    def boot(self) -> str:
        return self._clock.boot

    @property
    def mono_us(self) -> int:
        """The boot's clock alone: nothing is looked at, and any thread may ask."""
        return self._clock.mono_us()

    def remember(self, anchor: Anchor | None, last_utc_us: int) -> None:
        """What an earlier run left: an anchor, of use in its own boot only; the last good time."""
        self._good_us = last_utc_us
        if anchor is not None and anchor.boot == self._clock.boot and self._offset_us is None:
            self._offset_us = anchor.utc - anchor.mono * US_PER_MS
            self._origin = Origin.BEFORE
            self.anchor = anchor

    def now(self) -> Timebase:
        mono_us, utc_us = self._clock.mono_us(), self._clock.utc_us()
        is_trusted = self._is_trusted(utc_us)
        if self._offset_us is None:
            state = self._begin(mono_us, utc_us) if is_trusted else ClockState.UNSET
        else:
            state = self._go_on(self._offset_us, mono_us, utc_us, is_trusted=is_trusted)
        return Timebase(state, self._offset_us, self._clock.boot, mono_us)

    def heard(self, boot: str, mono_ms: int, server_us: int) -> Hearing:
        """The server's time in the receipt of what this gateway published at `mono_ms` of `boot`.

        It was so at some instant between then and now: the quicker the answer, the more it says.
        """
        mono_us = self._clock.mono_us()
        span = Span(server_us - mono_us, server_us - mono_ms * US_PER_MS)
        if boot != self._clock.boot or span.width_us < 0:
            return Hearing.NOT_OURS
        if self._is_trusted(self._clock.utc_us()):
            return Hearing.NOT_NEEDED
        if not EARLIEST_US <= server_us < LATEST_US:
            return Hearing.IMPLAUSIBLE
        hearing, offset_us = self._hearsay.hear(
            span, self._offset_us, mono_us, is_doubted=server_us < self._good_us - BACK_US
        )
        if hearing is Hearing.ADOPTED:
            self._adopt(offset_us, mono_us, Origin.SERVER)
        elif hearing is Hearing.FOLLOWED:
            self._offset_us, self._origin = offset_us, Origin.SERVER
        return hearing

    def set_by_person(self, utc_us: int, *, force: bool = False) -> Setting:
        """It is `utc_us` now, says somebody with a watch; `force`: against all that is known."""
        mono_us = self._clock.mono_us()
        refusal = self._refusal(utc_us, force=force)
        if refusal is None:
            self._hearsay.forget(mono_us)
            self._adopt(utc_us - mono_us, mono_us, Origin.PERSON)
        return refusal or Setting.SET

    def said(self) -> ClockSaid:
        """Everything that is known of the time."""
        now, utc_us = self.now(), self._clock.utc_us()
        known_us = now.utc_us(now.mono_us)
        is_trusted = self._is_trusted(utc_us)
        slack_us = JITTER_US if is_trusted else self._hearsay.slack_us(now.mono_us)
        heard_us = self._hearsay.heard_us
        return ClockSaid(
            state=now.state,
            origin=self._origin,
            utc_us=known_us,
            slack_us=None if known_us is None else slack_us,
            system_us=None if known_us is None else utc_us - known_us,
            is_trusted=is_trusted,
            last_good_us=self._good_us,
            heard_us=None if heard_us is None else now.mono_us - heard_us,
        )

    def note_good(self, utc_us: int) -> None:
        """It stands on the disk as the last good time."""
        self._good_us = utc_us

    def _refusal(self, utc_us: int, *, force: bool) -> Setting | None:
        if self._is_trusted(self._clock.utc_us()):
            return Setting.SYNCHRONISED
        if not EARLIEST_US <= utc_us < LATEST_US:
            return Setting.OUT_OF_RANGE
        if force:
            return None
        if utc_us < BUILT_US:
            return Setting.BEFORE_BUILD
        return Setting.BEFORE_LAST_GOOD if utc_us < self._good_us else None

    def _is_trusted(self, utc_us: int) -> bool:
        return EARLIEST_US <= utc_us < LATEST_US and self._clock.is_trusted()

    def _begin(self, mono_us: int, utc_us: int) -> ClockState:
        if utc_us < self._good_us - BACK_US and not self._is_measured:
            if not self._is_refused:
                log.error("the clock is a day or more behind the last good time: not believed")
            self._is_refused = True
            return ClockState.UNSET
        return self._adopt(utc_us - mono_us, mono_us)

    def _go_on(self, offset_us: int, mono_us: int, utc_us: int, *, is_trusted: bool) -> ClockState:
        seen_us = utc_us - mono_us
        if not is_trusted:
            self._step = None
            return self._without_a_clock(mono_us)
        if abs(seen_us - offset_us) < STEP_US:
            self._step = None
            if abs(seen_us - offset_us) > JITTER_US:
                self._offset_us = seen_us
            self._origin = Origin.SYSTEM
            self._hearsay.vouched(mono_us)
            return ClockState.SYNCHRONISED
        return self._hold_over(seen_us, mono_us)

    def _without_a_clock(self, mono_us: int) -> ClockState:
        heard_us = self._hearsay.heard_us
        is_theirs = self._origin is Origin.SERVER and heard_us is not None
        if is_theirs and heard_us is not None and mono_us - heard_us < SERVER_US:
            return ClockState.SERVER
        return ClockState.HOLDOVER

    def _hold_over(self, seen_us: int, mono_us: int) -> ClockState:
        step = self._step
        if step is None or abs(seen_us - step.offset_us) >= STEP_US:
            log.warning("the clock has stepped: the old time is held over until it is confirmed")
            self._step = step = _Step(seen_us, mono_us)
        if mono_us - step.since_us < self._settle_us:
            return ClockState.HOLDOVER
        return self._adopt(seen_us, mono_us)

    def _adopt(self, offset_us: int, mono_us: int, origin: Origin = Origin.SYSTEM) -> ClockState:
        self._offset_us, self._step, self._origin = offset_us, None, origin
        base = Timebase(ClockState.SYNCHRONISED, offset_us, self._clock.boot, mono_us)
        self.anchor = base.anchor()
        moment = datetime.fromtimestamp((mono_us + offset_us) / 1e6, tz=UTC)
        log.info("the time is adopted, of the %s: %s", origin, moment.isoformat())
        self.adopted()
        return base.state


def _nobody() -> None:
    """Whoever looks now and then sees it too."""
