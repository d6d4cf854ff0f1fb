"""What came of one attempt to deliver, in words: outcome, status, rest asked for, first bytes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus

from ingest_server.notify.moment import EPOCH

ANSWER_BYTES = 200  # how much of an answer's body is remembered


class Outcome(StrEnum):
    """Everything that an attempt can come to. Only `delivered` is success."""

    DELIVERED = "delivered"
    REDIRECTED = "redirected"
    GONE = "gone"
    THROTTLED = "throttled"
    REJECTED = "rejected"
    SERVER_ERROR = "server_error"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    TLS_FAILED = "tls_failed"
    NAME_UNKNOWN = "name_unknown"
    ADDRESS_FORBIDDEN = "address_forbidden"
    NOT_ENCRYPTED = "not_encrypted"
    NOT_HTTP = "not_http"
    UNREADABLE = "unreadable"  # our own row is damaged: nothing was sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`retry_after_s`: the rest that the receiver asked for, 0 or more, None when it did not.

    `text`: the first bytes of the body, or what went wrong; printable, never a secret.
    """

    outcome: Outcome
    status: int | None = None
    retry_after_s: int | None = None
    text: str = ""


def outcome_of(status: int) -> Outcome:
    """The meaning of an HTTP status (RFC 9110 section 15) to a sender of webhooks."""
    by_status = {
        HTTPStatus.GONE: Outcome.GONE,
        HTTPStatus.TOO_MANY_REQUESTS: Outcome.THROTTLED,
    }
    by_class = {
        2: Outcome.DELIVERED,
        3: Outcome.REDIRECTED,
        4: Outcome.REJECTED,
        5: Outcome.SERVER_ERROR,
    }
    known = {int(key): outcome for key, outcome in by_status.items()}
    return known.get(status) or by_class.get(status // 100, Outcome.NOT_HTTP)


def retry_after_s(header: str | None, now_us: int) -> int | None:
    """Seconds asked for by Retry-After (RFC 9110 section 10.2.3), or None if there is no sense.

    Both forms are read: a number of seconds, and a date (then counted from `now_us`).
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), 10**9) if text else None
    moment = _http_date(text)
    if moment is None:
        return None
    now = EPOCH + timedelta(microseconds=now_us)
    return max(0, -int((now - moment) // timedelta(seconds=1)))


def printable(body: bytes) -> str:
    """The first bytes of an answer for a log: one line, no control character."""
    text = body[:ANSWER_BYTES].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=EPOCH.tzinfo) if moment.tzinfo is None else moment
