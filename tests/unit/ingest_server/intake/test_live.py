"""The epoch that speaks is complete by itself, while older ones are not all here."""

import pytest

from ingest_server.db.lane_book import LaneBook, Live
from ingest_server.db.retime import Moves, Retime
from ingest_server.intake import live
from ingest_server.intake.sequence import have, hear, missing
from wire.envelope import Key
from wire.statement import EpochStatement, Statement

A, B = "a" * 16, "b" * 16
S = 1_000_000
T0 = 1_790_000_000 * S


def say(book: LaneBook, at_us: int, number: int, *, last: int = 0, epoch: str = B) -> None:
    old = EpochStatement(A, 1, 9, True, 9, 0)
    now = EpochStatement(epoch, 1, last, False, last, 9)
    statement = Statement(number, (now,) if epoch == A else (now, old), partial=True)
    hear(book, statement, T0)
    live.follow(book, statement, at_us)


def test_it_begins_with_its_first_word_and_goes_on_while_all_of_it_is_here() -> None:
    book = LaneBook()
    say(book, T0, 1)
    assert book.live == Live(B, T0 + S, T0)
    say(book, T0 + 10 * S, 2)
    assert book.live == Live(B, T0 + S, T0 + 10 * S)
    say(book, T0 + 20 * S, 3, last=1)  # one row of it is on its way
    assert book.live == Live(B, T0 + S, T0 + 10 * S)
    have(book, B, missing(book, Key(B, 1, 1))[1], T0, stored=True)
    say(book, T0 + 30 * S, 4, last=1)
    assert book.live == Live(B, T0 + S, T0 + 30 * S)
    say(book, T0 + 25 * S, 5, last=1)  # it does not go back
    assert book.live == Live(B, T0 + S, T0 + 30 * S)


def test_the_next_epoch_begins_anew() -> None:
    book = LaneBook()
    say(book, T0, 1, epoch=A)
    say(book, T0 + 60 * S, 1)
    assert book.live == Live(B, T0 + 61 * S, T0 + 60 * S)
    say(book, T0 + 9 * S, 1, epoch=A)  # doubled: who speaks is another by now
    assert book.live == Live(B, T0 + 61 * S, T0 + 60 * S)


@pytest.mark.parametrize("known", [None, Live(A, T0, T0 + 9 * S)])
def test_it_moves_with_its_boot(known: Live | None) -> None:
    book = LaneBook(live=known)
    live.move(book, Retime(Moves.TIMES, T0 - S, T0 + 20 * S, -5 * S))
    assert book.live == (known and Live(A, T0 - 5 * S, T0 + 4 * S))
