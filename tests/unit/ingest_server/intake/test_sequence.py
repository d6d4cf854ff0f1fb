"""What the server has, closes, derives as lost, and says in receipts."""

import time

import pytest

from ingest_server.db.lane_book import LaneBook
from ingest_server.intake.sequence import (
    VANISHED_AFTER_US,
    Account,
    Heard,
    KeyVerdict,
    account,
    done,
    have,
    hear,
    is_complete,
    missing,
)
from wire.envelope import Cover, Key
from wire.statement import EpochStatement, Statement

A, B, C = "a" * 16, "b" * 16, "c" * 16
NOW = 1_000_000_000


def key(seq: int, *covers: tuple[int, int, int], epoch: str = A) -> Key:
    thinned = tuple(Cover(*cover) for cover in covers)
    return Key(epoch, seq, sum(c.taken for c in thinned) or 10, thinned)


def store(book: LaneBook, *seqs: int, epoch: str = A) -> None:
    for seq in seqs:
        have(book, epoch, missing(book, key(seq, epoch=epoch))[1], NOW, stored=True)


def stated(epoch: str = A, **values: object) -> EpochStatement:
    default = {"floor": 1, "last": 0, "ended": False, "taken": 0, "base": 0}
    return EpochStatement(epoch, **{**default, **values})  # type: ignore[arg-type]  # its keys are this file's own


def say(book: LaneBook, number: int, *epochs: EpochStatement, partial: bool = False) -> Statement:
    statement = Statement(number, epochs, partial)
    hear(book, statement, NOW)
    return statement


def test_a_key_is_new_once() -> None:
    book = LaneBook()
    assert missing(book, key(1))[0] is KeyVerdict.NEW
    store(book, 1)
    assert missing(book, key(1)) == (KeyVerdict.DUPLICATE, ())


def test_of_a_thinned_batch_only_the_keys_that_lack_are_taken() -> None:
    book = LaneBook()
    store(book, 2)
    verdict, lacking = missing(book, key(3, (1, 10, 2), (2, 10, 2), (3, 10, 2)))
    assert verdict is KeyVerdict.PARTLY_NEW
    assert [cover.seq for cover in lacking] == [1, 3]
    have(book, A, lacking, NOW, stored=True)
    say(book, 1, stated(floor=4, last=3, taken=30))
    assert account(book.epochs[A]) == Account(30, 14, 0, 16, {}, 0, 0)


def test_what_is_refused_counts_as_rejected() -> None:
    book = LaneBook()
    have(book, A, missing(book, key(1))[1], NOW, stored=False)
    assert account(book.epochs[A]) == Account(10, 0, 10, 0, {}, 0, 0)


def test_what_is_absent_below_the_floor_is_lost_unless_a_reason_was_stated() -> None:
    book = LaneBook()
    store(book, 1)
    say(book, 1, stated(floor=4, last=3, taken=30, dropped={"bulk_full": 10}))
    assert account(book.epochs[A]) == Account(30, 10, 0, 0, {"bulk_full": 10}, 10, 0)


def test_a_closed_key_that_arrives_after_all_reduces_the_loss() -> None:
    book = LaneBook()
    say(book, 1, stated(floor=3, last=2, taken=20, dropped={"bulk_full": 10}))
    store(book, 1)
    assert account(book.epochs[A]) == Account(20, 10, 0, 0, {"bulk_full": 10}, 0, 0)
    store(book, 2)
    assert account(book.epochs[A]) == Account(20, 20, 0, 0, {}, 0, 0)


def test_what_is_held_is_buffered_and_not_lost() -> None:
    book = LaneBook()
    store(book, 3)
    say(book, 1, stated(floor=1, last=3, taken=30))
    assert account(book.epochs[A]) == Account(30, 10, 0, 0, {}, 0, 20)


def test_an_older_statement_changes_nothing() -> None:
    book = LaneBook()
    say(book, 5, stated(floor=4, last=3, taken=30))
    assert hear(book, Statement(4, (stated(floor=1, last=3, taken=30),)), NOW) is Heard.STALE
    assert book.epochs[A].floor == 4


def test_an_epoch_that_ended_and_is_delivered_is_done() -> None:
    book = LaneBook()
    store(book, 1, 2)
    held = say(book, 1, stated(B), stated(A, floor=2, last=2, ended=True, taken=20))
    assert done(book, held) == ()
    over = say(book, 2, stated(B), stated(A, floor=3, last=2, ended=True, taken=20))
    assert done(book, over) == (A,)


