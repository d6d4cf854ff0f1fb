"""What the buffer writes to the card, by what it was written for; how long a card endures that."""

from enum import StrEnum

import msgspec

_DAY_US = 86_400_000_000
_REMEMBERED_US = 30 * _DAY_US
_HOUR_US = 3_600_000_000


COMMIT_BYTES = 6 * 1_024
"""A transition until it is deleted, about, as the kernel counts (bench/edge_buffer.py)."""


class Purpose(StrEnum):
    """What a transaction was for; one for several counts for the first of these."""

    URGENT = "urgent"
    BULK = "bulk"
    RECEIPTS = "receipts"
    ROOM = "room"
    SALVAGE = "brought_in"


_ONCE = frozenset({Purpose.ROOM, Purpose.SALVAGE})
"""Written once for a start or a broken file: that a day is made of many such hours is not so."""


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


class Worn(msgspec.Struct, frozen=True):
    """What was written in `over_us` of an agent's time, by what it was written for."""

    over_us: int = 0
    by_purpose: dict[Purpose, int] = msgspec.field(default_factory=dict)

    def __add__(self, other: "Worn") -> "Worn":
        both = {one: self.by_purpose.get(one, 0) + other.by_purpose.get(one, 0) for one in Purpose}
        return Worn(self.over_us + other.over_us, both)

    def lately(self) -> "Worn":
        """The same rates, as if it were of 30 days: what was long ago counts ever less."""
        if self.over_us <= _REMEMBERED_US:
            return self
        shares = {
            one: written * _REMEMBERED_US // self.over_us
            for one, written in self.by_purpose.items()
        }
        return Worn(_REMEMBERED_US, shares)

    def per_day(self) -> dict[str, int]:
        """Bytes a day at this rate, by the purpose's name; none before an hour is over.

        What is written once counts as of one day, however much of that is over.
        """
        if self.over_us < _HOUR_US:
            return {}
        once_us = max(self.over_us, _DAY_US)
        return {
            one.value: written * _DAY_US // (once_us if one in _ONCE else self.over_us)
            for one, written in self.by_purpose.items()
        }


def years(endurance: int, bytes_per_day: int) -> float | None:
    """How long a card that may be written `endurance` bytes lasts; None when nothing is written."""
    return None if bytes_per_day <= 0 else endurance / bytes_per_day / 365.25
