"""A lane in words: lag from completeness, epochs newest first, ranges of keys cut."""

from ingest_server.api.lanes import is_heard, lane_file_view, lane_view
from ingest_server.db.lane_book import LaneBook
from tests.standing_clock import T0
from wire.topic import Lane


def test_a_lane_that_was_never_heard() -> None:
    view = lane_view(LaneBook(), T0)
    assert (view.last_arrival, view.complete_through, view.lag_seconds) == (None, None, None)
    assert (view.ledger.taken, view.ledger.balanced) == (0, True)
    assert not is_heard({Lane.URGENT: LaneBook()})


def test_lag_is_never_negative() -> None:
    book = LaneBook(arrival_us=T0, through_us=T0 - 2_500_000)
    assert lane_view(book, T0).lag_seconds == 2.5
    assert lane_view(book, T0 - 5_000_000).lag_seconds == 0
    assert is_heard({Lane.BULK: book})


def test_epochs_newest_first_with_at_most_32_ranges() -> None:
    book = LaneBook()
    for number, name in enumerate(("old", "new")):
        epoch = book.epoch(name)
        epoch.listed_us = T0 + number
        epoch.last = 100
        epoch.taken = 100
        for seq in range(1, 100, 2):
            epoch.had.add(seq, seq)
    view = lane_file_view(book, T0)
    assert [one.epoch for one in view.epochs] == ["new", "old"]
    assert view.epochs[0].had == [(seq, seq) for seq in range(1, 64, 2)]
    assert view.ledger.taken == 200
