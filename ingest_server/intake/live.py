"""Through when the epoch that speaks is all here, whatever of older ones is still to come."""

from typing import Final

from ingest_server.db.lane_book import LaneBook, Live
from ingest_server.db.retime import Retime
from wire.statement import Statement

_BEFORE_US: Final = 1_000_000
"""A gateway says itself complete up to half a second ago: its run before may have ended since."""


def follow(book: LaneBook, statement: Statement, through_us: int) -> None:
    """Take a statement of a lane that says itself complete through a source time.

    The first that an epoch makes was made after every reading of the epochs before it.
    """
    current, live = statement.current, book.live
    if current.epoch != book.speaker:
        return
    if live is None or live.epoch != current.epoch:
        live = Live(current.epoch, through_us + _BEFORE_US, through_us)
    if book.epochs[current.epoch].is_settled(current.last):
        live = live._replace(through_us=max(live.through_us, through_us))
    book.live = live


def move(book: LaneBook, retime: Retime) -> None:
    """A boot stands elsewhere in time, and what was said of it with it."""
    if book.live is not None:
        since_us, through_us = retime.moved(book.live.since_us), retime.moved(book.live.through_us)
        book.live = book.live._replace(since_us=since_us, through_us=through_us)
