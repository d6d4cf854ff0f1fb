"""What InfluxDB's answer to a write means: stored, some lines are bad, or the same again later.

Measured with 2.7.12: 400, a line that does not parse, and nothing of the request is stored; 422,
a partial write: type conflicts and what is older than the bucket's retention are dropped, the rest
is stored; 413, too large. The text says how many, never which.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

_DROPPED = re.compile(r"dropped=(\d+)")
_LONGEST = 300


class Verdict(StrEnum):
    """What to do about the lines of the request."""

    STORED = "stored"
    SPLIT = "split"
    REFUSED = "refused"
    DOUBTED = "doubted"
    LATER = "later"


class Reason(StrEnum):
    """Why InfluxDB does not take a line, whenever it is asked."""

    TYPE_CONFLICT = "store_type_conflict"
    BEYOND_RETENTION = "store_beyond_retention"
    LINE_REFUSED = "store_line_refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is an HTTP status, None when none came; `after_s`: when to ask again."""

    status: int | None
    text: str = ""
    after_s: float | None = None


def judge(answer: Answer, lines: int) -> Verdict:
    """REFUSED: all of these lines. DOUBTED: it may be this line, or all that is asked there."""
    if answer.status == HTTPStatus.NO_CONTENT:
        return Verdict.STORED
    if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
        return Verdict.SPLIT if lines > 1 else Verdict.DOUBTED
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        dropped = _DROPPED.search(answer.text)
        is_all = dropped is not None and int(dropped[1]) >= lines
        return Verdict.REFUSED if is_all or lines == 1 else Verdict.SPLIT
    return Verdict.LATER


def reason(answer: Answer) -> Reason:
    if "type conflict" in answer.text:
        return Reason.TYPE_CONFLICT
    if "retention policy" in answer.text.lower():
        return Reason.BEYOND_RETENTION
    return Reason.LINE_REFUSED


_REMEDIES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "check the token of [store] in server.toml",
    HTTPStatus.FORBIDDEN: "the token of [store] needs read and write on the bucket",
    HTTPStatus.NOT_FOUND: "check org and bucket of [store] in server.toml",
}


def in_words(answer: Answer) -> str:
    """For people: what was answered, and what to do about it where that is known."""
    text = " ".join(answer.text.split())[:_LONGEST]
    if answer.status is None:
        return text
    remedy = _REMEDIES.get(answer.status)
    said = f"HTTP {answer.status} {text}".rstrip()
    return said if remedy is None else f"{said}; {remedy}"
