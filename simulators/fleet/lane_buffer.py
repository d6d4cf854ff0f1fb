"""The rows of one lane of one gateway: on their way, again, deleted only by a receipt."""

from collections import Counter
from dataclasses import dataclass, field

from wire.envelope import Encoding, Key
from wire.receipt import Receipt
from wire.statement import EpochStatement, Statement
from wire.topic import Lane

AGAIN_FIRST_US = 10_000_000
AGAIN_LONGEST_US = 60_000_000
REFUSED_US = 2_000_000
_MOST_DOUBLINGS = 8
ROW_BYTES = 500  # what a row takes in memory beside its payload


@dataclass(slots=True)
class Row:
    """A committed batch. `first_us`: when it was first published; 0 before."""

    key: Key
    base_ms: int
    encoding: Encoding
    payload: bytes
    first_us: int = 0
    again_us: int = 0
    tries: int = 0

    @property
    def size(self) -> int:
        return len(self.payload) + ROW_BYTES


@dataclass(slots=True)
class Count:
    """Readings of a lane: taken = receipted + dropped by reason + held. `sent`: at least once."""

    taken: int = 0
    sent: int = 0
    receipted: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def held(self) -> int:
        return self.taken - self.receipted - self.dropped.total()


class LaneBuffer:
    """One epoch of one lane; at most `window` rows are on their way without a receipt.

    While no receipts come nothing new leaves, so that the broker's queue stays small.
    """

    def __init__(self, lane: Lane, epoch: str, window: int) -> None:
        self.lane = lane
        self.epoch = epoch
        self.count = Count()
        self.size = 0
        self._window = window
        self._rows: dict[int, Row] = {}  # by seq, ascending; bounded by whoever gives up
        self._flying: dict[int, Row] = {}
        self._last = 0
        self._offered = 0
        self._number = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def last(self) -> int:
        """The highest seq committed."""
        return self._last

    @property
    def floor(self) -> int:
        """The lowest seq still held, else the one after the last."""
        return next(iter(self._rows), self._last + 1)

    def commit(self, taken: int, base_ms: int, encoding: Encoding, payload: bytes) -> None:
        """Take a batch of so many readings under the next key."""
        self._last += 1
        row = Row(Key(self.epoch, self._last, taken), base_ms, encoding, payload)
        self._rows[self._last] = row
        self.size += row.size
        self.count.taken += taken

    def row(self, seq: int) -> Row | None:
        """The row, unless it is gone."""
        return self._rows.get(seq)

    def due(self, now_us: int) -> list[int]:
        """What is to be published now: again what no receipt covered in time, then what is new.

        Each counts as on its way from here on, and is due again after 10 s, 20 s, at most 60 s.
        """
        again = [seq for seq, row in self._flying.items() if row.again_us <= now_us]
        new = self._new(self._window - len(self._flying))
        for seq in new:
            self._flying[seq] = self._rows[seq]
        for seq in (*again, *new):
            row = self._rows[seq]
            row.again_us = now_us + min(AGAIN_FIRST_US << row.tries, AGAIN_LONGEST_US)
            row.tries = min(row.tries + 1, _MOST_DOUBLINGS)
        return sorted(again) + new

    def _new(self, room: int) -> list[int]:
        found: list[int] = []
        while len(found) < room and self._offered < self._last:
            self._offered += 1
            if self._offered in self._rows:
                found.append(self._offered)
        return found

    def published(self, seq: int, now_us: int) -> bool:
        """Note that the row leaves; whether it is the first time."""
        row = self._rows.get(seq)
        if row is None or row.first_us:
            return False
        row.first_us = now_us
        self.count.sent += row.key.taken
        return True

    def lost(self, seq: int) -> None:
        """The connection went before the broker answered: due at once."""
        row = self._flying.get(seq)
        if row is not None:
            row.again_us, row.tries = 0, 0

    def refused(self, seq: int, now_us: int) -> None:
        """The broker answered, but nobody has it: due in 2 s."""
        row = self._flying.get(seq)
        if row is not None:
            row.again_us = now_us + REFUSED_US

    def receive(self, receipt: Receipt) -> list[Row]:
        """Delete what the receipt covers, and nothing else; the rows deleted."""
        if receipt.lane is not self.lane or receipt.epoch != self.epoch:
            return []
        gone = [self._remove(seq) for low, high in receipt.have for seq in self._within(low, high)]
        self.count.receipted += sum(row.key.taken for row in gone)
        return gone

    def _within(self, low: int, high: int) -> list[int]:
        low, high = max(low, self.floor), min(high, self._last)
        if high - low < len(self._rows):
            return [seq for seq in range(low, high + 1) if seq in self._rows]
        return [seq for seq in self._rows if low <= seq <= high]

    def give_up(self, reason: str, seq: int | None = None) -> bool:
        """Drop a row, the oldest unless told, under a named reason; False when it is not there."""
        seq = next(iter(self._rows), None) if seq is None else seq
        if seq is None or seq not in self._rows:
            return False
        self.count.dropped[reason] += self._remove(seq).key.taken
        return True

    def _remove(self, seq: int) -> Row:
        row = self._rows.pop(seq)
        self._flying.pop(seq, None)
        self.size -= row.size
        return row

    def state(self) -> Statement:
        """The next statement: this epoch is the only one."""
        self._number += 1
        stated = EpochStatement(
            self.epoch,
            floor=self.floor,
            last=self._last,
            ended=False,
            taken=self.count.taken,
            base=0,
            dropped=dict(self.count.dropped),
        )
        return Statement(self._number, (stated,))
