"""Commands in the book: queued, sent again and again, answered once, expired, forgotten."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from ingest_server.db import command_book
from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.command import CommandState, Origin, StoredCommand
from ingest_server.db.command_book import OWN_KEPT, Taken
from wire.command import CommandKind, Outcome, Result

NOW = 1_790_000_000_000_000
SECOND = 1_000_000
GATEWAY = "gw-001"


@pytest.fixture
def book() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        migrate_book(connection)
        yield connection


def command(name: str, gateway: str = GATEWAY, device: str = "smoke-1") -> StoredCommand:
    return StoredCommand(
        number=0,
        id=name,
        gateway=gateway,
        kind=CommandKind.ACTION,
        device=device,
        action="reset",
        actor="desk",
        comment="all clear",
        payload=b"{}",
        state=CommandState.QUEUED,
        asked_us=NOW,
        expires_us=NOW + 60 * SECOND,
        sendings=0,
        next_us=0,
        settled_us=None,
        done_us=None,
        detail="",
    )


def due(book: sqlite3.Connection, seconds: int) -> list[str]:
    return [one.id for one in command_book.due(book, NOW + seconds * SECOND, 10)]


def state(book: sqlite3.Connection, name: str) -> CommandState:
    found = command_book.find(book, name)
    assert found is not None
    return found.state


def answer(book: sqlite3.Connection, name: str, outcome: Outcome, gateway: str = GATEWAY) -> Taken:
    return command_book.record_answer(book, gateway, Result(name, outcome, NOW, "x"), NOW + SECOND)


def test_sent_again_ever_more_seldom_until_it_expires(book: sqlite3.Connection) -> None:
    command_book.enter(book, command("c-1"))
    assert due(book, 0) == ["c-1"]
    sent = []
    for second in range(59):
        if due(book, second):
            command_book.record_sent(book, "c-1", NOW + second * SECOND)
            sent.append(second)
    assert sent == [0, 5, 15, 35]
    assert due(book, 60) == []
    assert command_book.expire(book, NOW + 64 * SECOND, 5 * SECOND) == 0
    assert command_book.expire(book, NOW + 65 * SECOND, 5 * SECOND) == 1
    assert state(book, "c-1") is CommandState.EXPIRED
    assert [(one.event, one.who) for one in command_book.events(book, "c-1")] == [
        ("asked", "desk"),
        ("sent", "server"),
        ("expired", "server"),
    ]


def test_what_nobody_took_is_tried_again_soon(book: sqlite3.Connection) -> None:
    command_book.enter(book, command("c-1"))
    command_book.record_not_sent(book, "c-1", NOW + 2 * SECOND)
    assert due(book, 1) == []
    assert due(book, 2) == ["c-1"]
    assert state(book, "c-1") is CommandState.QUEUED


def test_a_time_of_another_clock_is_not_waited_for(book: sqlite3.Connection) -> None:
    command_book.enter(book, command("c-1"))
    command_book.record_not_sent(book, "c-1", NOW + 3_600 * SECOND)
    assert due(book, 0) == ["c-1"]


def test_an_answer_settles_once_and_only_by_the_gateway_asked(book: sqlite3.Connection) -> None:
    command_book.enter(book, command("c-1"))
    assert answer(book, "c-1", Outcome.DONE, "gw-002") is Taken.UNKNOWN
    assert answer(book, "c-2", Outcome.DONE) is Taken.UNKNOWN
    assert answer(book, "config/3", Outcome.APPLIED) is Taken.NO_ANSWER
    assert answer(book, "c-1", Outcome.DONE) is Taken.TAKEN
    assert answer(book, "c-1", Outcome.DONE) is Taken.ALREADY
    assert answer(book, "c-1", Outcome.FAILED) is Taken.ALREADY
    command_book.record_sent(book, "c-1", NOW)
    assert (state(book, "c-1"), due(book, 0)) == (CommandState.DONE, [])
    found = command_book.find(book, "c-1")
    assert found is not None
    assert (found.done_us, found.settled_us, found.detail) == (NOW, NOW + SECOND, "x")
    assert [one.event for one in command_book.events(book, "c-1")] == ["asked", "done"]


def test_an_answer_after_the_expiry_is_the_truth(book: sqlite3.Connection) -> None:
    command_book.enter(book, command("c-1"))
    command_book.expire(book, NOW + 3_600 * SECOND, 0)
    found = command_book.find(book, "c-1")
    assert found is not None
    assert found.detail == "the gateway could not be reached"
    assert answer(book, "c-1", Outcome.EXPIRED) is Taken.ALREADY
    assert answer(book, "c-1", Outcome.DONE) is Taken.TAKEN
    assert state(book, "c-1") is CommandState.DONE


def test_pages_counts_and_forgetting(book: sqlite3.Connection) -> None:
    for number in range(5):
        command_book.enter(book, command(f"c-{number}", device=f"smoke-{number % 2}"))
    command_book.enter(book, command("other", "gw-002"))
    answer(book, "c-0", Outcome.REFUSED)
    newest = command_book.page(book, GATEWAY, limit=2)
    assert [one.id for one in newest] == ["c-4", "c-3"]
    older = command_book.page(book, GATEWAY, before=newest[-1].number)
    assert [one.id for one in older] == ["c-2", "c-1", "c-0"]
    refused = command_book.page(book, GATEWAY, state=CommandState.REFUSED)
    assert [one.id for one in refused] == ["c-0"]
    assert len(command_book.page(book, GATEWAY, device="smoke-1")) == 2
    assert command_book.count_open(book, GATEWAY) == 4
    assert command_book.count_by_state(book) == {"queued": 5, "refused": 1}
    assert command_book.forget_settled(book, NOW + 2 * SECOND, 10) == 1
    assert command_book.find(book, "c-0") is None
    assert command_book.events(book, "c-0") == []


def test_an_id_stands_once(book: sqlite3.Connection) -> None:
    command_book.enter(book, command("c-1"))
    with pytest.raises(sqlite3.IntegrityError):
        command_book.enter(book, command("c-1"))


SIREN = "local-siren-9f2c1e-3-do-1"
SOUNDED = "sound at siren-01, asked by local action siren (smoke-01/smoke): 1 of 1 writes echoed"


def test_what_a_gateway_did_by_itself_is_kept_once_with_who_and_why(
    book: sqlite3.Connection,
) -> None:
    result = Result(SIREN, Outcome.DONE, NOW, SOUNDED)
    assert command_book.record_answer(book, GATEWAY, result, NOW + SECOND) is Taken.OWN
    assert command_book.record_answer(book, GATEWAY, result, NOW + SECOND) is Taken.ALREADY
    (kept,) = command_book.page(book, GATEWAY)
    assert (kept.id, kept.origin, kept.state) == (SIREN, Origin.LOCAL_ACTION, CommandState.DONE)
    assert (kept.device, kept.action) == ("siren-01", "sound")
    assert (kept.actor, kept.detail) == (
        "local action siren (smoke-01/smoke)", "1 of 1 writes echoed",
    )  # fmt: skip
    assert (kept.asked_us, kept.settled_us) == (NOW, NOW + SECOND)
    assert [(one.event, one.who) for one in command_book.events(book, SIREN)] == [
        ("asked", "local action siren (smoke-01/smoke)"),
        ("done", GATEWAY),
    ]
    assert due(book, 0) == []
    assert command_book.count_open(book, GATEWAY) == 0


def test_two_gateways_may_name_alike_what_they_did(book: sqlite3.Connection) -> None:
    result = Result(SIREN, Outcome.DONE, NOW, SOUNDED)
    for _ in range(2):
        command_book.record_answer(book, GATEWAY, result, NOW)
        command_book.record_answer(book, "gw-002", result, NOW)
    assert [one.id for one in command_book.page(book, GATEWAY)] == [SIREN]
    assert [one.id for one in command_book.page(book, "gw-002")] == [f"{SIREN}@gw-002"]


def test_however_much_a_gateway_says_it_fills_no_table(book: sqlite3.Connection) -> None:
    command_book.enter(book, command("c-1"))
    answer(book, "site-read-of-another", Outcome.DONE, "gw-002")
    long = "x" * 30_000
    for number in range(OWN_KEPT + 5):
        result = Result(f"site-action-{number}", Outcome.FAILED, None, long)
        assert command_book.record_answer(book, GATEWAY, result, NOW + number) is Taken.OWN
    kept = command_book.page(book, GATEWAY, limit=2_000)
    assert [kept[0].id, kept[-2].id, kept[-1].id] == [
        f"site-action-{OWN_KEPT + 4}", "site-action-5", "c-1",
    ]  # fmt: skip
    assert len(kept) == OWN_KEPT + 1
    assert len(kept[0].detail) == 4_096
    assert len(command_book.page(book, "gw-002")) == 1


@pytest.mark.parametrize("name", ["elsewhere-1", "local-" + "x" * 80, "site-A b", "local"])
def test_what_is_no_order_of_a_gateway_is_not_kept(book: sqlite3.Connection, name: str) -> None:
    assert answer(book, name, Outcome.DONE) is Taken.UNKNOWN
    assert command_book.page(book, GATEWAY) == []
