"""What was refused is kept once, counted each time, and bounded for each gateway."""

import sqlite3

import pytest

from ingest_server.db import quarantine
from ingest_server.db.journal import migrate_journal
from ingest_server.db.quarantine import Refused, counts, set_aside


@pytest.fixture
def connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate_journal(connection)
    return connection


def refused(payload: bytes, gateway: str | None = "gw") -> Refused:
    return Refused(5, "t", gateway, "not_json", "detail", [("key", "{")], payload)


def test_the_same_refusal_is_kept_once_and_counted(connection: sqlite3.Connection) -> None:
    set_aside(connection, refused(b"a"))
    set_aside(connection, refused(b"a"))
    assert counts(connection) == {"not_json": 2}
    assert connection.execute("SELECT count(*) FROM quarantine").fetchone() == (1,)


def test_a_gateway_can_not_fill_it(connection: sqlite3.Connection) -> None:
    set_aside(connection, refused(b"other", gateway=None))
    for number in range(quarantine.ROWS_PER_GATEWAY + 5):
        set_aside(connection, refused(b"%d" % number))
    kept = connection.execute(
        "SELECT count(*), min(payload) FROM quarantine WHERE gateway = 'gw'",
    ).fetchone()
    assert kept[0] == quarantine.ROWS_PER_GATEWAY
    assert connection.execute(
        "SELECT count(*) FROM quarantine WHERE gateway IS NULL",
    ).fetchone() == (1,)
