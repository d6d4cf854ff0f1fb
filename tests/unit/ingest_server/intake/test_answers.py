"""What one commit answers: as few receipts as hold it, keys that came first in each."""

from ingest_server.db.lane_book import LaneBook
from ingest_server.intake.answers import Answers
from ingest_server.intake.sequence import have, hear
from wire.envelope import ClockState, Cover, Envelope, Key, Sent
from wire.receipt import Echo, Receipt
from wire.statement import EpochStatement, Statement
from wire.topic import Lane

A, B = "a" * 16, "b" * 16
GATEWAY = "gw-001"
AT = (GATEWAY, Lane.BULK)
NOW = 1_790_000_000_000_000


def stated(epoch: str = A, *, floor: int = 1, last: int = 0, ended: bool = False) -> EpochStatement:
    return EpochStatement(epoch, floor, last, ended, last, 0)


def message(
    seq: int | None = None,
    *covered: int,
    floor: int = 1,
    mono: int | None = 5,
    boot: str = "boot",
    also: tuple[EpochStatement, ...] = (),
) -> Envelope:
    key = None if seq is None else Key(A, seq, 1, tuple(Cover(n, 1, 1) for n in covered))
    sent = None if mono is None else Sent(boot, mono, ClockState.SYNCHRONISED)
    return Envelope(key=key, statement=Statement(1, (stated(floor=floor), *also)), sent=sent)


def book_of(*seqs: int) -> LaneBook:
    book = LaneBook()
    book.epoch(A)
    have(book, A, [Cover(seq, 1, 1) for seq in seqs], NOW, stored=True)
    return book


def answered(book: LaneBook, *messages: Envelope) -> list[Receipt]:
    answers = Answers()
    for one in messages:
        answers.ask(*AT, one, book)
    given = answers.receipts({AT: book}, NOW)
    assert {one.gateway for one in given} <= {GATEWAY}
    return [one.receipt for one in given]


def test_adjacent_keys_that_came_together_are_one_range() -> None:
    (receipt,) = answered(book_of(7, 8, 9), message(7), message(8), message(9))
    assert (receipt.lane, receipt.epoch, receipt.have) == (Lane.BULK, A, ((7, 9),))
    assert (receipt.time, receipt.reads_short) == (NOW, True)


def test_keys_that_came_stand_first_and_then_the_lowest() -> None:
    (receipt,) = answered(book_of(2, 5, 9, 12), message(9, floor=2), message(12, floor=2))
    assert receipt.have == ((9, 9), (12, 12), (2, 2), (5, 5))


def test_nothing_below_the_floor_is_said() -> None:
    (receipt,) = answered(book_of(1, 2, 3, 5), message(3, floor=2))
    assert receipt.have == ((2, 3), (5, 5))


def test_each_key_is_said_by_the_floor_that_stood_beside_it() -> None:
    late, new = message(2, floor=1, mono=5), message(9, floor=9, mono=6)
    (receipt,) = answered(book_of(1, 2, 5, 9, 12), late, new)
    assert receipt.have == ((1, 2), (9, 9), (12, 12))


def test_a_heartbeat_is_answered_with_the_lowest() -> None:
    (receipt,) = answered(book_of(1, 4), message())
    assert (receipt.have, receipt.done) == (((1, 1), (4, 4)), ())
    (receipt,) = answered(book_of(1, 4), message(floor=5))
    assert receipt.have == ()


def test_keys_that_a_thinned_batch_covers_came_with_it() -> None:
    (receipt,) = answered(book_of(1, 4, 6), message(6, 4, 6, floor=1))
    assert receipt.have == ((4, 4), (6, 6), (1, 1))


def test_more_keys_than_fit_take_further_receipts() -> None:
    seqs = range(1, 160, 2)
    first, second, third = answered(book_of(*seqs, 999), *(message(seq) for seq in seqs))
    assert [len(one.have) for one in (first, second, third)] == [32, 32, 17]
    said = [low for one in (first, second, third) for low, _ in one.have]
    assert said == [*seqs, 999]
    assert first.answers == second.answers == third.answers


def test_of_what_nobody_asked_for_no_receipt_more_is_made() -> None:
    (receipt,) = answered(book_of(*range(1, 200, 2)), message(199))
    assert (len(receipt.have), receipt.have[:2]) == (32, ((199, 199), (1, 1)))


def test_epochs_that_are_done_are_told_once_each_however_many() -> None:
    book = book_of(1)
    over = [stated(f"{n:016x}", ended=True) for n in range(40)]
    lists = [Statement(n + 1, (stated(), *over[n * 20 :][:20])) for n in range(2)]
    lists.append(Statement(3, (stated(), over[0])))
    for one in lists:
        hear(book, one, NOW)
    first, second = answered(book, *(Envelope(statement=one) for one in lists))
    assert (*first.done, *second.done) == tuple(one.epoch for one in over)
    assert len(first.done) == 32


def test_the_message_answered_is_the_one_that_left_last() -> None:
    (receipt,) = answered(book_of(1), message(mono=7), message(mono=9), message(mono=8))
    assert receipt.answers == Echo("boot", 9)
    (receipt,) = answered(book_of(1), message(mono=7), message(mono=None))
    assert receipt.answers == Echo("boot", 7)
    (receipt,) = answered(book_of(1), message(mono=7), message(boot="next", mono=1))
    assert receipt.answers == Echo("next", 1)


def test_lanes_and_epochs_are_answered_apart() -> None:
    book = book_of(1)
    have(book, B, [Cover(4, 1, 1)], NOW, stored=True)
    answers = Answers()
    answers.ask(GATEWAY, Lane.BULK, message(1), book)
    answers.ask(GATEWAY, Lane.BULK, Envelope(key=Key(B, 4, 1)), book)
    answers.ask(GATEWAY, Lane.URGENT, message(1), book)
    given = answers.receipts({AT: book, (GATEWAY, Lane.URGENT): book}, NOW)
    places = [(one.receipt.lane, one.receipt.epoch, one.receipt.have) for one in given]
    bulk, urgent = Lane.BULK, Lane.URGENT
    assert places == [(bulk, A, ((1, 1),)), (bulk, B, ((4, 4),)), (urgent, A, ((1, 1),))]


def test_whoever_says_neither_key_nor_statement_is_not_answered() -> None:
    assert answered(book_of(1), Envelope()) == []
