"""What every store keeps in store.db: its cursor, and the newest point of each series."""

import sqlite3
from collections.abc import Iterable
from typing import Any, TypeVar

from ingest_server.store.point import Point
from ingest_server.store.port import Series, StoreError
from runtime.database import Database, Work
from wire.envelope import ClockState
from wire.quality import GOOD
from wire.reading import Value

T = TypeVar("T")
Name = tuple[str, str, str]
Row = tuple[int, int, Value | None, str | None, str | None, str | None]
"""Id of the series, time, value, unit, quality, clock; what is usual is None."""

_USUAL_QUALITY, _USUAL_CLOCK = str(GOOD), ClockState.SYNCHRONISED.value
_SERIES_KNOWN = 200_000


class SeriesIds:
    """Ids of series, remembered. `forget` after a roll-back: then an id may stand for nothing."""

    def __init__(self) -> None:
        self._known: dict[Name, int] = {}

    def forget(self) -> None:
        self._known.clear()

    def row(self, store: sqlite3.Connection, point: Point) -> Row:
        """A number is always REAL, so that a state stands apart."""
        value = point.value
        if not isinstance(value, str | bool | None):
            value = float(value)
        quality = None if point.quality == _USUAL_QUALITY else point.quality
        clock = None if point.clock == _USUAL_CLOCK else point.clock
        return self._id(store, point), point.time_us, value, point.unit, quality, clock

    def _id(self, store: sqlite3.Connection, point: Point) -> int:
        name = (point.gateway, point.device, point.point)
        if name not in self._known:
            if len(self._known) >= _SERIES_KNOWN:
                self._known.clear()
            self._known[name] = _made(store, name)
        return self._known[name]


class SeriesTable:
    """The part of `port.Store` that store.db answers; `said_of`: what its errors begin with."""

    def __init__(self, database: Database, said_of: str = "") -> None:
        self._database = database
        self._said_of = said_of
        self._series = SeriesIds()

    async def cursor(self) -> int:
        return await self._read(read_cursor)

    async def latest(
        self,
        *,
        gateway: str | None = None,
        device: str | None = None,
        after: Series | None = None,
        limit: int = 100,
    ) -> list[Point]:
        """It needs no other database, and outlives what that one forgets."""
        begin = after or Series()
        return await self._read(lambda store: latest(store, gateway, device, begin, limit))

    async def _read(self, work: Work[T]) -> T:
        try:
            return await self._database.read(work)
        except sqlite3.Error as error:
            raise StoreError(f"{self._said_of}{error}") from error

    async def _transact(self, work: Work[T]) -> T:
        try:
            return await self._database.transact(work)
        except sqlite3.Error as error:
            self._series.forget()  # an id that was rolled back stands for nothing
            raise StoreError(f"{self._said_of}{error}") from error


def _made(store: sqlite3.Connection, name: Name) -> int:
    store.execute(
        "INSERT INTO series (gateway, device, point) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", name
    )
    query = "SELECT id FROM series WHERE gateway = ? AND device = ? AND point = ?"
    (found,) = store.execute(query, name).fetchone()
    return int(found)


def note_latest(store: sqlite3.Connection, rows: Iterable[Row]) -> None:
    newest: dict[int, Row] = {}
    for row in rows:
        if row[0] not in newest or row[1] >= newest[row[0]][1]:
            newest[row[0]] = row
    store.executemany(
        "INSERT INTO latest VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (series) DO UPDATE SET"
        " time_us = excluded.time_us, value = excluded.value, unit = excluded.unit,"
        " quality = excluded.quality, clock = excluded.clock"
        " WHERE excluded.time_us >= latest.time_us",
        newest.values(),
    )


def latest(
    store: sqlite3.Connection, gateway: str | None, device: str | None, after: Series, limit: int
) -> list[Point]:
    """As Store.latest."""
    rows = store.execute(
        "SELECT gateway, device, point, time_us, value, unit, quality, clock"
        " FROM series JOIN latest ON latest.series = series.id"
        " WHERE (gateway, device, point) > (?, ?, ?)"
        " AND gateway = coalesce(?, gateway) AND device = coalesce(?, device)"
        " ORDER BY gateway, device, point LIMIT ?",
        (after.gateway, after.device, after.point, gateway, device, limit),
    )
    return [point_of(row[:3], row[3:]) for row in rows]


def point_of(name: Name, row: tuple[Any, ...]) -> Point:
    """Time, value, unit, quality and clock as they stand in a row."""
    time_us, value, unit, quality, clock = row
    if isinstance(value, int):
        value = bool(value)
    return Point(*name, time_us, value, unit, quality or _USUAL_QUALITY, clock or _USUAL_CLOCK)


def read_cursor(store: sqlite3.Connection) -> int:
    row = store.execute("SELECT entry FROM cursor").fetchone()
    return 0 if row is None else int(row[0])


def write_cursor(store: sqlite3.Connection, entry: int) -> None:
    store.execute(
        "INSERT INTO cursor VALUES (1, ?) ON CONFLICT DO UPDATE SET entry = excluded.entry",
        (entry,),
    )
