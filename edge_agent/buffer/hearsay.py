"""The time as receipts tell it: between which bounds it must lie, and when it is to be changed.

A receipt bounds the offset: the server read its clock after we published and before we heard. Of
many receipts only what all of them allow is left; between two of them the bounds drift apart. The
offset in use is moved as little as brings it within, so it is smooth. Bounds that lie 2 s or more
away are a step: believed when several receipts said so for as long as a step must last.
"""

from enum import StrEnum

import msgspec

ROUND_TRIP_US = 2_000_000
"""A slower answer says too little (design section 3)."""
STEP_US = 2_000_000
DRIFT_PPM = 50
"""By how much a crystal that nobody disciplines may go wrong."""
_PERSON_US = 5_000_000  # a watch that is read, a line that is typed
_VOUCHED_US = 10_000
_TIMES = 3
_CUT_US = 1_000  # the time of publishing is told in whole milliseconds


class Hearing(StrEnum):
    """What became of the time in a receipt."""

    NOT_OURS = "not_ours"  # of another boot, or of the future
    NOT_NEEDED = "not_needed"  # the machine's own clock is vouched for
    SLOW = "slow"
    IMPLAUSIBLE = "implausible"
    CONFIRMED = "confirmed"
    FOLLOWED = "followed"
    ADOPTED = "adopted"
    STEP = "step"


class Span(msgspec.Struct, frozen=True):
    """The offset lies between the two, both included."""

    low_us: int
    high_us: int

    @property
    def width_us(self) -> int:
        return self.high_us - self.low_us

    @property
    def middle_us(self) -> int:
        return (self.low_us + self.high_us) // 2

    def wider(self, us: int) -> "Span":
        return Span(self.low_us - us, self.high_us + us)

    def within(self, other: "Span") -> "Span | None":
        """What both allow; None when they contradict each other."""
        low_us, high_us = max(self.low_us, other.low_us), min(self.high_us, other.high_us)
        return Span(low_us, high_us) if low_us <= high_us else None

    def nearest(self, offset_us: int) -> int:
        return min(max(offset_us, self.low_us), self.high_us)

    def distance_us(self, offset_us: int) -> int:
        return abs(self.nearest(offset_us) - offset_us)


class _Claim(msgspec.Struct):
    """A step that receipts tell of."""

    span: Span
    since_us: int
    times: int = 1


class Hearsay:
    """`heard_us`: when a receipt last told the time in use, on the boot's clock."""

    def __init__(self, settle_us: int) -> None:
        self._settle_us = settle_us
        self._known: Span | None = None  # half widths around the offset in use, as of `_at_us`
        self._at_us = 0
        self._claim: _Claim | None = None
        self.heard_us: int | None = None

    def hear(
        self, span: Span, offset_us: int | None, mono_us: int, *, is_doubted: bool = False
    ) -> tuple[Hearing, int]:
        """What is to become of the offset in use, and where it is to stand.

        `is_doubted`: it speaks against the last good time; it has to be said for long.
        """
        if span.width_us > ROUND_TRIP_US:
            return Hearing.SLOW, offset_us or 0
        span = Span(span.low_us, span.high_us + _CUT_US)
        if offset_us is None and is_doubted:
            return self._contradict(span, 0, mono_us)
        if offset_us is None:
            return Hearing.ADOPTED, self._settle(span, span.middle_us, mono_us)
        known = self._now(offset_us, mono_us)
        both = None if known is None else known.within(span)
        if span.distance_us(offset_us) >= STEP_US and both is None:
            return self._contradict(span, offset_us, mono_us)
        moved_us = self._settle(both or span, (both or span).nearest(offset_us), mono_us)
        if abs(moved_us - offset_us) >= STEP_US:
            return Hearing.ADOPTED, moved_us
        return (Hearing.CONFIRMED if moved_us == offset_us else Hearing.FOLLOWED), moved_us

    def vouched(self, mono_us: int) -> None:
        """The machine's own clock is right, and the time in use is that."""
        self._known, self._at_us, self._claim = Span(-_VOUCHED_US, _VOUCHED_US), mono_us, None

    def forget(self, mono_us: int) -> None:
        """Somebody read it from a watch."""
        self._known, self._at_us, self._claim = Span(-_PERSON_US, _PERSON_US), mono_us, None
        self.heard_us = None

    def slack_us(self, mono_us: int) -> int | None:
        """How far off the time in use may be; None when nothing bounds it."""
        if self._known is None:
            return None
        return max(-self._known.low_us, self._known.high_us) + self._drift_us(mono_us)

    def _drift_us(self, mono_us: int) -> int:
        return (mono_us - self._at_us) * DRIFT_PPM // 1_000_000

    def _now(self, offset_us: int, mono_us: int) -> Span | None:
        if self._known is None:
            return None
        known = Span(offset_us + self._known.low_us, offset_us + self._known.high_us)
        return known.wider(self._drift_us(mono_us))

    def _settle(self, span: Span, offset_us: int, mono_us: int) -> int:
        self._known = Span(span.low_us - offset_us, span.high_us - offset_us)
        self._at_us, self.heard_us, self._claim = mono_us, mono_us, None
        return offset_us

    def _contradict(self, span: Span, offset_us: int, mono_us: int) -> tuple[Hearing, int]:
        claim = self._claim
        drift_us = 0 if claim is None else (mono_us - claim.since_us) * DRIFT_PPM // 1_000_000
        both = None if claim is None else claim.span.wider(drift_us).within(span)
        if claim is None or both is None:
            self._claim = _Claim(span, mono_us)
            return Hearing.STEP, offset_us
        claim.times += 1
        is_settled = mono_us - claim.since_us >= self._settle_us and claim.times >= _TIMES
        if not is_settled:
            return Hearing.STEP, offset_us
        return Hearing.ADOPTED, self._settle(span, span.middle_us, mono_us)
