"""Versions of a configuration: the newest counts, and each answer is noted once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from ingest_server.db import desired_book
from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.desired_book import Desired, DesiredState, Heard
from wire.command import Config, Outcome, Result, decode_command

NOW = 1_790_000_000_000_000
SECOND = 1_000_000
FIRST = Desired(
    gateway="gw-001",
    version=7,
    based_on="a" * 16,
    toml="[devices.a]",
    actor="desk",
    comment="why",
    asked_us=NOW,
)


@pytest.fixture
def book() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate_book(connection)
        yield connection


def answer(version: int, outcome: Outcome, detail: str = "") -> Result:
    return Result(f"config/{version}", outcome, NOW, detail, "b" * 16)


def state(book: sqlite3.Connection, version: int) -> DesiredState:
    found = desired_book.find(book, "gw-001", version)
    assert found is not None
    return found.state


def audit(book: sqlite3.Connection, version: int) -> list[str]:
    return [one.event for one in desired_book.events(book, "gw-001", version)]


def test_a_version_is_above_all_before_it_even_after_a_restore(book: sqlite3.Connection) -> None:
    """A server that was set back does not begin again at one: the clock goes on."""
    assert desired_book.next_version(book, "gw-001", NOW) == NOW // SECOND
    desired_book.enter(book, replace(FIRST, version=NOW // SECOND))
    assert desired_book.next_version(book, "gw-001", NOW) == NOW // SECOND + 1
    assert desired_book.next_version(book, "gw-002", NOW) == NOW // SECOND


def test_what_is_published_is_what_was_wanted(book: sqlite3.Connection) -> None:
    desired_book.enter(book, FIRST)
    (due,) = desired_book.due(book, NOW, 10)
    assert decode_command(due.payload, Config) == Config(7, "a" * 16, "[devices.a]")
    desired_book.put_off(book, due, NOW + 2 * SECOND)
    assert desired_book.due(book, NOW, 10) == []
    for at_us in (NOW + 2 * SECOND, NOW + 700 * SECOND):  # a broker may lose what it retained
        (due,) = desired_book.due(book, at_us, 10)
        desired_book.record_published(book, due, at_us)
    assert audit(book, 7) == ["asked", "published"]
    assert desired_book.due(book, NOW + 1_000 * SECOND, 10) == []
    assert len(desired_book.due(book, 1, 10)) == 1  # the schedule of another clock


def test_an_answer_is_noted_once_and_another_takes_its_place(book: sqlite3.Connection) -> None:
    desired_book.enter(book, FIRST)
    applied = answer(7, Outcome.APPLIED)
    told = [desired_book.record_answer(book, "gw-001", applied, NOW + n) for n in range(3)]
    assert told == [Heard.TAKEN, Heard.ALREADY, Heard.ALREADY]
    diverged = answer(7, Outcome.DIVERGED, "changed on site")
    assert desired_book.record_answer(book, "gw-001", diverged, NOW) is Heard.TAKEN
    assert state(book, 7) is DesiredState.DIVERGED
    assert audit(book, 7) == ["asked", "applied", "diverged"]
    found = desired_book.latest(book, "gw-001")
    assert found is not None
    assert (found.detail, found.config_hash) == ("changed on site", "b" * 16)
    assert desired_book.due(book, NOW + 1_000 * SECOND, 10) == []


@pytest.mark.parametrize(
    ("gateway", "result", "heard"),
    [
        ("gw-001", Result("reset-1", Outcome.DONE), Heard.NO_ANSWER),
        ("gw-001", Result("config/7", Outcome.DONE), Heard.NO_ANSWER),
        ("gw-001", Result("reset-1", Outcome.APPLIED), Heard.NO_ANSWER),
        ("gw-001", Result("config/", Outcome.APPLIED), Heard.NO_ANSWER),
        ("gw-001", Result("config/-7", Outcome.APPLIED), Heard.NO_ANSWER),
        ("gw-001", Result("config/²", Outcome.APPLIED), Heard.NO_ANSWER),
        ("gw-001", Result("config/" + "9" * 60, Outcome.APPLIED), Heard.NO_ANSWER),
        ("gw-001", Result("config/8", Outcome.APPLIED), Heard.UNKNOWN),
        ("gw-002", Result("config/7", Outcome.APPLIED), Heard.UNKNOWN),
    ],
)
def test_what_answers_nothing_changes_nothing(
    book: sqlite3.Connection, gateway: str, result: Result, heard: Heard
) -> None:
    desired_book.enter(book, FIRST)
    assert desired_book.record_answer(book, gateway, result, NOW) is heard
    assert state(book, 7) is DesiredState.PENDING


def test_a_newer_one_supersedes_and_pages_go_back(book: sqlite3.Connection) -> None:
    for version in (7, 8, 9):
        desired_book.enter(book, replace(FIRST, version=version))
    assert [state(book, version) for version in (7, 8, 9)] == [
        DesiredState.SUPERSEDED, DesiredState.SUPERSEDED, DesiredState.PENDING,
    ]  # fmt: skip
    desired_book.record_answer(book, "gw-001", answer(8, Outcome.APPLIED), NOW)
    assert state(book, 8) is DesiredState.SUPERSEDED
    assert audit(book, 8) == ["asked", "superseded", "applied"]
    assert [one.version for one in desired_book.versions(book, "gw-001", limit=2)] == [9, 8]
    rest = desired_book.versions(book, "gw-001", before=8, limit=2)
    assert [one.version for one in rest] == [7]
    assert desired_book.latest_of(book, ["gw-001", "gw-002"]).keys() == {"gw-001"}


def test_a_withdrawal_is_a_version_without_a_text(book: sqlite3.Connection) -> None:
    desired_book.enter(book, FIRST)
    desired_book.enter(book, replace(FIRST, version=8, toml="", based_on=""))
    (due,) = desired_book.due(book, NOW, 10)
    assert due.is_withdrawal
    assert decode_command(due.payload, Config) == Config(8, "", "", withdrawn=True)
    assert audit(book, 8) == ["withdraw"]
    assert state(book, 7) is DesiredState.SUPERSEDED


def test_a_gateway_that_runs_an_older_one_is_told_again(book: sqlite3.Connection) -> None:
    """A card was restored, and the broker has lost what it retained."""
    desired_book.enter(book, FIRST)
    desired_book.record_answer(book, "gw-001", answer(7, Outcome.APPLIED), NOW)
    desired_book.enter(book, replace(FIRST, version=8, toml="", based_on=""))
    desired_book.record_answer(book, "gw-001", answer(8, Outcome.APPLIED), NOW)
    assert desired_book.due(book, NOW, 10) == []
    for outcome in (Outcome.REJECTED, Outcome.DIVERGED):  # it does not run it
        desired_book.record_answer(book, "gw-001", answer(7, outcome), NOW)
    assert state(book, 8) is DesiredState.APPLIED
    for _ in range(2):
        desired_book.record_answer(book, "gw-001", answer(7, Outcome.APPLIED), NOW)
    (due,) = desired_book.due(book, NOW, 10)
    assert due.version == 8
    assert audit(book, 8) == ["withdraw", "applied", "behind"]
    desired_book.record_answer(book, "gw-001", answer(8, Outcome.APPLIED), NOW)
    assert state(book, 8) is DesiredState.APPLIED
