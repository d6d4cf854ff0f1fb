"""The bytes of a revision are kept for years: their names, their words, and how they are read."""

import json

import msgspec
import pytest

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.db.snapshot import Change, EventType, Snapshot

NAMES = [
    "alarm_id", "revision", "event", "change", "alarm_class", "severity", "life_safety",
    "gateway", "device", "rule", "title", "guidance", "active", "acknowledged", "latched",
    "shelved", "suppressed", "out_of_service", "closed", "test", "late", "since", "until",
    "learned", "age_us", "clock", "profile", "place", "point", "value", "unit", "limit",
    "quality", "actor", "comment", "announces",
]  # fmt: skip
LATER = NAMES[NAMES.index("profile") :]
"""These have a default, since the first revisions were kept without them."""


def snapshot(**changed: object) -> Snapshot:
    made = Snapshot(
        alarm_id="alm-cbb532925c88ec462753",
        revision=3,
        event=EventType.CHANGED,
        change=Change.ACKNOWLEDGED,
        alarm_class=AlarmClass.HAZARD,
        severity=Severity.CRITICAL,
        life_safety=True,
        gateway="gw-001",
        device="smoke-01",
        rule="smoke",
        title={"en": "Smoke detected", "zh": "检测到烟雾"},
        guidance={"en": "Go and look", "zh": "到现场查看"},
        active=True,
        acknowledged=True,
        latched=True,
        shelved=False,
        suppressed=False,
        out_of_service=False,
        closed=False,
        test=False,
        late=False,
        since=1_795_251_846_000_000,
        until=None,
        learned=1_795_251_846_250_000,
        age_us=250_000,
        clock="synchronised",
    )
    return msgspec.structs.replace(made, **changed)


def kept(one: Snapshot) -> bytes:
    return msgspec.json.encode(one)


def read(body: bytes) -> Snapshot:
    return msgspec.json.decode(body, type=Snapshot)


def test_every_name_is_kept_in_this_order_also_where_nothing_is_to_say() -> None:
    assert list(json.loads(kept(snapshot()))) == NAMES


@pytest.mark.parametrize(
    "one",
    [
        snapshot(),
        snapshot(value=True, point="smoke", quality="good/ok", place="shed-3", actor="王芳"),
        snapshot(value=61.5, unit="mg/m3", limit=20, comment="line 1\nline 2", announces=True),
        snapshot(value="tamper", device=None, until=7, alarm_class=AlarmClass.SYSTEM),
        snapshot(event=EventType.CLOSED, change=Change.RESET, severity=Severity.NOTICE),
    ],
    ids=["plain", "smoke", "level", "system", "closed"],
)
def test_what_is_kept_is_what_is_read(one: Snapshot) -> None:
    again = read(kept(one))
    assert again == one
    assert type(again.value) is type(one.value)


def test_true_is_not_one() -> None:
    assert b'"value":true' in kept(snapshot(value=True))
    assert read(kept(snapshot(value=True))).value is True
    assert read(kept(snapshot(value=1.0))).value is not True


def test_a_revision_kept_before_there_were_more_fields_is_read() -> None:
    body = json.loads(kept(snapshot(announces=True)))
    for name in LATER:
        del body[name]
    assert read(json.dumps(body).encode()) == snapshot()


def test_what_a_later_release_added_does_not_hinder() -> None:
    body = json.loads(kept(snapshot())) | {"colour": "red"}
    assert read(json.dumps(body).encode()) == snapshot()


@pytest.mark.parametrize("name", NAMES[: NAMES.index("profile")])
def test_nothing_else_may_be_missing(name: str) -> None:
    body = json.loads(kept(snapshot()))
    del body[name]
    with pytest.raises(msgspec.ValidationError, match=name):
        read(json.dumps(body).encode())


def test_the_words_for_a_change_and_an_event_stay() -> None:
    assert [str(change) for change in Change] == [
        "activated", "reactivated", "returned", "over", "acknowledged", "reset",
        "severity_raised", "escalated", "extended", "suppressed", "unsuppressed",
    ]  # fmt: skip
    assert [str(event) for event in EventType] == [
        "alarm.raised", "alarm.changed", "alarm.cleared", "alarm.closed",
    ]  # fmt: skip
