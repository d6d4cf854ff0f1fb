"""What may be wanted of a gateway: based on what is in force there, and nothing secret."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import msgspec
import pytest

from ingest_server.control.wish import Refusal, Refused, Wanted, Withdrawal, want, withdraw
from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.desired_book import Desired, record_answer
from ingest_server.db.registry import take_birth
from tests.golden_message import golden
from tests.shipped import PROFILES
from wire.command import Outcome, Result
from wire.identity import decode_birth

NOW = 1_790_000_000_000_000
BIRTH = decode_birth(golden("birth").payload, "gw-001")
LINE = '[lines.shed]\nkind = "modbus-rtu"\nport = "/dev/ttyUSB0"\n'
DEVICE = '[devices.a]\nprofile = "calectro_ug3"\nline = "shed"\n'
GOOD = Wanted(
    gateway="gw-001", toml=LINE + DEVICE, expected=BIRTH.config_hash, actor="desk", comment=None
)


@pytest.fixture
def book() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate_book(connection)
        own = msgspec.structs.replace(BIRTH.devices[0], profile="made_on_site")
        take_birth(connection, msgspec.structs.replace(BIRTH, devices=(own,)), NOW)
        yield connection


def given(book: sqlite3.Connection, wanted: Wanted) -> Desired | Refused:
    return want(book, wanted, PROFILES, NOW)


def test_the_same_twice_is_one_version(book: sqlite3.Connection) -> None:
    first = given(book, GOOD)
    assert isinstance(first, Desired)
    assert (first.based_on, first.toml) == (BIRTH.config_hash, GOOD.toml)
    assert given(book, GOOD) == first
    other = given(book, replace(GOOD, toml=GOOD.toml + "unit = 2\n"))
    assert isinstance(other, Desired)
    assert other.version > first.version


def test_who_has_not_seen_what_is_in_force_is_told_what_is(book: sqlite3.Connection) -> None:
    refused = given(book, replace(GOOD, expected="0" * 16))
    assert refused == Refused(Refusal.HASH_MISMATCH, (BIRTH.config_hash,))
    assert given(book, replace(GOOD, gateway="gw-9")) == Refused(Refusal.UNKNOWN_GATEWAY)


def test_a_profile_that_only_the_gateway_has_may_stay(book: sqlite3.Connection) -> None:
    toml = GOOD.toml.replace("calectro_ug3", "made_on_site")
    assert isinstance(given(book, replace(GOOD, toml=toml)), Desired)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[lines", "it is not TOML"),
        ("a = " + "[" * 20_000, "it is not TOML"),
        ("a =\n" + "[\n" * 20_000, "it is not TOML"),
        ("[devices]\na" + ".a" * 900 + " = 1", "it is not TOML"),
        ("[devices.a]\nunit = " + "9" * 5_000, "it is not TOML"),
        ("", "devices: are none"),
        ("devices = 3", "devices: are none"),
        ('mqtt.host = "x"\n' + GOOD.toml, "mqtt: only"),
        (GOOD.toml + 'api_token = "x"\n', "devices.a.api_token: secrets do not travel"),
        (GOOD.toml.replace("devices.a", "devices.A"), "devices.A: is not a good name"),
        (LINE + "[devices]\na = 3", "devices.a: should be a table"),
        (GOOD.toml.replace('"shed"', '"hall"'), "devices.a.line: there is no line 'hall'"),
        (GOOD.toml.replace("calectro_ug3", "ug4"), "devices.a.profile: this server knows no"),
        (GOOD.toml + '[[devices.a.rules]]\nrule = "nothing"\n', "unknown_rule"),
        (GOOD.toml + "rules = 3\n", "devices.a.rules"),
        (GOOD.toml + "site_class = 3\n", "devices.a.site_class"),
    ],
)
def test_what_can_be_judged_here_is(book: sqlite3.Connection, toml: str, said: str) -> None:
    refused = given(book, replace(GOOD, toml=toml))
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.INVALID
    assert said in "; ".join(refused.details)


def test_what_the_wire_does_not_carry_is_refused(book: sqlite3.Connection) -> None:
    refused = given(book, replace(GOOD, toml=GOOD.toml + f"# {'x' * 1_000}\n" * 66))
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.TOO_LARGE


NOTHING = Withdrawal(gateway="gw-001", version=None, actor="desk", comment="as it was")


def test_withdrawn_once_however_often_it_is_asked(book: sqlite3.Connection) -> None:
    assert withdraw(book, NOTHING, NOW) is None  # nothing was ever wanted
    first = given(book, GOOD)
    assert isinstance(first, Desired)
    refused = withdraw(book, replace(NOTHING, version=first.version + 1), NOW)
    assert refused == Refused(Refusal.VERSION_MISMATCH, (str(first.version),))
    nothing = withdraw(book, replace(NOTHING, version=first.version), NOW)
    assert isinstance(nothing, Desired)
    assert nothing.is_withdrawal
    assert nothing.version > first.version
    assert withdraw(book, replace(NOTHING, version=first.version), NOW) == nothing
    for outcome, is_anew in ((Outcome.APPLIED, False), (Outcome.REJECTED, True)):
        record_answer(book, "gw-001", Result(f"config/{nothing.version}", outcome), NOW)
        again = withdraw(book, NOTHING, NOW)
        assert isinstance(again, Desired)
        assert (again.version > nothing.version) is is_anew


def test_nothing_is_withdrawn_from_a_stranger(book: sqlite3.Connection) -> None:
    asked = replace(NOTHING, gateway="gw-9")
    assert withdraw(book, asked, NOW) == Refused(Refusal.UNKNOWN_GATEWAY)
