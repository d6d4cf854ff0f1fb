"""Where readings stand in UTC: what is added to a payload's times, and how far to trust it."""

from dataclasses import dataclass

from wire.batch import Batch
from wire.envelope import Envelope, Through

# A gateway's clock may differ from ours by its NTP error and ours; more is a stamp from the future.
FUTURE_TOLERANCE_US = 5_000_000
US_PER_MS = 1_000

FOREIGN = "foreign"
SUSPECT = "clock_suspect"


@dataclass(frozen=True, slots=True)
class Placement:
    """`shift_us` added to the batch's times gives UTC; `clock` says how far to trust that."""

    shift_us: int
    clock: str


def boot_zero_seen(envelope: Envelope, arrival_us: int) -> int | None:
    """UTC of the sending boot's zero as this message shows it: late by what the queue took."""
    if envelope.sent is None:
        return None
    return arrival_us - envelope.sent.mono * US_PER_MS


def place(batch: Batch, envelope: Envelope, arrival_us: int, zero_us: int | None) -> Placement:
    """Place a batch; `zero_us` is what is known of the zero of the boot of its base."""
    latest = max((r.time_us for r in batch.readings), default=0)
    if not batch.relative:
        clock = FOREIGN if envelope.base is None else envelope.base.clock.value
        if latest > arrival_us + FUTURE_TOLERANCE_US:
            return Placement(arrival_us - latest, SUSPECT)
        return Placement(0, clock)
    if envelope.base is None:
        # RFC 8428 section 4.5.3: relative to roughly now; nothing may lie in the future.
        return Placement(arrival_us - max(latest, 0), FOREIGN)
    base_us = envelope.base.mono * US_PER_MS
    if zero_us is None:
        zero_us = _zero_before_this_boot(envelope, arrival_us, base_us)
    return Placement(min(zero_us + base_us, arrival_us - latest), envelope.base.clock.value)


def _zero_before_this_boot(envelope: Envelope, arrival_us: int, base_us: int) -> int:
    """An earlier boot without an anchor ended, at the latest, when the sending boot began."""
    sending_zero = boot_zero_seen(envelope, arrival_us)
    return (arrival_us if sending_zero is None else sending_zero) - base_us


def through_utc(through: Through, arrival_us: int, zero_us: int | None) -> int | None:
    """Complete through, in UTC and never in the future; None when the boot can not be placed."""
    if through.utc is not None:
        return min(through.utc, arrival_us)
    return None if zero_us is None else min(zero_us + through.mono * US_PER_MS, arrival_us)
