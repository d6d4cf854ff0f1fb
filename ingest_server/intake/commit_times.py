"""How long the commits of intake took: all of them in sum, the last 512 by quantile."""

from collections import deque

_KEPT = 512


class CommitTimes:
    """All times in microseconds."""

    def __init__(self) -> None:
        self.count = 0
        self.total_us = 0
        self._last: deque[int] = deque(maxlen=_KEPT)

    def add(self, took_us: int) -> None:
        self.count += 1
        self.total_us += took_us
        self._last.append(took_us)

    def quantile(self, share: float) -> int | None:
        """Nearest rank; None before the first."""
        if not self._last:
            return None
        ordered = sorted(self._last)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
