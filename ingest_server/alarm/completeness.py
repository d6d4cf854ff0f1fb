"""Through which source time a gateway's readings are all here: what absence is judged by."""

from collections.abc import Iterable

import msgspec

from ingest_server.db.journal import LaneState
from wire.topic import Lane

BULK_IDLE_US = 15_000_000
BULK_LAG_US = 5_000_000


class Span(msgspec.Struct, frozen=True, gc=False):
    """All that was taken from `since_us` through `through_us` is here; what is older may not be."""

    since_us: int
    through_us: int


class Complete(msgspec.Struct, frozen=True, gc=False):
    """`urgent_us`: for rules that the urgent lane alone feeds; `every_us`: for all others.

    None: unknown, so nothing is judged by time. `urgent_live`, `every_live`: the same of the epoch
    that speaks alone, while older rows wait in a backlog or come in from a broken file.
    """

    urgent_us: int | None
    every_us: int | None
    urgent_live: Span | None = None
    every_live: Span | None = None

    @property
    def latest_us(self) -> int:
        """Nothing later than this is judged by time."""
        spans = [one.through_us for one in (self.urgent_live, self.every_live) if one is not None]
        return max(self.urgent_us or 0, self.every_us or 0, *spans, 0)

    def once(self, *, urgent: bool, every: bool) -> "Complete":
        """What the lanes say counts only once the entries that they speak of are judged."""
        if urgent and every:
            return self
        return Complete(
            self.urgent_us if urgent else None,
            self.every_us if every else None,
            self.urgent_live if urgent else None,
            self.every_live if every else None,
        )

    def of(self, *, is_urgent: bool) -> tuple[int | None, Span | None]:
        """For a rule that the urgent lane alone feeds, or another."""
        if is_urgent:
            return self.urgent_us, self.urgent_live
        return self.every_us, self.every_live


def complete(lanes: Iterable[LaneState]) -> dict[str, Complete]:
    """By gateway. All lanes are complete as far as the least of them.

    A bulk lane without a word for 15 s before the last urgent one has nothing to say (it has no
    heartbeat): then the urgent lane speaks for it, less what may be on its way.
    """
    by_lane: dict[Lane, dict[str, LaneState]] = {lane: {} for lane in Lane}
    for one in lanes:
        by_lane[one.lane][one.gateway] = one
    bulk = by_lane[Lane.BULK]
    return {
        gateway: _complete(urgent, bulk.get(gateway))
        for gateway, urgent in by_lane[Lane.URGENT].items()
    }


def counting(lanes: Iterable[LaneState], *, urgent: bool, bulk: bool) -> dict[str, Complete]:
    """By gateway, what counts: of which lanes all entries are judged."""
    return {
        gateway: one.once(urgent=urgent, every=urgent and bulk)
        for gateway, one in complete(lanes).items()
    }


def _complete(urgent: LaneState, bulk: LaneState | None) -> Complete:
    live = _live(urgent)
    return Complete(urgent.through_us, _every(urgent, bulk), live, _every_live(live, urgent, bulk))


def _every(urgent: LaneState, bulk: LaneState | None) -> int | None:
    if urgent.through_us is None:
        return None
    if bulk is None or _is_idle(bulk, urgent):
        return urgent.through_us - BULK_LAG_US
    return None if bulk.through_us is None else min(urgent.through_us, bulk.through_us)


def _every_live(live: Span | None, urgent: LaneState, bulk: LaneState | None) -> Span | None:
    if live is None:
        return None
    if bulk is None or _is_idle(bulk, urgent):
        return Span(live.since_us, live.through_us - BULK_LAG_US)
    its = _live(bulk)
    if its is None:
        return None
    return Span(max(live.since_us, its.since_us), min(live.through_us, its.through_us))


def _live(lane: LaneState) -> Span | None:
    if lane.live_since_us is None or lane.live_us is None:
        return None
    return Span(lane.live_since_us, lane.live_us)


def _is_idle(bulk: LaneState, urgent: LaneState) -> bool:
    return urgent.arrival_us - bulk.arrival_us >= BULK_IDLE_US
