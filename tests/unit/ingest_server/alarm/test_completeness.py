from msgspec.structs import replace

from ingest_server.alarm.completeness import Complete, Span, complete, counting
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


def of_now(lane: LaneState, since: int, through: int) -> LaneState:
    """A lane whose older rows are still to come."""
    return replace(lane, through_us=None, live_since_us=since, live_us=through)


def test_what_is_older_does_not_hold_the_epoch_of_now_back() -> None:
    now = of_now(urgent(None), 50 * S, 99 * S)
    (found,) = complete([now, of_now(bulk(95 * S, None), 52 * S, 90 * S)]).values()
    assert found == Complete(None, None, Span(50 * S, 99 * S), Span(52 * S, 90 * S))
    assert found.latest_us == 99 * S
    (found,) = complete([now, bulk(95 * S, None)]).values()
    assert found == Complete(None, None, Span(50 * S, 99 * S), None)
    (idle,) = complete([now, bulk(80 * S, None)]).values()
    assert idle.every_live == Span(50 * S, 94 * S)


def test_it_counts_once_what_it_speaks_of_is_judged() -> None:
    span = Span(1, 2)
    found = Complete(5, 4, span, span)
    assert found.once(urgent=True, every=True) == found
    assert found.once(urgent=True, every=False) == Complete(5, None, span, None)
    assert found.once(urgent=False, every=False) == Complete(None, None)
    assert found.of(is_urgent=True) == (5, span)
    assert found.of(is_urgent=False) == (4, span)
    assert Complete(None, None).latest_us == 0


def test_while_a_lane_has_entries_to_judge_its_word_does_not_count() -> None:
    lanes = [urgent(99 * S), bulk(95 * S, 40 * S)]
    assert counting(lanes, urgent=True, bulk=True) == complete(lanes)
    assert counting(lanes, urgent=True, bulk=False) == {"gw-1": Complete(99 * S, None)}
    for bulk_is_whole in (True, False):
        nothing = {"gw-1": Complete(None, None)}
        assert counting(lanes, urgent=False, bulk=bulk_is_whole) == nothing
