"""Bulk goes first; urgent has its room and loses its own only when nothing else is left."""

import pytest

from edge_agent.buffer.retention import Eviction, Full, Limits, evict
from wire.topic import Lane

LIMITS = Limits(total=100, reserved=30)


@pytest.mark.parametrize(
    ("urgent", "bulk", "want"),
    [
        (0, 0, None),
        (0, 70, None),
        (0, 71, Eviction(Lane.BULK, 1, Full.BULK_FULL)),
        (30, 70, None),
        (50, 60, Eviction(Lane.BULK, 10, Full.BULK_FULL)),
        (120, 5, Eviction(Lane.BULK, 5, Full.BULK_FULL)),
        (100, 0, None),
        (120, 0, Eviction(Lane.URGENT, 20, Full.URGENT_FULL)),
    ],
)
def test_what_goes(urgent: int, bulk: int, want: Eviction | None) -> None:
    assert evict({Lane.URGENT: urgent, Lane.BULK: bulk}, LIMITS) == want
