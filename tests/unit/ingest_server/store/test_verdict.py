"""What each answer to a write means, and what people are told of it."""

import pytest

from ingest_server.store.verdict import Answer, Reason, Verdict, in_words, judge, reason

CONFLICT = (
    'partial write: field type conflict: input field "number" on measurement "reading" is type'
    " float, already exists as type string dropped=2"
)
OLD = (
    "failure writing points to database: partial write: dropped 3 points outside retention policy"
    " of duration 1h0m0s - oldest point reading dropped=3 for database: 1"
)


@pytest.mark.parametrize(
    ("status", "text", "lines", "verdict"),
    [
        (204, "", 9, Verdict.STORED),
        (200, "<html>", 9, Verdict.LATER),
        (400, "unable to parse", 9, Verdict.SPLIT),
        (400, "unable to parse", 1, Verdict.DOUBTED),
        (413, "too large", 2, Verdict.SPLIT),
        (413, "too large", 1, Verdict.DOUBTED),
        (422, CONFLICT, 3, Verdict.SPLIT),
        (422, CONFLICT, 2, Verdict.REFUSED),
        (422, "no number", 2, Verdict.SPLIT),
        (422, "no number", 1, Verdict.REFUSED),
        (422, OLD, 3, Verdict.REFUSED),
        *((status, "", 1, Verdict.LATER) for status in (None, 301, 401, 403, 404, 429, 500, 503)),
    ],
)
def test_each_answer_has_its_verdict(
    status: int | None, text: str, lines: int, verdict: Verdict
) -> None:
    assert judge(Answer(status, text), lines) is verdict


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (CONFLICT, Reason.TYPE_CONFLICT),
        (OLD, Reason.BEYOND_RETENTION),
        ("unable to parse 'x'", Reason.LINE_REFUSED),
    ],
)
def test_a_refusal_has_a_name(text: str, why: Reason) -> None:
    assert reason(Answer(422, text)) is why


def test_words_name_the_remedy_and_are_short() -> None:
    assert "check the token" in in_words(Answer(401, "unauthorized access"))
    assert "read and write" in in_words(Answer(403, "forbidden"))
    assert "org and bucket" in in_words(Answer(404, 'bucket "x" not found'))
    assert in_words(Answer(503, "")) == "HTTP 503"
    assert in_words(Answer(None, "refused")) == "refused"
    assert len(in_words(Answer(500, "x\n" * 1_000))) < 400
