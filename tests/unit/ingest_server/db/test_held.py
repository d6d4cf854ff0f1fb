import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.held import from_row, held_devices, hold, not_evaluated, release, to_row
from runtime.database import connect
from wire.quality import Limit, Quality, Reason, bad
from wire.reading import Reading, Value


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "book.db")
    migrate_book(connection)
    yield connection
    connection.close()


@pytest.mark.parametrize("value", [True, False, 0.25, 1.0, -3.5, "active", "真"])
def test_a_reading_comes_back_as_it_was(value: Value) -> None:
    reading = Reading("gas-01", "lel", 5, value, "/", Quality(test=True))
    back = from_row(to_row(reading))
    assert back == reading
    assert type(back.value) is type(value)


def test_a_bad_reading_comes_back_without_a_value() -> None:
    reading = Reading("gas-01", "lel", 5, None, None, bad(Reason.OUT_OF_RANGE, Limit.HIGH))
    assert from_row(to_row(reading)) == reading


def test_what_is_held_is_released_in_order_of_time_and_once(book: sqlite3.Connection) -> None:
    for time_us in (7, 3, 5):
        hold(book, "gw-1", [Reading("gas-01", "lel", time_us, 0.1)], "unset")
    hold(book, "gw-1", [Reading("gas-02", "lel", 1, 0.1)], "unset")
    assert held_devices(book, "gw-1") == {"gas-01": 3, "gas-02": 1}
    released = release(book, "gw-1", "gas-01")
    assert [(reading.time_us, clock) for reading, clock in released] == [
        (3, "unset"),
        (5, "unset"),
        (7, "unset"),
    ]
    assert release(book, "gw-1", "gas-01") == []


def test_the_room_is_bounded_per_gateway_and_the_rest_is_counted(book: sqlite3.Connection) -> None:
    readings = [Reading("gas-01", "lel", time_us, 0.1) for time_us in range(5)]
    assert hold(book, "gw-1", readings, "unset", maximum=3) == 3
    assert hold(book, "gw-1", [Reading("gas-02", "lel", 9, 0.1)], "unset", maximum=3) == 0
    assert not_evaluated(book, "gw-1") == {"held_too_many": 3}
    assert hold(book, "gw-2", readings, "unset", maximum=3) == 3
