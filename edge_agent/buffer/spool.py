"""Rows found in a broken buffer, kept in a passing file: a million of them fit no small memory."""

import sqlite3
from collections.abc import Iterable, Iterator, MutableMapping

from edge_agent.buffer.row_id import SEQ_BITS, TOP_SEQ, Span, span_of_epoch
from edge_agent.buffer.stored import NAMES, Stored
from wire.topic import Lane

_LIST = ", ".join(NAMES)
_MARKS = ", ".join("?" * len(NAMES))
_NEW = ", ".join(f"{name} = excluded.{name}" for name in NAMES)


class Spool(MutableMapping[int, Stored]):
    """By id, lowest first. SQLite keeps it in memory while it is small, and removes its file."""

    def __init__(self, rows: Iterable[Stored] = ()) -> None:
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute(f"CREATE TABLE found ({_LIST}, PRIMARY KEY (id)) WITHOUT ROWID")
        self._file.execute("BEGIN")  # for ever: nobody needs it after us
        for row in rows:
            self.keep(row)

    def keep(self, row: Stored) -> None:
        """Of two versions the one that stands for more: it came later."""
        self._file.execute(
            f"INSERT INTO found VALUES ({_MARKS}) ON CONFLICT (id) DO UPDATE SET {_NEW}"  # noqa: S608 - names and marks of our own, no value
            " WHERE excluded.taken > found.taken",
            row.columns(),
        )

    def __setitem__(self, number: int, row: Stored) -> None:
        self.pop(number, None)
        self.keep(row)

    def __getitem__(self, number: int) -> Stored:
        for row in self._between((number, number)):
            return row
        raise KeyError(number)

    def __delitem__(self, number: int) -> None:
        if not self._file.execute("DELETE FROM found WHERE id = ?", (number,)).rowcount:
            raise KeyError(number)

    def __len__(self) -> int:
        return int(self._file.execute("SELECT count(*) FROM found").fetchone()[0])

    def __iter__(self) -> Iterator[int]:
        for (number,) in self._file.execute("SELECT id FROM found ORDER BY id"):
            yield number

    def last(self, lane: Lane, epoch_id: int) -> int:
        """The highest seq of an epoch; 0 without any."""
        for row in self._between(span_of_epoch(lane, epoch_id)):
            return row.seq
        return 0

    def firsts(self) -> list[Stored]:
        """Of each epoch the first row, in the order of their numbers."""
        return [
            Stored(*columns)
            for columns in self._file.execute(
                f"SELECT {_LIST} FROM found WHERE id IN"  # noqa: S608 - our own names
                " (SELECT min(id) FROM found GROUP BY id >> ?) ORDER BY id",
                (SEQ_BITS,),
            )
        ]

    def standing(
        self, lane: Lane, epoch_id: int, above: int = 0, below: int = TOP_SEQ
    ) -> Iterator[Stored]:
        """Rows of an epoch between two seqs, highest first, but those that a thinned one covers.

        That which stands for others has the highest key of them.
        """
        low, _ = span_of_epoch(lane, epoch_id)
        first = low + below
        for row in self._between((low + above + 1, first - 1)):
            if row.id < first:
                first = low + row.first
                yield row

    def _between(self, span: Span) -> Iterator[Stored]:
        for columns in self._file.execute(
            f"SELECT {_LIST} FROM found WHERE id BETWEEN ? AND ? ORDER BY id DESC",  # noqa: S608 - names and marks of our own, no value
            span,
        ):
            yield Stored(*columns)
