"""Pages: one row more than asked for tells whether another follows; times carry their zone."""

from ingest_server.api.page import Page, cut, moment, moment_or_none
from ingest_server.api.problem import Problem


def test_one_more_row_means_another_page() -> None:
    assert cut([1, 2, 3], 2) == ([1, 2], True)
    assert cut([1, 2], 2) == ([1, 2], False)
    assert cut([], 2) == ([], False)


def test_times_are_utc_to_the_microsecond() -> None:
    assert moment(1_790_000_000_123_456) == "2026-09-21T14:13:20.123456Z"
    assert moment_or_none(None) is None
    assert moment_or_none(0) == "1970-01-01T00:00:00.000000Z"


def test_a_page_of_any_model() -> None:
    page = Page(items=[Problem(title="t", status=1, detail="d", reason="r")], next="7")
    assert page.model_dump()["next"] == "7"
