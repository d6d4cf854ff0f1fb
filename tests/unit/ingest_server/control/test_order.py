"""Whether a command may be given: gateway, device, profile, action, how many wait, whose id."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import msgspec
import pytest

from ingest_server.control.order import OPEN_MOST, Asked, Refusal, allowed, give
from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.command import CommandState, StoredCommand
from ingest_server.db.registry import take_birth
from tests.golden_message import golden
from tests.shipped import PROFILES
from wire.command import TAKE_BASELINE, Command, CommandKind, decode_command
from wire.identity import decode_birth

NOW = 1_790_000_000_000_000
BIRTH = decode_birth(golden("birth").payload, "gw-001")


@pytest.fixture
def book() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate_book(connection)
        smoke = msgspec.structs.replace(BIRTH.devices[0], device="smoke-1", profile="calectro_ug3")
        strange = msgspec.structs.replace(smoke, device="strange-1", profile="of_nobody")
        retired = msgspec.structs.replace(smoke, device="retired-1")
        for devices in ((smoke, strange, retired), (smoke, strange)):
            take_birth(connection, msgspec.structs.replace(BIRTH, devices=devices), NOW)
        yield connection


RESET = Asked(
    id="c-1",
    gateway="gw-001",
    kind=CommandKind.ACTION,
    device="smoke-1",
    action="reset",
    actor="desk",
    comment=None,
    expires_in_us=60_000_000,
)


def given(book: sqlite3.Connection, asked: Asked) -> StoredCommand | Refusal:
    return give(book, asked, PROFILES, NOW)


def test_what_is_allowed_is_queued_as_it_will_be_sent(book: sqlite3.Connection) -> None:
    stored = given(book, RESET)
    assert isinstance(stored, StoredCommand)
    assert stored.state is CommandState.QUEUED
    assert decode_command(stored.payload, Command) == Command(
        "c-1", CommandKind.ACTION, "desk", "smoke-1", "reset", expires=NOW + 60_000_000
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (replace(RESET, gateway="gw-9"), Refusal.UNKNOWN_GATEWAY),
        (replace(RESET, device=None), Refusal.DEVICE_MISSING),
        (replace(RESET, device="smoke-9"), Refusal.UNKNOWN_DEVICE),
        (replace(RESET, device="retired-1"), Refusal.RETIRED_DEVICE),
        (replace(RESET, device="strange-1"), Refusal.UNKNOWN_PROFILE),
        (replace(RESET, action="self_destruct"), Refusal.ACTION_NOT_ALLOWED),
        (replace(RESET, action=None), Refusal.ACTION_NOT_ALLOWED),
        (replace(RESET, kind=CommandKind.READ), Refusal.ACTION_OUT_OF_PLACE),
    ],
)
def test_what_is_not(book: sqlite3.Connection, asked: Asked, expected: Refusal) -> None:
    assert given(book, asked) is expected


def test_looking_needs_no_action(book: sqlite3.Connection) -> None:
    read = replace(RESET, kind=CommandKind.READ, action=None)
    assert isinstance(given(book, read), StoredCommand)
    whole = replace(RESET, id="c-2", kind=CommandKind.DIAGNOSTICS, device=None, action=None)
    assert isinstance(given(book, whole), StoredCommand)


def test_the_same_once_more_is_the_same_and_another_is_refused(book: sqlite3.Connection) -> None:
    first = given(book, RESET)
    assert given(book, replace(RESET, actor="another", expires_in_us=5_000_000)) == first
    assert given(book, replace(RESET, kind=CommandKind.READ, action=None)) is Refusal.ID_TAKEN


def test_not_more_than_can_be_done_soon(book: sqlite3.Connection) -> None:
    for number in range(OPEN_MOST):
        assert isinstance(given(book, replace(RESET, id=f"c-{number}")), StoredCommand)
    assert given(book, replace(RESET, id="one-more")) is Refusal.TOO_MANY_OPEN


def test_the_allow_list() -> None:
    assert "reset" in allowed(PROFILES["calectro_ug3"])
    assert TAKE_BASELINE not in allowed(PROFILES["calectro_ug3"])
    assert allowed(PROFILES["witmotion_485"]) == ("restart", TAKE_BASELINE)
    assert allowed(None) == ()
