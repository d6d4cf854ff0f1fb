"""How fast a link is and how much may be under way on it, from what the peer acknowledges."""

from collections import deque

import msgspec

START_BYTES = 1_024
"""May be under way before anything was measured: a quarter of a second of 4 000 bytes a second."""
QUEUE_S = 0.5
"""What is under way takes the link so long, at most, beyond the way there and back."""
_LONGEST_TRIP_US = 2_000_000
_KEPT = 32
_KEPT_US = 10_000_000
_US = 1_000_000


class Departure(msgspec.Struct, frozen=True):
    """One message as it left: how much had been acknowledged then, and since when."""

    size: int
    at_us: int
    delivered: int
    since_us: int


class _Sample(msgspec.Struct, frozen=True):
    at_us: int
    per_second: float


class LinkRate:
    """Counts bytes that left and bytes acknowledged; what stands in any buffer is under way.

    A sample is what was acknowledged between a message's departure and its own acknowledgement,
    over that time (as in BBR, draft-cardwell-iccrg-bbr-congestion-control section 4.1): it never
    exceeds what the link carried. The best of the last 10 s counts, since a link that had nothing
    to carry shows less than it could.
    """

    def __init__(self) -> None:
        self.under_way = 0
        self._delivered = 0
        self._since_us = 0
        self._trip_us: int | None = None
        self._samples: deque[_Sample] = deque(maxlen=_KEPT)

    def sent(self, size: int, now_us: int) -> Departure:
        """A message leaves; hand the departure back when it is acknowledged or given up."""
        if self.under_way == 0:
            self._since_us = now_us
        self.under_way += size
        return Departure(size, now_us, self._delivered, self._since_us)

    def acknowledged(self, one: Departure, now_us: int) -> None:
        """The peer has it."""
        self.under_way -= one.size
        self._delivered += one.size
        self._since_us = now_us
        took_us = now_us - one.at_us
        self._trip_us = took_us if self._trip_us is None else min(self._trip_us, took_us)
        over_us = max(now_us - one.since_us, 1)
        self._note((self._delivered - one.delivered) * _US / over_us, now_us)

    def given_up(self, one: Departure) -> None:
        """Nobody will acknowledge it."""
        self.under_way -= one.size

    def _note(self, per_second: float, now_us: int) -> None:
        while self._samples and now_us - self._samples[0].at_us > _KEPT_US:
            self._samples.popleft()
        # A maximum over a window: what is older and lower can never count again.
        while self._samples and self._samples[-1].per_second <= per_second:
            self._samples.pop()
        self._samples.append(_Sample(now_us, per_second))

    @property
    def per_second(self) -> float | None:
        """Bytes a second; None before the first acknowledgement."""
        return self._samples[0].per_second if self._samples else None

    @property
    def allowance(self) -> int:
        """How many bytes may be under way of what can wait."""
        rate = self.per_second
        if rate is None:
            return START_BYTES
        trip_us = min(self._trip_us or 0, _LONGEST_TRIP_US)
        return round(rate * (QUEUE_S + trip_us / _US))
