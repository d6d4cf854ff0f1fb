"""Entries come back in order, decoded; trimming stops at each cursor; ids never come again."""

import sqlite3

import pytest

from ingest_server.db.journal import (
    Draft,
    Kind,
    Waiting,
    append,
    entries_after,
    last_id,
    migrate_journal,
    trim,
    waiting,
)
from wire.batch import Batch, encode_batch
from wire.envelope import Encoding
from wire.identity import Presence, Status, encode_identity
from wire.reading import Reading

NOW = 1_763_700_000_000_000


@pytest.fixture
def connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate_journal(connection)
    return connection


def draft(kind: Kind, *times: int, kept: tuple[tuple[int, int], ...] | None = None) -> Draft:
    payload = encode_batch(Batch("gw", tuple(Reading("d", "p", at, True) for at in times)))
    return Draft(kind, "gw", NOW, "synchronised", 0, Encoding.RAW, payload, kept)


def test_entries_of_the_wanted_kinds_come_in_order(connection: sqlite3.Connection) -> None:
    ids = [append(connection, draft(kind, NOW)) for kind in (Kind.BULK, Kind.URGENT, Kind.BULK)]
    assert [e.id for e in entries_after(connection, [Kind.BULK], 0, 9)] == [ids[0], ids[2]]
    assert [e.id for e in entries_after(connection, list(Kind), ids[0], 1)] == [ids[1]]
    assert last_id(connection) == ids[2]


def test_what_stands_behind_the_wanted_readings_is_not_decoded(
    connection: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        append(connection, draft(Kind.URGENT, NOW, NOW + 1))
    connection.execute("UPDATE entry SET payload = x'78' WHERE id = 3")
    assert [e.id for e in entries_after(connection, list(Kind), 0, 9, 3)] == [1, 2]
    assert not caplog.records


def test_only_what_was_kept_comes_back(connection: sqlite3.Connection) -> None:
    append(connection, draft(Kind.BULK, NOW, NOW + 1, NOW + 2, kept=((0, 1), (2, 3))))
    (entry,) = entries_after(connection, [Kind.BULK], 0, 9)
    assert [r.time_us for r in entry.readings] == [NOW, NOW + 2]


def test_a_shift_moves_every_reading(connection: sqlite3.Connection) -> None:
    payload = draft(Kind.BULK, NOW, NOW + 1).payload
    append(connection, Draft(Kind.BULK, "gw", NOW, "clock_suspect", -5, Encoding.RAW, payload))
    (entry,) = entries_after(connection, [Kind.BULK], 0, 9)
    assert [r.time_us for r in entry.readings] == [NOW - 5, NOW - 4]


def test_status_comes_back_as_such(connection: sqlite3.Connection) -> None:
    status = Status(Presence.ONLINE, "boot", 1)
    payload = encode_identity(status)
    append(connection, Draft(Kind.STATUS, "gw", NOW, "server", 0, Encoding.RAW, payload))
    assert entries_after(connection, [Kind.STATUS], 0, 9)[0].status == status


def test_trim_stops_at_the_cursor_of_each_kind(connection: sqlite3.Connection) -> None:
    for kind in (Kind.URGENT, Kind.BULK, Kind.URGENT, Kind.BULK):
        append(connection, draft(kind, NOW))
    assert trim(connection, {Kind.URGENT: 3, Kind.BULK: 2}) == 3
    assert [e.id for e in entries_after(connection, list(Kind), 0, 9)] == [4]
    assert last_id(connection) == 4


def test_trim_works_in_slices(connection: sqlite3.Connection) -> None:
    for _ in range(5):
        append(connection, draft(Kind.BULK, NOW))
    assert trim(connection, {Kind.BULK: 5}, limit=2) == 2
    assert trim(connection, {Kind.BULK: 5}, limit=9) == 3


def test_what_a_stage_has_not_read(connection: sqlite3.Connection) -> None:
    for kind in (Kind.BULK, Kind.URGENT, Kind.BULK):
        append(connection, draft(kind, NOW))
    assert waiting(connection, [Kind.BULK], 0).entries == 2
    assert waiting(connection, [Kind.BULK], 1).entries == 1
    assert waiting(connection, list(Kind), 3) == Waiting(0, None)
