"""The newest point of each series and the cursor, as both stores keep them in store.db."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from ingest_server.store.embedded import migrate_store
from ingest_server.store.port import Series
from ingest_server.store.series_table import (
    SeriesIds,
    latest,
    note_latest,
    read_cursor,
    write_cursor,
)
from tests.store_contract import T0, point


@pytest.fixture
def store() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate_store(connection)
        yield connection


def test_of_equal_times_the_last_stays_and_an_older_one_never_does(
    store: sqlite3.Connection,
) -> None:
    ids = SeriesIds()
    told = [point(T0, 1.0), point(T0, 2.0), point(T0 - 1, 3.0)]
    note_latest(store, [ids.row(store, one) for one in told])
    note_latest(store, [ids.row(store, point(T0 - 2, 4.0))])
    assert latest(store, None, None, Series(), 10) == [point(T0, 2.0)]


def test_ids_are_asked_anew_after_a_roll_back(store: sqlite3.Connection) -> None:
    ids = SeriesIds()
    store.execute("BEGIN")
    first = ids.row(store, point())[0]
    store.execute("ROLLBACK")
    ids.forget()
    assert ids.row(store, point(device="other"))[0] == first
    assert ids.row(store, point())[0] != first


def test_the_cursor_is_one_number(store: sqlite3.Connection) -> None:
    assert read_cursor(store) == 0
    write_cursor(store, 7)
    write_cursor(store, 9)
    assert read_cursor(store) == 9
