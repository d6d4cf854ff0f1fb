"""What may leave now: urgent at once, all else about a second of the link, turns and slots kept."""

from edge_agent.uplink.feeds import Feed
from edge_agent.uplink.throttle import AT_ONCE, RESERVED_SLOTS, Throttle
from runtime.link_rate import START_BYTES, LinkRate
from wire.topic import Lane


def sent(one: Throttle, size: int, feed: Feed, *, first_waits: bool = False) -> None:
    one.sent(size, feed, live_waits=True, first_waits=first_waits)


def test_what_is_urgent_and_live_is_not_held_back() -> None:
    urgent, rate = Throttle(Lane.URGENT), LinkRate()
    rate.sent(10**9, 0)
    for _ in range(100):
        sent(urgent, 1_000, Feed.LIVE)
    assert urgent.size(Feed.LIVE, rate, 0) > 10**9
    assert urgent.messages(Feed.LIVE, slots=1) == AT_ONCE
    assert urgent.size_again(rate) > 10**9
    assert urgent.size(Feed.BACKLOG, rate, 10**9) < 0


def test_the_rest_holds_what_the_link_carries_and_always_one_row() -> None:
    bulk, rate = Throttle(Lane.BULK), LinkRate()
    assert bulk.size(Feed.LIVE, rate, 0) == START_BYTES
    rate.sent(START_BYTES + 100, 0)
    assert bulk.size(Feed.LIVE, rate, 0) == bulk.size_again(rate) == 1
    sent(bulk, 100, Feed.LIVE)
    assert bulk.size(Feed.LIVE, rate, 0) == -100
    bulk.answered()
    assert bulk.size(Feed.LIVE, rate, 0) == 1


def test_slots_are_reserved_for_what_is_more_urgent() -> None:
    bulk, reserved = Throttle(Lane.BULK), RESERVED_SLOTS[Lane.BULK]
    assert bulk.messages(Feed.LIVE, slots=reserved + 5) == 5
    assert bulk.messages(Feed.BACKLOG, slots=2) == 1
    sent(bulk, 1, Feed.BACKLOG)
    assert bulk.messages(Feed.LIVE, slots=reserved + 5) == 4
    assert bulk.messages(Feed.BACKLOG, slots=2) == 0


def test_the_backlog_gets_its_turn() -> None:
    bulk = Throttle(Lane.BULK)
    assert bulk.order == (Feed.LIVE, Feed.BACKLOG)
    sent(bulk, 700, Feed.LIVE)
    assert bulk.order == (Feed.BACKLOG, Feed.LIVE)
    sent(bulk, 700, Feed.BACKLOG)
    assert bulk.order == (Feed.LIVE, Feed.BACKLOG)


def test_the_backlog_has_a_limit() -> None:
    bulk, rate = Throttle(Lane.BULK), LinkRate()
    rate.acknowledged(rate.sent(10**9, 0), 1)
    while bulk.size(Feed.BACKLOG, rate, 0) > 0:
        sent(bulk, 100_000, Feed.BACKLOG)
    assert bulk.wait_us(0) > 0
    assert bulk.size(Feed.LIVE, rate, 0) > 0
    assert bulk.size(Feed.BACKLOG, rate, bulk.wait_us(0)) > 0


def test_a_lane_has_its_share_beside_the_backlog_of_the_first() -> None:
    bulk = Throttle(Lane.BULK)
    turns = [bulk.has_turn]
    bulk.first_sent(1_000)
    turns.append(bulk.has_turn)
    sent(bulk, 700, Feed.LIVE, first_waits=True)
    assert [*turns, bulk.has_turn] == [False, True, False]
