"""The embedded store: SQLite, rows appended to a hot table, the latest of each series beside it.

Compaction of what has cooled into blobs for each series is left to a later release.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from ingest_server.db.migrate import migrate
from ingest_server.store.point import Point
from ingest_server.store.port import Series, StoreError, Stretch
from ingest_server.store.portion import Portion, extended
from runtime.database import Database, Work
from wire.envelope import ClockState
from wire.quality import GOOD
from wire.reading import Value

T = TypeVar("T")

_USUAL_QUALITY, _USUAL_CLOCK = str(GOOD), ClockState.SYNCHRONISED.value
_SERIES_KNOWN = 200_000

_Name = tuple[str, str, str]


def migrate_store(connection: sqlite3.Connection) -> None:
    migrate(connection, "store")


class EmbeddedStore:
    """Satisfies `port.Store` on an open store.db."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._series: dict[_Name, int] = {}

    async def cursor(self) -> int:
        return await self._read(_cursor)

    async def write(self, points: Sequence[Point], cursor: int) -> None:
        try:
            await self._database.transact(lambda store: self._write(store, points, cursor))
        except sqlite3.Error as error:
            self._series.clear()  # an id that was rolled back stands for nothing
            raise StoreError(str(error)) from error

    async def latest(
        self,
        *,
        gateway: str | None = None,
        device: str | None = None,
        after: Series | None = None,
        limit: int = 100,
    ) -> list[Point]:
        begin = after or Series()
        return await self._read(lambda store: _latest(store, gateway, device, begin, limit))

    async def range(self, series: Series, stretch: Stretch, limit: int = 1_000) -> list[Point]:
        return await self._read(lambda store: _range(store, series, stretch, limit))

    async def forget(self, before_us: int) -> int:
        try:
            return await self._database.transact(lambda store: _forget(store, before_us))
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    async def _read(self, work: Work[T]) -> T:
        try:
            return await self._database.read(work)
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def _write(self, store: sqlite3.Connection, points: Sequence[Point], cursor: int) -> None:
        if cursor <= _cursor(store):
            return
        if points:
            rows = [(self._id(store, point), *_row(point)) for point in points]
            _append(store, rows)
            _note_latest(store, rows)
        store.execute(
            "INSERT INTO cursor VALUES (1, ?) ON CONFLICT DO UPDATE SET entry = excluded.entry",
            (cursor,),
        )

    def _id(self, store: sqlite3.Connection, point: Point) -> int:
        name = (point.gateway, point.device, point.point)
        if name not in self._series:
            if len(self._series) >= _SERIES_KNOWN:
                self._series.clear()
            self._series[name] = _series_id(store, name)
        return self._series[name]


_Row = tuple[int, int, Value | None, str | None, str | None, str | None]


def _series_id(store: sqlite3.Connection, name: _Name) -> int:
    store.execute(
        "INSERT INTO series (gateway, device, point) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", name
    )
    query = "SELECT id FROM series WHERE gateway = ? AND device = ? AND point = ?"
    (found,) = store.execute(query, name).fetchone()
    return int(found)


def _row(point: Point) -> tuple[int, Value | None, str | None, str | None, str | None]:
    """What is usual is not written out; a number is always REAL, so that a state stands apart."""
    value = point.value
    if not isinstance(value, str | bool | None):
        value = float(value)
    quality = None if point.quality == _USUAL_QUALITY else point.quality
    clock = None if point.clock == _USUAL_CLOCK else point.clock
    return point.time_us, value, point.unit, quality, clock


def _append(store: sqlite3.Connection, rows: Sequence[_Row]) -> None:
    (top,) = store.execute("SELECT coalesce(max(number), 0) FROM hot").fetchone()
    store.executemany(
        "INSERT INTO hot (number, series, time_us, value, unit, quality, clock)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(number, *row) for number, row in enumerate(rows, top + 1)],
    )
    times = [row[1] for row in rows]
    newest = store.execute("SELECT * FROM portion ORDER BY first DESC LIMIT 1").fetchone()
    grown = extended(
        None if newest is None else Portion(*newest),
        Portion(top + 1, top + len(rows), min(times), max(times)),
    )
    store.execute(
        "INSERT OR REPLACE INTO portion VALUES (?, ?, ?, ?)",
        (grown.first, grown.last, grown.start_us, grown.end_us),
    )


def _note_latest(store: sqlite3.Connection, rows: Iterable[_Row]) -> None:
    newest: dict[int, _Row] = {}
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


def _cursor(store: sqlite3.Connection) -> int:
    row = store.execute("SELECT entry FROM cursor").fetchone()
    return 0 if row is None else int(row[0])


def _latest(
    store: sqlite3.Connection, gateway: str | None, device: str | None, after: Series, limit: int
) -> list[Point]:
    rows = store.execute(
        "SELECT gateway, device, point, time_us, value, unit, quality, clock"
        " FROM series JOIN latest ON latest.series = series.id"
        " WHERE (gateway, device, point) > (?, ?, ?)"
        " AND gateway = coalesce(?, gateway) AND device = coalesce(?, device)"
        " ORDER BY gateway, device, point LIMIT ?",
        (after.gateway, after.device, after.point, gateway, device, limit),
    )
    return [_point(row[:3], row[3:]) for row in rows]


def _range(store: sqlite3.Connection, series: Series, stretch: Stretch, limit: int) -> list[Point]:
    name = (series.gateway, series.device, series.point)
    rows = store.execute(
        # Of a group, SQLite gives the other columns of the row that has the maximum: the last one.
        "SELECT time_us, value, unit, quality, clock, max(number)"
        " FROM portion CROSS JOIN hot ON hot.number BETWEEN portion.first AND portion.last"
        " WHERE portion.start_us < ? AND portion.end_us >= ? AND hot.series ="
        " (SELECT id FROM series WHERE gateway = ? AND device = ? AND point = ?)"
        " AND time_us >= ? AND time_us < ? GROUP BY time_us ORDER BY time_us LIMIT ?",
        (stretch.end_us, stretch.start_us, *name, stretch.start_us, stretch.end_us, limit),
    )
    return [_point(name, row[:5]) for row in rows]


def _point(name: _Name, row: tuple[Any, ...]) -> Point:
    time_us, value, unit, quality, clock = row
    if isinstance(value, int):
        value = bool(value)
    return Point(*name, time_us, value, unit, quality or _USUAL_QUALITY, clock or _USUAL_CLOCK)


def _forget(store: sqlite3.Connection, before_us: int) -> int:
    row = store.execute(
        "SELECT first, last FROM portion WHERE end_us < ? ORDER BY first LIMIT 1", (before_us,)
    ).fetchone()
    if row is None:
        return 0
    store.execute("DELETE FROM portion WHERE first = ?", row[:1])
    return store.execute("DELETE FROM hot WHERE number BETWEEN ? AND ?", row).rowcount
