"""What the buffer writes to the card, by what it was written for; how long a card endures that."""

from enum import StrEnum

import msgspec

_DAY_US = 86_400_000_000


COMMIT_BYTES = 6 * 1_024
"""A transition until it is deleted, about, as the kernel counts (bench/edge_buffer.py)."""


class Purpose(StrEnum):
    """What a transaction was for; one for several counts for the first of these."""

    URGENT = "urgent"
    BULK = "bulk"
    RECEIPTS = "receipts"
    ROOM = "room"
    SALVAGE = "brought_in"


class Meter(msgspec.Struct):
    """Asked by the writing thread before each transaction: what came since belongs to the last."""

    by_purpose: dict[Purpose, int] = msgspec.field(
        default_factory=lambda: dict.fromkeys(Purpose, 0)
    )
    _before: int | None = None
    _purpose: Purpose | None = None

    def begin(self, purpose: Purpose, written: int | None) -> None:
        """`written`: by this thread so far."""
        if written is None:
            return
        if self._purpose is not None and self._before is not None:
            self.by_purpose[self._purpose] += max(written - self._before, 0)
        self._before, self._purpose = written, purpose


def per_day(written: int, since_us: int, now_us: int) -> int:
    """Bytes a day at the rate from `since_us` to `now_us`."""
    return written * _DAY_US // max(now_us - since_us, 1)


def years(endurance: int, bytes_per_day: int) -> float | None:
    """How long a card that may be written `endurance` bytes lasts; None when nothing is written."""
    return None if bytes_per_day <= 0 else endurance / bytes_per_day / 365.25
