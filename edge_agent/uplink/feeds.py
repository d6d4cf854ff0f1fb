"""What of a lane leaves next: what is live, then what waits; each row once as new."""

from enum import StrEnum

import msgspec


class Feed(StrEnum):
    """Live: young enough to tell how things stand. Backlog: all else."""

    LIVE = "live"
    BACKLOG = "backlog"


class Span(msgspec.Struct, frozen=True):
    """Rows above `after` and up to `until`, oldest first; `until` None: to the end."""

    after: int
    until: int | None


class Feeds:
    """Two places in one table: up to `live` rows were looked at as live, up to `backlog` as such.

    The rows between are the backlog. A row that left as live and has no receipt yet is met again
    there: whoever reads it knows what is under way and passes it over.
    """

    def __init__(self) -> None:
        self._live = 0
        self._backlog = 0
        self._is_read = {Feed.LIVE: False, Feed.BACKLOG: False}
        self._lost: set[int] = set()  # since a span was asked for

    def begin(self, oldest_live: int) -> None:
        """At a connection, or when live rows grew old: what is below this row waits its turn."""
        if oldest_live - 1 > self._live:
            self._is_read[Feed.BACKLOG] = False
        self._live = max(oldest_live - 1, 0)
        self._backlog = min(self._backlog, self._live)
        self._is_read[Feed.LIVE] = False

    def came(self) -> None:
        """Rows were committed."""
        self._is_read[Feed.LIVE] = False

    def span(self, feed: Feed) -> Span | None:
        """Where to read on; None when there is nothing that was not looked at.

        Rows may be lost until `read` tells how far that look went: they are behind it, and new.
        """
        self._lost.clear()
        if self._is_read[feed]:
            return None
        return Span(self._live, None) if feed is Feed.LIVE else Span(self._backlog, self._live)

    def has(self, feed: Feed) -> bool:
        return not self._is_read[feed]

    def read(self, feed: Feed, last: int | None) -> None:
        """All up to `last` was taken; None: there was nothing more."""
        if last is None:
            self._is_read[feed] = True
            if feed is Feed.BACKLOG:
                self._backlog = self._live
        elif feed is Feed.LIVE:
            if self._is_read[Feed.BACKLOG] and self._backlog == self._live:
                self._backlog = last
            self._live = max(self._live, last)
        else:
            self._backlog = max(self._backlog, last)
        for number in self._lost:
            self._renew(number)

    def rewind(self, number: int) -> None:
        """A row was lost on its way: it is new again."""
        self._lost.add(number)
        self._renew(number)

    def _renew(self, number: int) -> None:
        if number <= self._backlog:
            self._backlog = number - 1
        self._is_read[Feed.BACKLOG if number <= self._live else Feed.LIVE] = False

    @property
    def cursor(self) -> int:
        """Nothing above was looked at."""
        return self._live
