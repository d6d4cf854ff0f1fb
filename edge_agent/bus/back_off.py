"""When to try again to open a port that is gone."""

_FIRST_US = 500_000
_LONGEST_US = 10_000_000


class BackOff:
    """Waits 0.5 s after the first failure, then twice as long each time, at most 10 s."""

    def __init__(self, first_us: int = _FIRST_US, longest_us: int = _LONGEST_US) -> None:
        self._first_us = first_us
        self._longest_us = longest_us
        self._wait_us = 0
        self._next_us = 0

    @property
    def next_us(self) -> int:
        """The earliest time of the next try; 0 before any failure."""
        return self._next_us

    def failed(self, now_us: int) -> None:
        """Note that the port could not be opened, or was lost."""
        self._wait_us = min(max(2 * self._wait_us, self._first_us), self._longest_us)
        self._next_us = now_us + self._wait_us

    def worked(self) -> None:
        """Note that the port is open: the next failure starts from the shortest wait."""
        self._wait_us = 0
        self._next_us = 0
