"""What must go when the buffer is full: bulk first, the oldest first; urgent only when alone."""

from enum import StrEnum

import msgspec

from wire.topic import Lane


class Full(StrEnum):
    """Why readings of the buffer were given up."""

    BULK_FULL = "bulk_full"
    URGENT_FULL = "urgent_full"


class Limits(msgspec.Struct, frozen=True):
    """`total` bytes of payload in the buffer, of which `reserved` are kept for the urgent lane."""

    total: int
    reserved: int


class Eviction(msgspec.Struct, frozen=True):
    """Give up the oldest rows of `lane` until `size` bytes are free, under `reason`."""

    lane: Lane
    size: int
    reason: Full


def evict(sizes: dict[Lane, int], limits: Limits) -> Eviction | None:
    """Decide what to give up; None while everything has room.

    Bulk never uses the room reserved for urgent; urgent beyond its room takes from bulk first, and
    loses its own oldest rows only when nothing of bulk is left.
    """
    urgent = sizes.get(Lane.URGENT, 0)
    bulk = sizes.get(Lane.BULK, 0)
    room_for_bulk = max(limits.total - max(limits.reserved, urgent), 0)
    if bulk > room_for_bulk:
        return Eviction(Lane.BULK, bulk - room_for_bulk, Full.BULK_FULL)
    if urgent > limits.total:
        return Eviction(Lane.URGENT, urgent - limits.total, Full.URGENT_FULL)
    return None
