"""Messages enter together; one that can not be entered goes aside alone."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from ingest_server.db.journal import Kind, entries_after, migrate_journal
from ingest_server.intake.admit import Arrival
from ingest_server.intake.desk import INTAKE_FAILED, Desk
from runtime.database import Database
from tests.golden_message import golden
from tests.standing_clock import T0, StandingClock


def arrival(name: str) -> Arrival:
    message = golden(name)
    return Arrival(message.topic, message.payload, message.properties, message.content_type, T0)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "journal.db", migrate_journal) as opened:
        yield opened


async def rows(journal: Database, query: str) -> list[tuple[Any, ...]]:
    return await journal.read(lambda c: c.execute(query).fetchall())


async def test_they_enter_in_order_and_are_answered(journal: Database) -> None:
    committed = await Desk(journal, StandingClock()).enter(
        [arrival("birth"), arrival("urgent_good"), arrival("bulk_good")]
    )
    assert committed.kinds == {Kind.BIRTH, Kind.URGENT, Kind.BULK}
    assert [one.receipt.lane for one in committed.answers] == ["bulk", "urgent"]
    entries = await journal.read(lambda c: entries_after(c, list(Kind), 0, 10))
    assert [entry.kind for entry in entries] == [Kind.BIRTH, Kind.URGENT, Kind.BULK]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.execute("UPDATE epoch SET book = 'no JSON'"),  # a ValueError in our own code
        lambda c: c.execute(  # an error of SQLite that is the message's
            "CREATE TRIGGER no_bulk BEFORE INSERT ON entry WHEN new.kind = 'bulk'"
            " BEGIN SELECT raise(ABORT, 'no bulk'); END"
        ),
    ],
)
async def test_one_that_can_not_be_entered_goes_aside_alone(
    journal: Database, spoil: Callable[[sqlite3.Connection], object]
) -> None:
    desk = Desk(journal, StandingClock())
    await desk.enter([arrival("bulk_good")])
    await journal.transact(spoil)
    committed = await desk.enter(
        [arrival("urgent_good"), arrival("bulk_text"), arrival("status_online")]
    )
    assert committed.kinds == {Kind.URGENT, Kind.STATUS}
    found = await rows(journal, "SELECT reason, topic FROM quarantine")
    assert found == [(INTAKE_FAILED, arrival("bulk_text").topic)]
    assert await rows(journal, "SELECT kind FROM entry ORDER BY id") == [
        ("bulk",),
        ("urgent",),
        ("status",),
    ]


async def test_an_error_of_the_file_is_the_callers(tmp_path: Path) -> None:
    desk = Desk(Database(tmp_path / "journal.db", migrate_journal), StandingClock())
    with pytest.raises(sqlite3.Error):
        await desk.enter([arrival("urgent_good")])
