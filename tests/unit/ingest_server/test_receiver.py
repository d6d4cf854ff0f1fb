"""A receiver says what is wrong with it, hides its secrets, and filters by named reasons."""

import base64
from typing import Any

import pytest

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.receiver import Match, Receiver, ReceiverError, match, parse_secret

KEY = bytes(range(32))
TEXT = "whsec_" + base64.b64encode(KEY).decode()


def receiver(**changes: Any) -> Receiver:
    words = {"id": "city", "url": "https://centre.example/alarms?token=t0ken", "secrets": (KEY,)}
    return Receiver(**{**words, **changes})


def test_neither_secret_nor_url_is_in_repr() -> None:
    assert "t0ken" not in repr(receiver())
    assert str(KEY) not in repr(receiver())
    assert "city" in repr(receiver())


@pytest.mark.parametrize("text", [TEXT, TEXT.rstrip("="), f" {TEXT}\n"])
def test_a_secret_is_read_padded_or_not(text: str) -> None:
    assert parse_secret(text) == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        base64.b64encode(KEY).decode(),
        "whsec_äöü",
        "whsec_****",
        "whsec_" + "QUJD" * 7,
        "whsec_QUJD",
    ],
)
def test_a_bad_secret_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ReceiverError) as refused:
        parse_secret(text)
    assert text == "" or text not in str(refused.value)


@pytest.mark.parametrize("size", [23, 65])
def test_secrets_have_24_to_64_bytes(size: int) -> None:
    with pytest.raises(ReceiverError, match="24 to 64"):
        receiver(secrets=(KEY, bytes(size)))
    encoded = base64.b64encode(bytes(size)).decode()
    with pytest.raises(ReceiverError, match=f"{size} bytes"):
        parse_secret(f"whsec_{encoded}")


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("id", {"id": "City Centre"}),
        ("url", {"url": "ftp://centre.example/"}),
        ("url", {"url": "https:///alarms"}),
        ("url", {"url": "https://centre.example:99999/"}),
        ("url", {"url": "https://user:pass@centre.example/"}),
        ("url", {"url": "https://centre.example/a b"}),
        ("url", {"url": "https://中心.example/"}),
        ("url", {"url": "https://[::1/"}),
        ("secrets", {"secrets": ()}),
    ],
)
def test_a_bad_receiver_names_the_key(key: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ReceiverError, match=f"^{key}"):
        receiver(**changes)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, Match.WANTED),
        ({"classes": frozenset({AlarmClass.HAZARD})}, Match.WANTED),
        ({"classes": frozenset({AlarmClass.SYSTEM})}, Match.OTHER_CLASS),
        ({"severities": frozenset({Severity.NOTICE})}, Match.OTHER_SEVERITY),
        ({"life_safety_only": True}, Match.NOT_LIFE_SAFETY),
        ({"gateways": frozenset({"gw-2"})}, Match.OTHER_GATEWAY),
        ({"gateways": frozenset({"gw-1"})}, Match.WANTED),
        ({"places": frozenset({"cellar"})}, Match.OTHER_PLACE),
    ],
)
def test_the_filters(filters: dict[str, Any], expected: Match) -> None:
    found = match(
        receiver(**filters),
        alarm_class=AlarmClass.HAZARD,
        severity=Severity.CRITICAL,
        life_safety=False,
        gateway="gw-1",
        place=None,
    )
    assert found is expected
