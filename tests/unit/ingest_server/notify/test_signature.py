"""What we sign, the reference library verifies; what it gets wrong, we do not."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ingest_server.notify.signature import sign, signed_headers

OLD, NEW = bytes(range(24)), bytes(range(100, 164))
BODY = '{"type":"alarm.raised","data":{"title":"烟雾报警"}}'.encode()


def now_s() -> int:
    """The library takes the machine's time and can not be told another."""
    return int(datetime.now(tz=UTC).timestamp())


def verifier(secret: bytes) -> Webhook:
    return Webhook("whsec_" + base64.b64encode(secret).decode())


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_secrets_of_a_rotation_verify(secret: bytes) -> None:
    headers = signed_headers((NEW, OLD), "msg_1", now_s(), BODY)
    assert verifier(secret).verify(BODY, headers)["type"] == "alarm.raised"


def test_another_secret_does_not() -> None:
    headers = signed_headers((NEW,), "msg_1", now_s(), BODY)
    with pytest.raises(WebhookVerificationError):
        verifier(OLD).verify(BODY, headers)


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp"])
def test_nothing_signed_can_be_changed(change: str) -> None:
    headers = signed_headers((OLD,), "msg_1", now_s(), BODY)
    body = BODY + b" " if change == "body" else BODY
    if change == "webhook-id":
        headers["webhook-id"] = "msg_2"
    elif change == "webhook-timestamp":
        headers["webhook-timestamp"] = str(now_s() - 1)
    with pytest.raises(WebhookVerificationError):
        verifier(OLD).verify(body, headers)


@given(st.text(st.characters(codec="utf-8")), st.binary(min_size=24, max_size=64))
def test_agrees_with_the_library_on_any_text(text: str, secret: bytes) -> None:
    moment = datetime(2026, 11, 21, 9, 4, 5, tzinfo=UTC)
    ours = sign((secret,), "msg_1", int(moment.timestamp()), text.encode())
    assert ours == verifier(secret).sign("msg_1", moment, text)


def test_china_time_is_no_trap_for_us() -> None:
    """The library signs 17:04+08:00 as if it were 17:04Z; we take Unix seconds, which have none."""
    here = datetime(2026, 11, 21, 17, 4, 5, tzinfo=timezone(timedelta(hours=8)))
    ours = sign((OLD,), "msg_1", int(here.timestamp()), BODY)
    assert ours == verifier(OLD).sign("msg_1", here.astimezone(UTC), BODY.decode())
    assert ours != verifier(OLD).sign("msg_1", here, BODY.decode())


def test_every_entry_has_the_comma_that_the_library_trips_over() -> None:
    entries = sign((NEW, OLD), "msg_1", 1, BODY).split(" ")
    assert [entry.partition(",")[0] for entry in entries] == ["v1", "v1"]
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(now_s())}
    with pytest.raises(ValueError, match="unpack"):
        verifier(OLD).verify(BODY, {**headers, "webhook-signature": "garbage"})


def test_bytes_that_are_no_text_are_signed_as_they_are() -> None:
    assert sign((OLD,), "msg_1", 1, b"\xff") != sign((OLD,), "msg_1", 1, b"\xfe")


def test_an_id_with_a_dot_is_refused() -> None:
    with pytest.raises(ValueError, match="dot"):
        sign((OLD,), "msg.1", 1, BODY)
