"""The embedded store: SQLite, rows appended to a hot table, the latest of each series beside it.

Compaction of what has cooled into blobs for each series is left to a later release.
"""

import sqlite3
from collections.abc import Mapping, Sequence

from ingest_server.db.migrate import migrate
from ingest_server.db.retime import Retime
from ingest_server.store.point import Point
from ingest_server.store.port import Bucket, Series, Stretch
from ingest_server.store.portion import Portion, extended
from ingest_server.store.retime import move_slice
from ingest_server.store.series_table import (
    Row,
    SeriesTable,
    note_latest,
    point_of,
    read_cursor,
    write_cursor,
)

# Of a group, SQLite gives the other columns of the row that has the maximum: the last one.
_RANGE = (
    "SELECT time_us, value, unit, quality, clock, max(number)"
    " FROM portion CROSS JOIN hot ON hot.number BETWEEN portion.first AND portion.last"
    " WHERE portion.start_us < :end AND portion.end_us >= :start AND hot.series ="
    " (SELECT id FROM series WHERE gateway = :gateway AND device = :device AND point = :point)"
    " AND time_us >= :start AND time_us < :end GROUP BY time_us"
)


def migrate_store(connection: sqlite3.Connection) -> None:
    migrate(connection, "store")


class EmbeddedStore(SeriesTable):
    """Satisfies `port.Store` on an open store.db."""

    async def write(self, points: Sequence[Point], cursor: int) -> None:
        await self._transact(lambda store: self._write(store, points, cursor))

    async def retime(self, gateway: str, said: Retime, cursor: int) -> bool:
        return await self._transact(lambda store: move_slice(store, gateway, said, cursor))

    async def range(self, series: Series, stretch: Stretch, limit: int = 1_000) -> list[Point]:
        return await self._read(lambda store: _range(store, series, stretch, limit))

    async def downsampled(
        self, series: Series, stretch: Stretch, width_us: int, limit: int = 1_000
    ) -> list[Bucket]:
        return await self._read(lambda store: _downsampled(store, series, stretch, width_us, limit))

    async def refused(self) -> Mapping[str, int]:
        """SQLite takes every point."""
        return {}

    async def forget(self, before_us: int) -> int:
        return await self._transact(lambda store: _forget(store, before_us))

    def _write(self, store: sqlite3.Connection, points: Sequence[Point], cursor: int) -> None:
        if cursor <= read_cursor(store):
            return
        if points:
            rows = [self._series.row(store, point) for point in points]
            _append(store, rows)
            note_latest(store, rows)
        write_cursor(store, cursor)


def _append(store: sqlite3.Connection, rows: Sequence[Row]) -> None:
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


def _range(store: sqlite3.Connection, series: Series, stretch: Stretch, limit: int) -> list[Point]:
    rows = store.execute(
        f"{_RANGE} ORDER BY time_us LIMIT :limit", {**_asked(series, stretch), "limit": limit}
    )
    name = (series.gateway, series.device, series.point)
    return [point_of(name, row[:5]) for row in rows]


def _asked(series: Series, stretch: Stretch) -> dict[str, str | int]:
    return {
        "gateway": series.gateway,
        "device": series.device,
        "point": series.point,
        "start": stretch.start_us,
        "end": stretch.end_us,
    }


def _downsampled(
    store: sqlite3.Connection, series: Series, stretch: Stretch, width_us: int, limit: int
) -> list[Bucket]:
    rows = store.execute(
        "SELECT time_us - time_us % :width AS start, min(value), max(value), avg(value), count(*)"  # noqa: S608 - fixed text
        f" FROM ({_RANGE}) WHERE typeof(value) = 'real'"
        " GROUP BY start ORDER BY start LIMIT :limit",
        {**_asked(series, stretch), "width": width_us, "limit": limit},
    )
    return [Bucket(*row) for row in rows]


def _forget(store: sqlite3.Connection, before_us: int) -> int:
    row = store.execute(
        "SELECT first, last FROM portion WHERE end_us < ? ORDER BY first LIMIT 1", (before_us,)
    ).fetchone()
    if row is None:
        return 0
    store.execute("DELETE FROM portion WHERE first = ?", row[:1])
    return store.execute("DELETE FROM hot WHERE number BETWEEN ? AND ?", row).rowcount
