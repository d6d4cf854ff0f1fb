"""Pages are whole and stable, and the backlog counts what is owed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest_server.db.delivery import Backlog, DeliveryState
from ingest_server.db.delivery_list import attempts, backlog, get, page
from ingest_server.db.migrate import migrate
from runtime.database import connect


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "book.db")
    migrate(connection, "book")
    rows = [
        (
            f"msg_{n}",
            "city" if n % 2 else "district",
            f"al-{n // 4}",
            n,
            n % 3 == 0,
            "waiting" if n > 7 else "delivered",
            100 + n,
        )
        for n in range(1, 11)
    ]
    connection.executemany(
        "INSERT INTO delivery"
        " (id, receiver, alarm_id, revision, life_safety, state, queued_us, snapshot)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, x'7b7d')",
        rows,
    )
    yield connection
    connection.close()


def test_the_pages_together_are_all_of_it_newest_first(book: sqlite3.Connection) -> None:
    found: list[str] = []
    before = None
    while rows := page(book, before=before, limit=3):
        found += [row.id for row in rows]
        before = rows[-1].number
    assert found == [f"msg_{n}" for n in range(10, 0, -1)]


def test_filters_combine(book: sqlite3.Connection) -> None:
    rows = page(book, receiver="city", state=DeliveryState.DELIVERED, alarm_id="al-1")
    assert [row.id for row in rows] == ["msg_7", "msg_5"]
    assert page(book, receiver="' OR 1=1 --") == []


def test_one_by_its_id(book: sqlite3.Connection) -> None:
    found = get(book, "msg_9")
    assert found is not None
    assert (found.number, found.life_safety, found.state) == (9, True, DeliveryState.WAITING)
    assert get(book, "msg_99") is None
    assert attempts(book, "msg_9") == []


def test_the_backlog_counts_what_is_owed_per_receiver(book: sqlite3.Connection) -> None:
    assert backlog(book) == [Backlog("city", 1, 1, 109), Backlog("district", 2, 0, 108)]
