"""Who may go when two want to: the first goes first, the second has a minimum and a limit."""

MINIMUM = 0.2
"""Of the bytes, while both have something to send."""
BACKLOG_PER_SECOND = 1_048_576
"""At 5 bytes a reading 200 000 a second: no server is to be flooded by one gateway."""
_MOST_CREDIT = 65_536
_BURST_US = 250_000
_US = 1_000_000


class Share:
    """Counts for the second: what the first sends earns it credit, what it sends costs it."""

    def __init__(self, minimum: float = MINIMUM) -> None:
        self._gain = minimum / (1 - minimum)
        self._credit = 0.0

    @property
    def has_turn(self) -> bool:
        """Whether the second goes although the first has something to send."""
        return self._credit > 0

    def first_sent(self, size: int) -> None:
        self._credit = min(self._credit + size * self._gain, _MOST_CREDIT)

    def second_sent(self, size: int, *, alone: bool) -> None:
        """`alone`: the first had nothing to send, so it costs nothing."""
        if not alone:
            self._credit -= size


class Limit:
    """At most `per_second` bytes, with a quarter of a second's worth at once."""

    def __init__(self, per_second: int = BACKLOG_PER_SECOND) -> None:
        self._per_second = per_second
        self._full = per_second * _BURST_US / _US
        self._room = self._full
        self._at_us = 0

    def room(self, now_us: int) -> int:
        """Bytes that may leave now."""
        gained = max(now_us - self._at_us, 0) * self._per_second / _US
        self._room = min(self._room + gained, self._full)
        self._at_us = now_us
        return max(int(self._room), 0)

    def spent(self, size: int) -> None:
        """May be more than there was room for: then the next waits longer."""
        self._room -= size

    def wait_us(self, now_us: int) -> int:
        """Until there is room again."""
        if self.room(now_us):
            return 0
        return int((1 - self._room) * _US / self._per_second) + 1
