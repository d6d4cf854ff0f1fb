"""Portions: which run of appended rows spans which times, so that a query can skip the others."""

from dataclasses import dataclass, replace

FULL_ROWS = 10_000
"""One slice of retention, a few tens of milliseconds of deleting."""

SMALL_ROWS = 1_000
"""Below this a portion takes whatever comes: many small ones cost more than a wide one."""

WIDE_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows `first` to `last` and times `start_us` to `end_us`, all included."""

    first: int
    last: int
    start_us: int
    end_us: int


def extended(portion: Portion | None, new: Portion) -> Portion:
    """The portion together with the rows that follow it, or the new one alone.

    What comes hours late gets a portion of its own, or else each query would have to read it.
    """
    if portion is None or portion.last + 1 != new.first:
        return new
    start_us, end_us = min(portion.start_us, new.start_us), max(portion.end_us, new.end_us)
    rows = new.last - portion.first + 1
    is_small = portion.last - portion.first + 1 < SMALL_ROWS
    if rows > FULL_ROWS or (end_us - start_us > WIDE_US and not is_small):
        return new
    return replace(portion, last=new.last, start_us=start_us, end_us=end_us)
