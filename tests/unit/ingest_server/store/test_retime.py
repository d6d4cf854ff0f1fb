"""The embedded store moves portion by portion; a crash between two repeats none."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest_server.db.retime import Moves, Retime
from ingest_server.store.embedded import EmbeddedStore, migrate_store
from ingest_server.store.port import Stretch
from ingest_server.store.retime import move_slice
from runtime.database import Database
from tests.store_contract import EVER, SECOND, SMOKE, T0, point

HOUR = 3_600 * SECOND
SAID = Retime(Moves.TIMES, T0, T0 + 6 * HOUR, -SECOND, "anchored")


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    """Three portions of the span and one of before."""
    path = tmp_path / "store.db"
    async with Database(path, migrate_store) as database:
        store = EmbeddedStore(database)
        for cursor, hour in enumerate((-9, 1, 3, 5), 1):
            begin = T0 + hour * HOUR
            points = [point(begin + n, float(n), clock="unset") for n in range(1_500)]
            await store.write(points, cursor)
    return path


@pytest.fixture
def connection(filled: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(filled, isolation_level=None)) as connection:
        yield connection


def test_each_portion_is_moved_once_and_found_where_it_is(connection: sqlite3.Connection) -> None:
    steps = 0
    while move_slice(connection, "gw-001", SAID, 5):
        steps += 1
        (far,) = connection.execute(
            "SELECT count(*) FROM hot WHERE time_us < ? AND time_us > ?", (T0, T0 - HOUR)
        ).fetchone()
        assert far == 0
    assert steps == 3
    assert not move_slice(connection, "gw-001", SAID, 5)
    rows = connection.execute("SELECT count(*) FROM hot WHERE clock = 'anchored'").fetchone()
    assert rows == (4_500,)
    spans = connection.execute("SELECT start_us, end_us FROM portion ORDER BY first").fetchall()
    begins = [T0 - 9 * HOUR, *(T0 + hour * HOUR - SECOND for hour in (1, 3, 5))]
    assert spans == [(begin, begin + 1_499) for begin in begins]
    assert connection.execute("SELECT count(*) FROM retime").fetchone() == (0,)


async def test_queries_find_what_was_moved(filled: Path) -> None:
    async with Database(filled, migrate_store) as database:
        store = EmbeddedStore(database)
        while await store.retime("gw-001", SAID, 5):
            pass
        begin = T0 + 3 * HOUR - SECOND
        found = await store.range(SMOKE, Stretch(begin, begin + 10))
        assert [(one.time_us - begin, one.clock) for one in found] == [
            (n, "anchored") for n in range(10)
        ]
        assert len(await store.range(SMOKE, EVER, 10_000)) == 6_000
