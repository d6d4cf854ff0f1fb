"""Lane books and digests survive on disk as they were."""

import sqlite3

import pytest

from ingest_server.db.journal import migrate_journal
from ingest_server.db.lane_book import Epoch, LaneBook, Live
from ingest_server.db.lane_table import (
    KeyAt,
    digest_of,
    lanes,
    load_lane,
    remember_digest,
    save_lane,
)
from wire.ranges import Ranges
from wire.topic import Lane

A = "a" * 16


@pytest.fixture
def connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate_journal(connection)
    return connection


def test_a_lane_never_heard_is_empty(connection: sqlite3.Connection) -> None:
    assert load_lane(connection, "gw", Lane.BULK) == LaneBook()


def test_a_book_comes_back_as_it_was(connection: sqlite3.Connection) -> None:
    book = LaneBook(
        speaker=A, spoken={A}, clones=2, arrival_us=7, through_us=6, live=Live(A, 4, 5), foreign=3
    )
    epoch = book.epoch(A)
    epoch.dropped, epoch.had, epoch.taken = {"bulk_full": 4}, Ranges([(1, 3), (7, 7)]), 9
    save_lane(connection, "gw", Lane.BULK, book)
    assert load_lane(connection, "gw", Lane.BULK) == book
    assert lanes(connection) == [("gw", Lane.BULK)]


def test_only_changed_epochs_are_written(connection: sqlite3.Connection) -> None:
    book = LaneBook(epochs={A: Epoch(A)})
    save_lane(connection, "gw", Lane.BULK, book)
    assert load_lane(connection, "gw", Lane.BULK).epochs == {}


def test_digests_below_the_floor_are_forgotten(connection: sqlite3.Connection) -> None:
    for seq in (1, 2):
        key = KeyAt("gw", Lane.URGENT, A, seq)
        remember_digest(connection, key, b"digest", thinned=False)
    book = LaneBook()
    book.epoch(A).floor = 2
    save_lane(connection, "gw", Lane.URGENT, book)
    assert digest_of(connection, KeyAt("gw", Lane.URGENT, A, 1)) is None
    assert digest_of(connection, KeyAt("gw", Lane.URGENT, A, 2)) == (b"digest", False)
