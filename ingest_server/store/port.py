"""What every store of readings can do, whatever keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest_server.store.point import Point


class StoreError(Exception):
    """The store can not do it now; the same may succeed later. The text says why."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series; the empty one comes before all others in a list."""

    gateway: str = ""
    device: str = ""
    point: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, UTC microseconds: from `start_us` until before `end_us`."""

    start_us: int
    end_us: int


class Store(Protocol):
    """Every method may raise StoreError, and then has changed nothing."""

    async def cursor(self) -> int:
        """The id of the last entry of the journal that is stored; 0 before the first."""
        ...

    async def write(self, points: Sequence[Point], cursor: int) -> None:
        """Keep the points and the cursor, both or neither. Repeating it changes nothing."""
        ...

    async def latest(
        self,
        *,
        gateway: str | None = None,
        device: str | None = None,
        after: Series | None = None,
        limit: int = 100,
    ) -> list[Point]:
        """The newest point of each series, by series; for the next page pass the last as `after`.

        `gateway` and `device` narrow it down. A point that retention took from the series stays
        here: the last that was heard is never forgotten.
        """
        ...

    async def range(self, series: Series, stretch: Stretch, limit: int = 1_000) -> list[Point]:
        """At most `limit` points of the series, the oldest first, each time once."""
        ...

    async def forget(self, before_us: int) -> int:
        """Drop one slice of what is older; how many went. 0: nothing is left to drop."""
        ...
