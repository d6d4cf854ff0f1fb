import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest_server.alarm.lifecycle import Event, Refused
from ingest_server.alarm.operate import Order, acknowledge, reset
from ingest_server.alarm.record import Seen, open_alarm, revise, show_episode
from ingest_server.alarm.system_alarm import SystemRule, system_cause
from ingest_server.db.alarm_book import Alarm, get_alarm, migrate_book, publish
from ingest_server.db.snapshot import Change, Snapshot
from runtime.database import connect

TOLD: list[Snapshot] = []


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    TOLD.clear()
    connection = connect(tmp_path / "book.db")
    migrate_book(connection)
    yield connection
    connection.close()


def tell(_: sqlite3.Connection, snapshot: Snapshot) -> None:
    TOLD.append(snapshot)


def raise_latched(book: sqlite3.Connection) -> str:
    cause = system_cause(SystemRule.TWO_GATEWAYS_ONE_ID, "gw-1")
    alarm = show_episode(open_alarm(cause, Seen(1)), Event.ACTIVATE, Seen(1), 2)
    assert isinstance(alarm, Alarm)
    publish(book, alarm, tell)
    return alarm.snapshot.alarm_id


def give_back(book: sqlite3.Connection, alarm_id: str) -> None:
    file = get_alarm(book, alarm_id)
    assert file is not None
    alarm = revise(Alarm(file.latest, latching=True, told=True), Event.RETURN, 5, until=4)
    assert isinstance(alarm, Alarm)
    publish(book, alarm, tell)


def test_acknowledging_twice_changes_nothing_and_says_so(book: sqlite3.Connection) -> None:
    alarm_id = raise_latched(book)
    first = acknowledge(book, Order(alarm_id, "li", "on my way", 3), tell)
    assert isinstance(first, Snapshot)
    assert (first.change, first.actor, first.comment) == (Change.ACKNOWLEDGED, "li", "on my way")
    again = acknowledge(book, Order(alarm_id, "wang", None, 4), tell)
    assert again is Refused.ALREADY_ACKNOWLEDGED
    assert [one.revision for one in TOLD] == [1, 2]
    file = get_alarm(book, alarm_id)
    assert file is not None
    assert [(one.actor, one.outcome) for one in file.operations] == [
        ("li", "done"),
        ("wang", "already_acknowledged"),
    ]


def test_reset_needs_inactive_and_acknowledged(book: sqlite3.Connection) -> None:
    alarm_id = raise_latched(book)
    order = Order(alarm_id, "li", None, 9)
    assert reset(book, order, tell) is Refused.STILL_ACTIVE
    give_back(book, alarm_id)
    assert reset(book, order, tell) is Refused.NOT_ACKNOWLEDGED
    acknowledge(book, order, tell)
    done = reset(book, order, tell)
    assert isinstance(done, Snapshot)
    assert (done.closed, done.latched) == (True, False)
    assert reset(book, order, tell) is Refused.CLOSED


def test_an_unknown_alarm_is_refused_and_audited(book: sqlite3.Connection) -> None:
    assert acknowledge(book, Order("alm-0", "li", None, 1), tell) is Refused.NOT_FOUND
    assert book.execute("SELECT outcome FROM operation").fetchall() == [("not_found",)]
