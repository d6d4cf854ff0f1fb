"""Signatures, stamps and secrets of Standard Webhooks, held against the reference package."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from simulators.webhook_check import Verdict, check, secret_key, signature

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
KEY = secret_key(SECRET)
NOW = 1_800_000_000
BODY = '{"type":"heartbeat","data":{"地点":"隧道"}}'.encode()


def headers(**changes: str | None) -> dict[str, str]:
    made: dict[str, str | None] = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(NOW),
        "webhook-signature": signature(KEY, "msg_1", str(NOW), BODY),
    }
    made |= {name.replace("_", "-"): text for name, text in changes.items()}
    return {name: text for name, text in made.items() if text is not None}


def test_what_the_reference_package_signs_is_verified() -> None:
    stamp = datetime.fromtimestamp(NOW, UTC)
    signed = Webhook(SECRET).sign("msg_1", stamp, BODY.decode())
    assert signed == signature(KEY, "msg_1", str(NOW), BODY)
    assert check(headers(webhook_signature=signed), BODY, [KEY], NOW) is Verdict.VERIFIED


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"webhook_id": None}, Verdict.ID_MISSING),
        ({"webhook_timestamp": None}, Verdict.TIMESTAMP_MISSING),
        ({"webhook_timestamp": "2026-11-21T00:00:00Z"}, Verdict.TIMESTAMP_UNREADABLE),
        ({"webhook_timestamp": "-1"}, Verdict.TIMESTAMP_UNREADABLE),
        ({"webhook_timestamp": "9" * 40}, Verdict.TIMESTAMP_UNREADABLE),
        ({"webhook_timestamp": str(NOW - 301)}, Verdict.TOO_OLD),
        ({"webhook_timestamp": str(NOW + 301)}, Verdict.FROM_THE_FUTURE),
        ({"webhook_timestamp": str(NOW + 1)}, Verdict.SIGNATURE_WRONG),
        ({"webhook_id": "msg_2"}, Verdict.SIGNATURE_WRONG),
        ({"webhook_signature": None}, Verdict.SIGNATURE_MISSING),
        ({"webhook_signature": "garbage"}, Verdict.SIGNATURE_WRONG),
        ({"webhook_signature": "v1,地"}, Verdict.SIGNATURE_WRONG),
    ],
)
def test_why_not(changes: dict[str, str | None], verdict: Verdict) -> None:
    assert check(headers(**changes), BODY, [KEY], NOW) is verdict


def test_another_body_is_not_verified() -> None:
    assert check(headers(), BODY + b" ", [KEY], NOW) is Verdict.SIGNATURE_WRONG


def test_rotation_any_signature_by_any_key() -> None:
    other = bytes(24)
    both = f"v1,AAAA {signature(KEY, 'msg_1', str(NOW), BODY)} v1a,BBBB"
    assert check(headers(webhook_signature=both), BODY, [other, KEY], NOW) is Verdict.VERIFIED
    assert check(headers(webhook_signature=both), BODY, [other], NOW) is Verdict.SIGNATURE_WRONG


@pytest.mark.parametrize("text", ["whsec_", "whsec_AAAA", "whsec_no base64!", ""])
def test_bad_secrets(text: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        secret_key(text)


def test_a_secret_without_prefix_and_with_a_line_end() -> None:
    assert secret_key(SECRET.removeprefix("whsec_") + "\n") == KEY
