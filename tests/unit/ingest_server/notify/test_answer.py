"""Every status has a meaning, every Retry-After a number or none, every answer one clean line."""

import pytest

from ingest_server.notify.answer import Outcome, outcome_of, printable, retry_after_s

NOW_US = 1_795_251_845_000_000  # Sat, 21 Nov 2026 09:04:05 GMT


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (204, Outcome.DELIVERED),
        (301, Outcome.REDIRECTED),
        (404, Outcome.REJECTED),
        (410, Outcome.GONE),
        (429, Outcome.THROTTLED),
        (503, Outcome.SERVER_ERROR),
        (599, Outcome.SERVER_ERROR),
        (101, Outcome.NOT_HTTP),
        (999, Outcome.NOT_HTTP),
    ],
)
def test_what_a_status_means(status: int, outcome: Outcome) -> None:
    assert outcome_of(status) is outcome


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("0", 0),
        (" 120 ", 120),
        ("9" * 400, 999_999_999),
        ("Sat, 21 Nov 2026 09:04:35 GMT", 30),
        ("Sat, 21 Nov 2026 09:03:05 GMT", 0),
        ("Sat, 21 Nov 2026 17:04:35 +0800", 30),
        ("Sat, 99 Nov 2026 09:04:35 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: int | None) -> None:
    assert retry_after_s(header, NOW_US) == seconds


def test_an_answer_becomes_one_clean_line() -> None:
    assert printable(b"no\r\nroom\x00\x1b[31m") == "no  room  [31m"
    assert printable(b"\xff\xfe") == "\ufffd\ufffd"
    assert len(printable(b"x" * 5_000)) == 200
