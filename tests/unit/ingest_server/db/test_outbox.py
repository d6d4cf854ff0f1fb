"""The outbox keeps each line in order, forgets nothing that is owed, and repeats nothing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.db import delivery_list, outbox
from ingest_server.db.delivery import Attempt, Delivery, DeliveryState, Replay, delivery_id
from ingest_server.db.migrate import migrate
from ingest_server.db.snapshot import Snapshot
from ingest_server.receiver import Receiver
from runtime.database import connect

SECOND = 1_000_000
NOW = 1_795_251_845 * SECOND
WEEK = 7 * 86_400 * SECOND
FLAGS = ["active", "acknowledged", "latched", "shelved", "suppressed", "out_of_service", "closed"]
FLAGS += ["test", "late"]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "book.db")
    migrate(connection, "book")
    yield connection
    connection.close()


def receiver(name: str = "city", **filters: Any) -> Receiver:
    secrets = (bytes(32),)
    return Receiver(id=name, url="https://centre.example/", secrets=secrets, **filters)


def alarm(alarm_id: str = "al-1", revision: int = 1, **changes: Any) -> Snapshot:
    words: dict[str, Any] = {
        "alarm_id": alarm_id,
        "revision": revision,
        "event": "alarm.raised",
        "change": "activated",
        "alarm_class": AlarmClass.HAZARD,
        "severity": Severity.CRITICAL,
        "life_safety": False,
        "gateway": "gw-001",
        "device": "smoke-01",
        "rule": "smoke",
        "title": {"en": "Smoke", "zh": "烟雾"},
        "guidance": {},
        "since": NOW,
        "until": None,
        "learned": NOW,
        "age_us": 0,
        "clock": "synchronised",
    }
    flags = [
        "active",
        "acknowledged",
        "latched",
        "shelved",
        "suppressed",
        "out_of_service",
        "closed",
        "test",
        "late",
    ]
    return msgspec.convert({**dict.fromkeys(flags, False), **words, **changes}, Snapshot)


def attempt(outcome: str = "server_error", status: int | None = 503) -> Attempt:
    return Attempt(at_us=NOW, outcome=outcome, status=status, latency_ms=12, answer="busy")


def fail(
    book: sqlite3.Connection, delivery: str, now_us: int = NOW, pause_s: int = 1, hold_us: int = 0
) -> None:
    outbox.record_failed(
        book,
        delivery,
        attempt(),
        now_us=now_us,
        next_us=now_us + pause_s * SECOND,
        hold_us=hold_us,
    )


def due(
    book: sqlite3.Connection, now_us: int = NOW, name: str = "city", *, life_safety: bool = False
) -> list[Delivery]:
    return outbox.due(
        book, name, life_safety=life_safety, now_us=now_us, horizon_us=301 * SECOND, limit=10
    )


def state(book: sqlite3.Connection, delivery: str) -> DeliveryState:
    found = delivery_list.get(book, delivery)
    assert found is not None
    return found.state


def line_of_three(book: sqlite3.Connection) -> list[str]:
    return [
        delivery
        for revision in (1, 2, 3)
        for delivery in outbox.enqueue(book, alarm(revision=revision), [receiver()], NOW)
    ]


def test_each_wanting_receiver_gets_the_whole_revision(book: sqlite3.Connection) -> None:
    receivers = [
        receiver("city"),
        receiver("health", classes=frozenset({AlarmClass.SENSOR_HEALTH})),
    ]
    ids = outbox.enqueue(book, alarm(), receivers, NOW)
    assert ids == (delivery_id("al-1", 1, "city"),)
    (found,) = due(book)
    assert (found.id, found.decoded()) == (ids[0], alarm())


def test_repeating_a_pass_changes_nothing(book: sqlite3.Connection) -> None:
    first = line_of_three(book)
    before = delivery_list.page(book)
    assert line_of_three(book) == []
    assert delivery_list.page(book) == before
    outbox.record_delivered(book, first[0], attempt("delivered", 200))
    assert outbox.enqueue(book, alarm(), [receiver()], NOW) == ()
    assert state(book, first[0]) is DeliveryState.DELIVERED


def test_a_roll_back_of_the_watcher_takes_the_rows_along(book: sqlite3.Connection) -> None:
    book.execute("BEGIN IMMEDIATE")
    line_of_three(book)
    book.execute("ROLLBACK")
    assert delivery_list.page(book) == []


def test_whoever_was_told_of_an_alarm_learns_how_it_went_on(book: sqlite3.Connection) -> None:
    critical_only = [receiver(severities=frozenset({Severity.CRITICAL}))]
    calm = {"severity": Severity.NOTICE}
    assert outbox.enqueue(book, alarm("al-2", 1, **calm), critical_only, NOW) == ()
    assert outbox.enqueue(book, alarm("al-1", 1), critical_only, NOW)
    assert outbox.enqueue(book, alarm("al-1", 2, **calm), critical_only, NOW)


def test_only_the_oldest_of_a_line_is_due_until_it_is_delivered(book: sqlite3.Connection) -> None:
    ids = line_of_three(book)
    for delivery in ids:
        assert [one.id for one in due(book)] == [delivery]
        outbox.record_delivered(book, delivery, attempt("delivered", 200))
    assert due(book) == []


def test_life_safety_is_asked_for_apart(book: sqlite3.Connection) -> None:
    outbox.enqueue(book, alarm("al-1"), [receiver()], NOW)
    outbox.enqueue(book, alarm("al-2", life_safety=True), [receiver()], NOW)
    assert [one.alarm_id for one in due(book, life_safety=True)] == ["al-2"]
    assert [one.alarm_id for one in due(book)] == ["al-1"]


def test_a_failed_one_waits_and_those_never_tried_go_first(book: sqlite3.Connection) -> None:
    (first,) = outbox.enqueue(book, alarm("al-1"), [receiver()], NOW)
    fail(book, first, pause_s=5)
    assert due(book, NOW + 4 * SECOND) == []
    outbox.enqueue(book, alarm("al-2"), [receiver()], NOW)
    assert [one.alarm_id for one in due(book, NOW + 5 * SECOND)] == ["al-2", "al-1"]


def test_a_clock_that_stepped_back_silences_nothing(book: sqlite3.Connection) -> None:
    (first,) = outbox.enqueue(book, alarm(), [receiver()], NOW + WEEK)
    assert [one.id for one in due(book)] == [first]
    fail(book, first, now_us=NOW + WEEK)
    assert [one.id for one in due(book)] == [first]
    outbox.enqueue(book, alarm(revision=2), [receiver()], NOW)
    assert outbox.overdue(book, NOW, 10 * SECOND) == [("city", "al-1")]


def test_every_attempt_is_logged_and_counted(book: sqlite3.Connection) -> None:
    (first,) = outbox.enqueue(book, alarm(), [receiver()], NOW)
    fail(book, first)
    outbox.record_delivered(book, first, attempt("delivered", 200))
    log = delivery_list.attempts(book, first)
    assert [(one.number, one.outcome, one.status) for one in log] == [
        (1, "server_error", 503),
        (2, "delivered", 200),
    ]
    assert (log[0].latency_ms, log[0].answer, log[0].at_us) == (12, "busy", NOW)


def test_the_log_of_a_delivery_that_fails_for_days_stays_small(book: sqlite3.Connection) -> None:
    (first,) = outbox.enqueue(book, alarm(), [receiver()], NOW)
    for _ in range(250):
        fail(book, first)
    numbers = [one.number for one in delivery_list.attempts(book, first)]
    assert numbers == [*range(1, 11), *range(161, 251)]


def test_the_newest_passes_after_ten_seconds_without_success(book: sqlite3.Connection) -> None:
    ids = line_of_three(book)
    assert outbox.overdue(book, NOW + WEEK, 10 * SECOND) == []  # nothing was tried yet
    fail(book, ids[0])
    assert outbox.overdue(book, NOW + 9 * SECOND, 10 * SECOND) == []
    assert outbox.overdue(book, NOW + 10 * SECOND, 10 * SECOND) == [("city", "al-1")]
    passed = outbox.supersede(book, ("city", "al-1"), NOW + 10 * SECOND)
    assert passed is not None
    assert (passed.winner, passed.revision) == (ids[2], 3)
    assert passed.losers == ((ids[1], 2), (ids[0], 1))
    assert [one.id for one in due(book, NOW + 10 * SECOND)] == [ids[2]]
    loser = delivery_list.get(book, ids[0])
    assert loser is not None
    assert (loser.state, loser.superseded_by) == (DeliveryState.SUPERSEDED, ids[2])


def test_a_line_that_goes_on_failing_lets_the_next_one_pass_at_once(
    book: sqlite3.Connection,
) -> None:
    ids = line_of_three(book)
    fail(book, ids[0])
    outbox.supersede(book, ("city", "al-1"), NOW + 10 * SECOND)
    fail(book, ids[2], now_us=NOW + 11 * SECOND)
    outbox.enqueue(book, alarm(revision=4), [receiver()], NOW)
    assert outbox.overdue(book, NOW + 12 * SECOND, 10 * SECOND) == [("city", "al-1")]


def test_the_rest_that_a_receiver_asked_for_binds_the_newer_one_too(
    book: sqlite3.Connection,
) -> None:
    ids = line_of_three(book)
    fail(book, ids[0], pause_s=60, hold_us=NOW + 60 * SECOND)
    outbox.supersede(book, ("city", "al-1"), NOW + 10 * SECOND)
    assert due(book, NOW + 59 * SECOND) == []
    assert [one.id for one in due(book, NOW + 60 * SECOND)] == [ids[2]]


def test_one_alone_is_superseded_by_nothing(book: sqlite3.Connection) -> None:
    (first,) = outbox.enqueue(book, alarm(), [receiver()], NOW)
    fail(book, first)
    assert outbox.supersede(book, ("city", "al-1"), NOW) is None
    assert outbox.supersede(book, ("city", "none"), NOW) is None


def test_replay_goes_under_the_same_id_after_what_is_on_its_way(book: sqlite3.Connection) -> None:
    ids = line_of_three(book)
    outbox.record_delivered(book, ids[0], attempt("delivered", 200))
    assert outbox.replay(book, ids[0]) is Replay.QUEUED
    assert [one.id for one in due(book)] == [ids[1]]
    outbox.record_delivered(book, ids[1], attempt("delivered", 200))
    assert [one.id for one in due(book)] == [ids[0]]
    assert outbox.replay(book, ids[0]) is Replay.NOT_SETTLED
    assert outbox.replay(book, "msg_none") is Replay.UNKNOWN


def test_replay_of_the_last_one_is_due_at_once(book: sqlite3.Connection) -> None:
    (first,) = outbox.enqueue(book, alarm(), [receiver()], NOW)
    fail(book, first, pause_s=300)
    outbox.record_delivered(book, first, attempt("delivered", 200))
    assert outbox.replay(book, first) is Replay.QUEUED
    (found,) = due(book)
    assert (found.failures, found.attempts, found.failing_since_us) == (0, 2, None)


def test_a_late_result_does_not_revive_what_was_settled(book: sqlite3.Connection) -> None:
    ids = line_of_three(book)
    fail(book, ids[0])
    outbox.supersede(book, ("city", "al-1"), NOW)
    outbox.record_delivered(book, ids[0], attempt("delivered", 200))
    assert state(book, ids[0]) is DeliveryState.SUPERSEDED
    assert state(book, ids[2]) is DeliveryState.WAITING


def test_only_what_was_settled_long_ago_is_forgotten(book: sqlite3.Connection) -> None:
    ids = line_of_three(book)
    for delivery in ids[:2]:
        outbox.record_delivered(book, delivery, attempt("delivered", 200))
    assert outbox.forget_settled(book, NOW, 10) == 0
    assert outbox.forget_settled(book, NOW + SECOND, 1) == 1
    assert delivery_list.attempts(book, ids[0]) == []
    assert outbox.forget_settled(book, NOW + WEEK, 10) == 1
    assert [one.id for one in delivery_list.page(book)] == [ids[2]]
    outbox.record_delivered(book, ids[0], attempt("delivered", 200))  # forgotten: no trace
    assert delivery_list.attempts(book, ids[0]) == []


def test_no_look_reads_the_settled_ones(book: sqlite3.Connection) -> None:
    """Looks are taken twice a second and after every attempt, beside a year of history."""
    plans: list[str] = []
    book.set_trace_callback(plans.append)
    due(book)
    outbox.overdue(book, NOW, SECOND)
    delivery_list.backlog(book)
    book.set_trace_callback(None)
    for query in [plan for plan in plans if plan.startswith("SELECT")]:
        steps = [str(row[3]) for row in book.execute(f"EXPLAIN QUERY PLAN {query}")]
        scans = [step for step in steps if step.startswith("SCAN")]
        allowed = ("delivery_due", "delivery_behind", "(subquery")
        assert all(any(word in scan for word in allowed) for scan in scans), steps
