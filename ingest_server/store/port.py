"""What every store of readings can do, whatever keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest_server.db.retime import Retime
from ingest_server.store.point import Point


class StoreError(Exception):
    """The store can not do it now; the same may succeed later. The text says why.

    `after_s`: when the store itself wishes to be asked again, if it said so.
    """

    def __init__(self, text: str, after_s: float | None = None) -> None:
        super().__init__(text)
        self.after_s = after_s


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


@dataclass(frozen=True, slots=True)
class Bucket:
    """The numbers of one stretch of `width_us`, which begins at `start_us`, a multiple of it."""

    start_us: int
    minimum: float
    maximum: float
    mean: float
    count: int


class Store(Protocol):
    """Every method may raise StoreError; the cursor then stands where it stood.

    Points may have been written without it: writing them again changes nothing.
    """

    async def cursor(self) -> int:
        """The id of the last entry of the journal that is stored; 0 before the first."""
        ...

    async def write(self, points: Sequence[Point], cursor: int) -> None:
        """Keep the points, and only then the cursor. Repeating it changes nothing.

        A point that the store refuses for ever is kept aside and counted under its reason.
        """
        ...

    async def retime(self, gateway: str, said: Retime, cursor: int) -> bool:
        """Move one slice of what was stored before this entry; True: there is more, ask again.

        Only at the end the cursor stands at the entry. Repeating it changes nothing.
        """
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

    async def downsampled(
        self, series: Series, stretch: Stretch, width_us: int, limit: int = 1_000
    ) -> list[Bucket]:
        """At most `limit` buckets of the numbers of the series in the stretch, the oldest first.

        States, texts and what is bad have no number; a bucket without numbers is left out.
        """
        ...

    async def refused(self) -> Mapping[str, int]:
        """How many readings the store refused for ever, by reason."""
        ...

    async def forget(self, before_us: int) -> int:
        """Drop one slice of what is older; how many went. 0: nothing is left to drop."""
        ...
