"""Where readings stand in UTC: what is added to a payload's times, and how far to trust it."""

from dataclasses import dataclass

from ingest_server.db.boot import Boot
from ingest_server.db.retime import ClockMark
from ingest_server.intake.timeline import TOLERANCE_US, Said
from wire.batch import Batch
from wire.envelope import Base, Through

US_PER_MS = 1_000
# The base is cut to a millisecond: the zero that a stamp implies is early by less than this.
_CUT_US = US_PER_MS - 1


@dataclass(frozen=True, slots=True)
class Placement:
    """`shift_us` added to the batch's times gives UTC; `clock` says how far to trust that."""

    shift_us: int
    clock: str


def place_foreign(batch: Batch, arrival_us: int, clock: str = ClockMark.FOREIGN.value) -> Placement:
    """Readings that no boot can place, marked `clock`; none of them lies in the future."""
    latest_us = max((one.time_us for one in batch.readings), default=0)
    if batch.relative:
        # RFC 8428 section 4.5.3: relative to roughly now.
        return Placement(arrival_us - max(latest_us, 0), clock)
    if latest_us > arrival_us + TOLERANCE_US:
        return Placement(arrival_us - latest_us, ClockMark.SUSPECT.value)
    return Placement(0, clock)


def not_ahead(placement: Placement, batch: Batch, arrival_us: int) -> Placement:
    """The same, unless readings would lie in the future: then the last one lies at its arrival.

    A gateway that states a base after the moment of publishing, or a reading long after its
    neighbours, contradicts itself: this message alone is suspect, not the boot.
    """
    ahead_us = max(one.time_us for one in batch.readings) + placement.shift_us - arrival_us
    if ahead_us <= TOLERANCE_US:
        return placement
    return Placement(placement.shift_us - ahead_us, ClockMark.SUSPECT.value)


def stated_by_batch(batch: Batch, base: Base) -> int:
    """The boot's zero as absolute times imply it, at most 1 ms early."""
    return min(one.time_us for one in batch.readings) - base.mono * US_PER_MS - _CUT_US


def stated_by_through(through: Through) -> int | None:
    """The same of a *complete through* in UTC; None without."""
    return None if through.utc is None else through.utc - through.mono * US_PER_MS - _CUT_US


def end_of_batch(batch: Batch, base: Base) -> int:
    """The latest time of its readings on the boot's clock, us."""
    times = [one.time_us for one in batch.readings]
    begin_us = 0 if batch.relative else min(times, default=0)
    return base.mono * US_PER_MS + max(times, default=begin_us) - begin_us


def place_relative(boot: Boot, base: Base) -> Placement:
    clock = ClockMark.ANCHORED if boot.is_anchored else base.clock
    return Placement(boot.zero_us + base.mono * US_PER_MS, clock.value)


def place_absolute(boot: Boot, base: Base, stated_us: int, said: Said) -> Placement:
    """As stamped, or on the boot's own zero when the stamps are not believed."""
    if said is Said.SUSPECT:
        return Placement(boot.zero_us - stated_us, ClockMark.SUSPECT.value)
    return Placement(0, base.clock.value)
