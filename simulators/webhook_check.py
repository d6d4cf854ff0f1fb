"""Verify a webhook as a receiver does: Standard Webhooks, symmetric signature `v1`."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - a mark, no secret
TOLERANCE_S: Final = 300
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class Verdict(StrEnum):
    """Whether a delivery may be believed, or why not."""

    VERIFIED = "verified"
    ID_MISSING = "id_missing"
    TIMESTAMP_MISSING = "timestamp_missing"
    TIMESTAMP_UNREADABLE = "timestamp_unreadable"
    TOO_OLD = "too_old"
    FROM_THE_FUTURE = "from_the_future"
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_WRONG = "signature_wrong"


def secret_key(text: str) -> bytes:
    """Return the key in `whsec_<base64>` (the prefix may be missing).

    Raises ValueError if that is not base64 or too short (under 24 bytes, Standard Webhooks 1.0.0).
    """
    try:
        key = base64.b64decode(text.strip().removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as wrong:
        raise ValueError("a webhook secret is whsec_ followed by base64") from wrong
    if len(key) < 24:  # noqa: PLR2004 - the least that the specification allows
        raise ValueError("a webhook secret has at least 24 bytes")
    return key


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Return `v1,<base64>` of HMAC-SHA256 over id, timestamp and the body as sent."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def check(
    headers: Mapping[str, str],
    body: bytes,
    keys: Iterable[bytes],
    now_s: int,
    tolerance_s: int = TOLERANCE_S,
) -> Verdict:
    """Judge one delivery; header names are lower case, `now_s` is Unix time.

    Any of the keys may have made any of the space-separated signatures (rotation).
    """
    message_id = headers.get(ID, "")
    if not message_id:
        return Verdict.ID_MISSING
    stale = _check_timestamp(headers.get(TIMESTAMP), now_s, tolerance_s)
    if stale is not Verdict.VERIFIED:
        return stale
    given = headers.get(SIGNATURE, "").split()
    if not given:
        return Verdict.SIGNATURE_MISSING
    right = [signature(key, message_id, headers[TIMESTAMP], body).encode() for key in keys]
    matches = [hmac.compare_digest(one.encode(), other) for one in given for other in right]
    return Verdict.VERIFIED if any(matches) else Verdict.SIGNATURE_WRONG


def _check_timestamp(text: str | None, now_s: int, tolerance_s: int) -> Verdict:
    if text is None:
        return Verdict.TIMESTAMP_MISSING
    if not (text.isascii() and text.isdigit() and len(text) <= 12):  # noqa: PLR2004 - 30 000 years
        return Verdict.TIMESTAMP_UNREADABLE
    if int(text) < now_s - tolerance_s:
        return Verdict.TOO_OLD
    return Verdict.FROM_THE_FUTURE if int(text) > now_s + tolerance_s else Verdict.VERIFIED
