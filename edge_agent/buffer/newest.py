"""The rows that this run made last, so that a receipt for them needs no look at the file."""

from collections.abc import Container, Iterable

import msgspec

from edge_agent.buffer.had import Gone
from edge_agent.buffer.rows import Row
from wire.receipt import Receipt
from wire.topic import Lane

KEPT = 512
"""So many of them, and no wider range of a receipt is looked through."""


class Newest(msgspec.Struct):
    """Of the current epoch. Whoever changes rows that are made forgets them here first."""

    epoch: str
    _rows: dict[int, Gone] = msgspec.field(default_factory=dict)
    _zero: dict[Lane, int] = msgspec.field(default_factory=dict)  # by lane, the id of seq 0

    def note(self, rows: Iterable[Row]) -> None:
        """They are on the disk, in the order of their ids, and stand for their own keys alone."""
        for row in rows:
            taken = row.key.taken
            self._rows[row.id] = Gone(row.id, taken, taken, len(row.payload))
            self._zero[row.lane] = row.id - row.key.seq
        while len(self._rows) > KEPT:
            del self._rows[next(iter(self._rows))]

    def forget(self, *numbers: int) -> None:
        """These rows, or all without a number, are or will be others."""
        for number in numbers or tuple(self._rows):
            self._rows.pop(number, None)

    def covered(self, receipt: Receipt, had: Container[int]) -> list[Gone] | None:
        """The rows that the receipt covers, without those that receipts had; forgets them.

        None when only the file knows.
        """
        zero = self._zero.get(receipt.lane)
        if zero is None or receipt.epoch != self.epoch:
            return None
        found = []
        for low, high in receipt.have:
            if high - low >= KEPT:
                return None
            unknown = [n for n in range(zero + low, zero + high + 1) if n not in had]
            if not all(number in self._rows for number in unknown):
                return None
            found += unknown
        return [self._rows.pop(number) for number in found]
