"""How many bytes and messages of a lane may leave now, so that nothing waits behind what can."""

from edge_agent.uplink.feeds import Feed
from edge_agent.uplink.share import Limit, Share
from runtime.link_rate import LinkRate
from wire.topic import Lane

RESERVED_SLOTS = {Lane.URGENT: 4, Lane.BULK: 16}
"""Publishes without an answer that a lane leaves to what is more urgent."""
AT_ONCE = 16
_UNBOUNDED = 1 << 40


class Throttle:
    """Of one lane: urgent and live is not held back; all else holds a second of the link."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._backlog = Share()  # beside what is live
        self._second_lane = Share()  # of this lane, beside the backlog of the one before it
        self._limit = Limit()
        self._under_way = 0

    def is_free(self, feed: Feed) -> bool:
        """Whether this feed waits for nothing but the link itself."""
        return self._lane is Lane.URGENT and feed is Feed.LIVE

    @property
    def order(self) -> tuple[Feed, Feed]:
        """What is live goes first, unless the backlog has its turn."""
        if self._backlog.has_turn:
            return Feed.BACKLOG, Feed.LIVE
        return Feed.LIVE, Feed.BACKLOG

    @property
    def has_turn(self) -> bool:
        """Whether this lane may go although the one before it has a backlog."""
        return self._second_lane.has_turn

    def size(self, feed: Feed, rate: LinkRate, now_us: int) -> int:
        """Bytes; what leaves may be more by a part of one row, which can not be split."""
        if self.is_free(feed):
            return _UNBOUNDED
        size = rate.allowance - rate.under_way
        if not self._under_way:
            size = max(size, 1)
        return min(size, self._limit.room(now_us)) if feed is Feed.BACKLOG else size

    def size_again(self, rate: LinkRate) -> int:
        """Bytes of rows that no receipt covered in time."""
        return _UNBOUNDED if self._lane is Lane.URGENT else self.size(Feed.LIVE, rate, 0)

    def messages(self, feed: Feed, slots: int) -> int:
        """Of the `slots` that the broker has."""
        if self.is_free(feed):
            return AT_ONCE
        free = max(slots - RESERVED_SLOTS[self._lane], 1) - self._under_way
        return min(free, AT_ONCE)

    def wait_us(self, now_us: int) -> int:
        """Until the backlog's limit lets something go."""
        return self._limit.wait_us(now_us)

    def sent(self, size: int, feed: Feed, *, live_waits: bool, first_waits: bool) -> None:
        """One message left. `first_waits`: the lane before this one has a backlog."""
        self._under_way += 1
        if feed is Feed.LIVE:
            self._backlog.first_sent(size)
        else:
            self._backlog.second_sent(size, alone=not live_waits)
            self._limit.spent(size)
        self._second_lane.second_sent(size, alone=not first_waits)

    def first_sent(self, size: int) -> None:
        """The lane before this one sent so much of its backlog."""
        self._second_lane.first_sent(size)

    def answered(self) -> None:
        self._under_way -= 1
