"""What the API says of the lanes of a gateway: last arrival, completeness, lag, ledger, epochs."""

import sqlite3
from typing import Annotated

from pydantic import BaseModel, Field

from ingest_server.api.ledger import is_balanced, total
from ingest_server.api.page import Moment, moment, moment_or_none
from ingest_server.db.lane_book import Epoch, LaneBook
from ingest_server.db.lane_table import load_lane
from ingest_server.intake.sequence import Account, account
from wire.topic import Lane


class LedgerView(BaseModel):
    """Readings: taken = stored + rejected + thinned + dropped + lost_after_receipt + buffered."""

    taken: int
    stored: int
    rejected: int
    thinned: int
    dropped: Annotated[dict[str, int], Field(description="by reason")]
    lost_after_receipt: int
    buffered: int
    balanced: bool


class EpochView(BaseModel):
    """One start of the agent. `estimated`: counted from what a later epoch says of it."""

    epoch: str
    previous: str | None
    floor: int
    last: int
    ended: bool
    closed: bool
    vanished: bool
    estimated: bool
    listed: Moment
    had: Annotated[list[tuple[int, int]], Field(description="ranges of keys, the lowest 32")]
    ledger: LedgerView


class LaneView(BaseModel):
    """`lag_seconds`: how far behind now the lane is complete; null until it is known."""

    last_arrival: Moment | None
    complete_through: Moment | None
    lag_seconds: float | None
    clones: int
    foreign_readings: Annotated[int, Field(description="readings that came without a key")]
    ledger: LedgerView


class LaneFileView(LaneView):
    epochs: Annotated[list[EpochView], Field(description="the newest 100")]
    epochs_known: int


_RANGES, _EPOCHS = 32, 100


def load_lanes(journal: sqlite3.Connection, gateway: str) -> dict[Lane, LaneBook]:
    return {lane: load_lane(journal, gateway, lane) for lane in Lane}


def is_heard(books: dict[Lane, LaneBook]) -> bool:
    return any(book.epochs or book.arrival_us for book in books.values())


def lane_view(book: LaneBook, now_us: int) -> LaneView:
    through = book.through_us
    return LaneView(
        last_arrival=moment_or_none(book.arrival_us or None),
        complete_through=moment_or_none(through),
        lag_seconds=None if through is None else max(0, now_us - through) / 1_000_000,
        clones=book.clones,
        foreign_readings=book.foreign,
        ledger=_ledger(total(account(epoch) for epoch in book.epochs.values())),
    )


def lane_file_view(book: LaneBook, now_us: int) -> LaneFileView:
    epochs = sorted(book.epochs.values(), key=lambda epoch: epoch.listed_us, reverse=True)
    view = lane_view(book, now_us)
    return LaneFileView(
        **dict(view),
        epochs=[_epoch(epoch) for epoch in epochs[:_EPOCHS]],
        epochs_known=len(epochs),
    )


def _epoch(epoch: Epoch) -> EpochView:
    return EpochView(
        epoch=epoch.epoch,
        previous=epoch.prev,
        floor=epoch.floor,
        last=epoch.last,
        ended=epoch.ended,
        closed=epoch.closed,
        vanished=epoch.vanished,
        estimated=epoch.estimated,
        listed=moment(epoch.listed_us),
        had=list(epoch.had)[:_RANGES],
        ledger=_ledger(account(epoch)),
    )


def _ledger(one: Account) -> LedgerView:
    return LedgerView(
        taken=one.taken,
        stored=one.stored,
        rejected=one.rejected,
        thinned=one.thinned,
        dropped=one.dropped,
        lost_after_receipt=one.lost_after_receipt,
        buffered=one.buffered,
        balanced=is_balanced(one),
    )
