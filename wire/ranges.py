"""Sets of keys as sorted, disjoint, closed ranges [low, high]."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

Range = tuple[int, int]


class Ranges:
    """A growing set of positive integers; `add` merges neighbours, so gaps alone cost memory."""

    __slots__ = ("_highs", "_lows")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._lows: list[int] = []
        self._highs: list[int] = []
        for low, high in ranges:
            self.add(low, high)

    def __iter__(self) -> Iterator[Range]:
        return iter(zip(self._lows, self._highs, strict=True))

    def __contains__(self, key: int) -> bool:
        at = bisect_right(self._lows, key) - 1
        return at >= 0 and key <= self._highs[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it grows, so it can not be a key

    def __len__(self) -> int:
        return sum(high - low + 1 for low, high in self)

    def add(self, low: int, high: int) -> None:
        """Add low..high (both included)."""
        first = bisect_right(self._lows, low) - 1
        if first < 0 or self._highs[first] < low - 1:
            first += 1
        last = bisect_right(self._lows, high + 1)
        if first < last:
            low = min(low, self._lows[first])
            high = max(high, self._highs[last - 1])
        self._lows[first:last] = [low]
        self._highs[first:last] = [high]

    def around(self, key: int) -> Range | None:
        """The range that holds the key, or None."""
        at = bisect_right(self._lows, key) - 1
        return (self._lows[at], self._highs[at]) if at >= 0 and key <= self._highs[at] else None

    def covers(self, low: int, high: int) -> bool:
        """Whether every key of low..high is in the set (an empty span is)."""
        found = self.around(low)
        return high < low or (found is not None and found[1] >= high)

    def from_floor(self, floor: int) -> list[Range]:
        """The ranges at or above the floor, cut at it."""
        return [(max(low, floor), high) for low, high in self if high >= floor]
