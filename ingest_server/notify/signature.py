"""Standard Webhooks 1.0.0 signatures: symmetric `v1`, HMAC-SHA256, all secrets at once."""

import base64
import hashlib
import hmac
from collections.abc import Iterable


def sign(secrets: Iterable[bytes], message_id: str, timestamp_s: int, body: bytes) -> str:
    """The `webhook-signature`: one `v1,<base64>` for each secret, parted by spaces.

    Signed are id, Unix seconds of this attempt and the very bytes of the body, joined by dots;
    so the id must not hold a dot itself (ValueError).
    """
    if "." in message_id:
        raise ValueError(f"{message_id!r} holds a dot: what was signed would be ambiguous")
    content = f"{message_id}.{timestamp_s}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
        for secret in secrets
    )


def signed_headers(
    secrets: Iterable[bytes],
    message_id: str,
    timestamp_s: int,
    body: bytes,
) -> dict[str, str]:
    """The headers of one attempt. The body is JSON; `timestamp_s` is the attempt's own."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(secrets, message_id, timestamp_s, body),
    }
