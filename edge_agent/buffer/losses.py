"""What was thinned or given up, from when to when and why: as readings that travel themselves."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec

from edge_agent.exchange import Sample

POINT: Final = "loss"
"""The point of the gateway itself that tells of it, in the urgent lane."""


class Lost(StrEnum):
    """What became of readings for which there was no room."""

    THINNED = "thinned"
    GIVEN_UP = "given_up"


class Instant(msgspec.Struct, frozen=True):
    """UTC (us) when the clock was set; else on the clock of `boot`."""

    at_us: int
    boot: str
    is_utc: bool

    def __str__(self) -> str:
        if self.is_utc:
            at = datetime.fromtimestamp(self.at_us / 1_000_000, tz=UTC)
            return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"{self.boot}+{self.at_us / 1_000_000:.3f}s"


class Loss(msgspec.Struct, frozen=True):
    """`gone` of `taken` readings of a lane, between two instants."""

    what: Lost
    lane: str
    reason: str
    start: Instant
    end: Instant
    gone: int
    taken: int

    def __str__(self) -> str:
        """`thinned bulk bulk_full <start>/<end> <gone>/<taken>`; instants hold no space."""
        span = f"{self.start}/{self.end}"
        return f"{self.what} {self.lane} {self.reason} {span} {self.gone}/{self.taken}"


def summed(losses: Iterable[Loss]) -> list[Loss]:
    """One for each kind, lane, reason and clock."""
    found: dict[tuple[object, ...], Loss] = {}
    for one in losses:
        clock = (one.start.is_utc, "" if one.start.is_utc else one.start.boot)
        place = (one.what, one.lane, one.reason, *clock)
        known = found.get(place)
        found[place] = one if known is None else _both(known, one)
    return list(found.values())


def _both(one: Loss, other: Loss) -> Loss:
    return Loss(
        one.what,
        one.lane,
        one.reason,
        min(one.start, other.start, key=lambda at: at.at_us),
        max(one.end, other.end, key=lambda at: at.at_us),
        one.gone + other.gone,
        one.taken + other.taken,
    )


def samples(losses: Iterable[Loss], now_us: int) -> list[Sample]:
    """What is reported of them, each at an instant of its own."""
    return [Sample(POINT, str(one), now_us + n) for n, one in enumerate(summed(losses))]
