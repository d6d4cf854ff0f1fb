import pytest

from ingest_server.alarm.compare import Found, compare
from ingest_server.alarm.record import Seen
from ingest_server.db.evaluation_book import EpisodeRow


def row(start: int, end: int | None) -> EpisodeRow:
    return EpisodeRow(start, end, "alm-1", 0)


@pytest.mark.parametrize(
    ("rows", "told", "found"),
    [
        ([], [Seen(5)], [Found.BEGUN]),
        ([], [Seen(5, 6)], [Found.OVER]),
        ([row(5, None)], [Seen(5)], []),
        ([row(5, 9)], [Seen(5, 9)], []),
        ([row(5, None)], [Seen(5, 9)], [Found.ENDED]),
        ([row(5, 9)], [Seen(5)], [Found.RESUMED]),
        ([row(5, 9)], [Seen(3, 9)], [Found.EXTENDED]),
        ([row(5, None)], [Seen(3)], [Found.EXTENDED]),
        ([row(5, 9)], [Seen(5, 12)], [Found.EXTENDED]),
        ([row(5, 9)], [Seen(5, 7)], [Found.SHORTENED]),
        ([row(5, None)], [Seen(7)], [Found.SHORTENED]),
        ([row(5, 9)], [], [Found.WITHDRAWN]),
        ([row(5, 9)], [Seen(9, 12)], [Found.OVER, Found.WITHDRAWN]),
        ([row(5, None)], [Seen(5, 6), Seen(8)], [Found.ENDED, Found.BEGUN]),
        ([row(5, 7), row(9, None)], [Seen(5)], [Found.RESUMED, Found.WITHDRAWN]),
        ([row(5, None)], [Seen(5, 5), Seen(5)], [Found.ENDED, Found.BEGUN]),
    ],
)
def test_what_a_comparison_finds(
    rows: list[EpisodeRow], told: list[Seen], found: list[Found]
) -> None:
    assert [one.found for one in compare(rows, told)] == found
