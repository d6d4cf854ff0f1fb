"""How long things took, in buckets that grow by two per cent: quantiles in bounded memory."""

import math
from collections import Counter

_GROWTH = math.log(1.02)


class Latency:
    """Microseconds; the maximum is exact, a quantile at most 2 % too high."""

    def __init__(self) -> None:
        self._buckets: Counter[int] = (
            Counter()
        )  # two thousand of them reach to the age of the world
        self.maximum_us = 0
        self.count = 0

    def add(self, took_us: int) -> None:
        self._buckets[math.ceil(math.log(max(took_us, 1)) / _GROWTH)] += 1
        self.maximum_us = max(self.maximum_us, took_us)
        self.count += 1

    def quantile_us(self, share: float) -> int | None:
        """Nearest rank; None when nothing was counted."""
        rank = max(math.ceil(share * self.count), 1)
        seen = 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= rank:
                return min(round(math.exp(bucket * _GROWTH)), self.maximum_us)
        return None
