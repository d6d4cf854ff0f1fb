from ingest_server.alarm.completeness import Complete, complete
from ingest_server.db.journal import LaneState
from wire.topic import Lane

S = 1_000_000


def urgent(through: int | None) -> LaneState:
    return LaneState("gw-1", Lane.URGENT, 100 * S, through, 0)


def bulk(arrival: int, through: int | None) -> LaneState:
    return LaneState("gw-1", Lane.BULK, arrival, through, 0)


def test_a_busy_bulk_lane_holds_everything_else_back() -> None:
    lanes = [urgent(99 * S), bulk(95 * S, 40 * S)]
    assert complete(lanes) == {"gw-1": Complete(99 * S, 40 * S)}


def test_a_bulk_lane_that_does_not_know_keeps_time_from_judging() -> None:
    assert complete([urgent(99 * S), bulk(95 * S, None)]) == {"gw-1": Complete(99 * S, None)}


def test_an_idle_bulk_lane_has_nothing_to_say() -> None:
    expected = {"gw-1": Complete(99 * S, 94 * S)}
    assert complete([urgent(99 * S), bulk(80 * S, 40 * S)]) == expected
    assert complete([urgent(99 * S)]) == expected


def test_without_the_urgent_lanes_word_nothing_is_complete() -> None:
    assert complete([urgent(None)]) == {"gw-1": Complete(None, None)}
    assert complete([bulk(80 * S, 40 * S)]) == {}
