import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.db.alarm_book import (
    Alarm,
    Counts,
    Filters,
    Which,
    count_alarms,
    find_alarm,
    find_open,
    get_alarm,
    list_alarms,
    migrate_book,
    open_alarms,
    open_of_rule,
    publish,
    suppressed_gateways,
    write_alarm,
)
from ingest_server.db.evaluation_book import EpisodeRow, write_episode
from ingest_server.db.snapshot import Change, EventType, Snapshot
from runtime.database import connect


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "book.db")
    migrate_book(connection)
    yield connection
    connection.close()


def alarm(
    number: int, *, revision: int = 1, closed: bool = False, told: bool = True, **other: object
) -> Alarm:
    snapshot = Snapshot(
        alarm_id=f"alm-{number}",
        revision=revision,
        event=EventType.RAISED,
        change=Change.ACTIVATED,
        alarm_class=AlarmClass.HAZARD if number % 2 else AlarmClass.SYSTEM,
        severity=Severity.HIGH,
        life_safety=False,
        gateway="gw-1",
        device=None if number == 0 else f"dev-{number}",
        rule="smoke",
        title={"en": "t"},
        guidance={"en": "g"},
        active=not closed,
        acknowledged=closed,
        latched=False,
        shelved=False,
        suppressed=bool(other.get("suppressed")),
        out_of_service=False,
        closed=closed,
        test=False,
        late=False,
        since=1,
        until=None,
        learned=2,
        age_us=1,
        clock="synchronised",
    )
    return Alarm(snapshot, latching=False, told=told, paged_us=2)


def test_an_alarm_comes_back_as_it_was_written(book: sqlite3.Connection) -> None:
    for one in (alarm(0), alarm(1)):
        write_alarm(book, one)
    assert find_alarm(book, "alm-1") == alarm(1)
    assert find_open(book, "gw-1", None, "smoke") == alarm(0)
    assert find_open(book, "gw-1", "dev-1", "smoke") == alarm(1)
    assert find_alarm(book, "alm-9") is None


def test_a_revision_is_never_written_twice(book: sqlite3.Connection) -> None:
    write_alarm(book, alarm(1))
    with pytest.raises(sqlite3.IntegrityError):
        write_alarm(book, alarm(1))
    write_alarm(book, alarm(1, revision=2, closed=True))
    file = get_alarm(book, "alm-1")
    assert file is not None
    assert [one.revision for one in file.revisions] == [1, 2]
    assert file.latest.closed
    assert open_alarms(book, "gw-1") == []


def test_there_is_one_open_alarm_of_a_rule(book: sqlite3.Connection) -> None:
    write_alarm(book, alarm(1))
    twin = alarm(1).snapshot
    with pytest.raises(sqlite3.IntegrityError):
        book.execute(
            "INSERT INTO alarm (alarm_id, gateway, device, rule, alarm_class, severity, closed,"
            " active, acknowledged, suppressed, latching, told, revision, snapshot)"
            " VALUES ('alm-x', ?, ?, ?, 'hazard', 'high', 0, 1, 0, 0, 0, 1, 1, x'')",
            (twin.gateway, twin.device, twin.rule),
        )


def test_who_was_never_told_is_not_told_now(book: sqlite3.Connection) -> None:
    told: list[Snapshot] = []
    publish(book, alarm(1, told=False), lambda _, one: told.append(one))
    publish(book, alarm(2), lambda _, one: told.append(one))
    assert [one.alarm_id for one in told] == ["alm-2"]


def test_pages_go_from_new_to_old_without_gap_or_double(book: sqlite3.Connection) -> None:
    for number in range(7):
        write_alarm(book, alarm(number, closed=number == 3))
    seen: list[str] = []
    after: int | None = None
    while True:
        page = list_alarms(book, after=after, limit=2)
        seen += [one.alarm_id for one in page.alarms]
        after = page.next
        if after is None:
            break
    assert seen == ["alm-6", "alm-5", "alm-4", "alm-2", "alm-1", "alm-0"]
    assert len(list_alarms(book, which=Which.ALL).alarms) == 7


def test_lists_are_narrowed_by_filters(book: sqlite3.Connection) -> None:
    for number in range(4):
        write_alarm(book, alarm(number))
    hazards = list_alarms(book, filters=Filters(alarm_class=AlarmClass.HAZARD))
    assert [one.alarm_id for one in hazards.alarms] == ["alm-3", "alm-1"]
    one_device = Filters(gateway="gw-1", device="dev-2", severity=Severity.HIGH)
    assert [one.alarm_id for one in list_alarms(book, filters=one_device).alarms] == ["alm-2"]
    assert list_alarms(book, filters=Filters(rule="other")).alarms == ()


def test_counts_for_health(book: sqlite3.Connection) -> None:
    assert count_alarms(book) == Counts(0, 0, 0, 0, 0)
    for number in range(4):
        write_alarm(book, alarm(number, closed=number == 3, suppressed=number == 2))
    assert count_alarms(book) == Counts(3, 3, 3, 1, 1)
    assert suppressed_gateways(book) == ["gw-1"]
    assert len(open_of_rule(book, "smoke")) == 3


def test_the_file_of_an_alarm_has_its_episodes(book: sqlite3.Connection) -> None:
    write_alarm(book, alarm(1))
    for start, end in ((5, 9), (1, 3)):
        write_episode(book, "gw-1", "dev-1", "smoke", EpisodeRow(start, end, "alm-1", 2))
    file = get_alarm(book, "alm-1")
    assert file is not None
    assert [(one.start_us, one.end_us) for one in file.episodes] == [(1, 3), (5, 9)]
    assert get_alarm(book, "alm-2") is None