def test_a_rolled_back_disk_closes_what_it_forgot() -> None:
    book = LaneBook()
    store(book, 1, 3)
    say(book, 1, stated(A, floor=1, last=5, taken=50))
    over = say(book, 1, stated(B), stated(A, floor=3, last=2, ended=True, taken=20))
    assert done(book, over) == (A,)
    assert account(book.epochs[A]) == Account(50, 20, 0, 0, {}, 30, 0)


def test_an_epoch_not_listed_for_a_day_has_vanished() -> None:
    book = LaneBook()
    say(book, 1, stated(A, floor=1, last=2, taken=20))
    later = NOW + VANISHED_AFTER_US + 1
    hear(book, Statement(1, (stated(B),)), later)
    assert book.epochs[A].vanished
    assert account(book.epochs[A]) == Account(20, 0, 0, 0, {}, 20, 0)


def test_the_base_counts_what_an_epoch_took_after_it_was_last_heard() -> None:
    book = LaneBook()
    store(book, 1)
    say(book, 1, stated(A, floor=1, last=1, taken=10))
    say(book, 1, stated(B, base=40, prev=A))
    assert book.epochs[A].taken == 40


def test_an_epoch_never_heard_is_estimated_and_then_stated() -> None:
    book = LaneBook()
    say(book, 1, stated(C, base=30, prev=B), partial=True)
    assert (book.epochs[B].taken, book.epochs[B].estimated) == (30, True)
    say(book, 2, stated(C, base=30, prev=B), stated(A, floor=2, last=1, taken=10, ended=True))
    assert (book.epochs[B].base, book.epochs[B].taken) == (10, 20)
    told = stated(B, floor=1, last=2, taken=20, base=10, prev=A, ended=True)
    say(book, 3, stated(C, base=30, prev=B), told)
    assert not book.epochs[B].estimated
    assert sum(epoch.taken for epoch in book.epochs.values()) == 30


def test_two_gateways_with_one_id_are_seen() -> None:
    book = LaneBook()
    assert hear(book, Statement(1, (stated(A),)), NOW) is Heard.NEWS
    assert hear(book, Statement(1, (stated(B),)), NOW) is Heard.NEWS
    assert hear(book, Statement(2, (stated(A),)), NOW) is Heard.CLONE
    assert book.clones == 1


def test_a_birth_does_not_make_a_clone() -> None:
    book = LaneBook()
    hear(book, Statement(1, (stated(A),)), NOW)
    hear(book, Statement(1, (stated(B),)), NOW)
    assert hear(book, Statement(2, (stated(A),)), NOW, birth=True) is Heard.NEWS
    assert book.clones == 0


@pytest.mark.parametrize(
    ("had", "partial", "complete"),
    [((1, 2, 3), False, True), ((1, 3), False, False), ((1, 2, 3), True, False)],
)
def test_complete_through_counts_only_when_everything_listed_is_had(
    had: tuple[int, ...],
    partial: bool,
    complete: bool,
) -> None:
    book = LaneBook()
    store(book, *had)
    statement = say(book, 1, stated(floor=1, last=3, taken=30), partial=partial)
    assert is_complete(book, statement) is complete


def test_an_estimate_that_stays_is_not_written_again() -> None:
    book = LaneBook()
    say(book, 1, stated(B, base=30, prev=A))
    book.changed.clear()
    say(book, 2, stated(B, base=30, prev=A))
    assert book.epochs[A].taken == 30
    assert A not in book.changed


def test_thousands_of_epochs_in_statements_hold_up_nobody() -> None:
    """Each names a predecessor that was never heard; looked through in pairs it took minutes."""
    book = LaneBook()
    began = time.process_time()
    for message in range(60):
        names = [f"{message * 100 + one:016x}" for one in range(32)]
        say(book, 1, *(stated(name, base=99, prev=f"f{name[1:]}") for name in names))
    assert len(book.epochs) == 2 * 60 * 32
    assert time.process_time() - began < 5


def test_an_epoch_whose_end_a_restored_back_up_does_not_know_is_not_counted_twice() -> None:
    """A ran when the back-up was made; B came and went after it; C speaks now."""
    book = LaneBook()
    say(book, 1, stated(A, taken=30, last=3))
    say(book, 1, stated("c" * 16, floor=1, last=0, taken=0, base=50, prev=B))
    assert (book.epochs[B].base, book.epochs[B].taken) == (30, 20)
