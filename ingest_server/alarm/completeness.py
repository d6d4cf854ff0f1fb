"""Through which source time a gateway's readings are all here: what absence is judged by."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest_server.db.journal import LaneState
from wire.topic import Lane

BULK_IDLE_US = 15_000_000
BULK_LAG_US = 5_000_000


@dataclass(frozen=True, slots=True)
class Complete:
    """`urgent_us`: for rules that the urgent lane alone feeds; `every_us`: for all others.

    None: unknown, so nothing is judged by time.
    """

    urgent_us: int | None
    every_us: int | None


def complete(lanes: Iterable[LaneState]) -> dict[str, Complete]:
    """By gateway. All lanes are complete as far as the least of them.

    A bulk lane without a word for 15 s before the last urgent one has nothing to say (it has no
    heartbeat): then the urgent lane speaks for it, less what may be on its way.
    """
    by_lane = {(one.gateway, one.lane): one for one in lanes}
    return {
        gateway: Complete(urgent.through_us, _every(urgent, by_lane.get((gateway, Lane.BULK))))
        for (gateway, lane), urgent in by_lane.items()
        if lane is Lane.URGENT
    }


def _every(urgent: LaneState, bulk: LaneState | None) -> int | None:
    if urgent.through_us is None:
        return None
    if bulk is None or urgent.arrival_us - bulk.arrival_us >= BULK_IDLE_US:
        return urgent.through_us - BULK_LAG_US
    return None if bulk.through_us is None else min(urgent.through_us, bulk.through_us)
