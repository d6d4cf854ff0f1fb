"""Rows of one lane: a window, times to send again, receipts, what is given up, the statement."""

import pytest

from simulators.fleet.lane_buffer import ROW_BYTES, LaneBuffer
from wire.envelope import Encoding
from wire.receipt import Receipt
from wire.statement import check_statement
from wire.topic import Lane

EPOCH, OTHER = "00000000000000aa", "00000000000000bb"
S = 1_000_000


def buffer(rows: int = 0, window: int = 4) -> LaneBuffer:
    made = LaneBuffer(Lane.BULK, EPOCH, window)
    for _ in range(rows):
        made.commit(10, 0, Encoding.RAW, b"[]")
    return made


def receipt(*have: tuple[int, int], lane: Lane = Lane.BULK, epoch: str = EPOCH) -> Receipt:
    return Receipt(lane, epoch, have, (), None, 1_800_000_000_000_000)


def test_no_more_than_the_window_is_on_its_way() -> None:
    lane = buffer(6)
    assert lane.due(S) == [1, 2, 3, 4]
    assert lane.due(S) == []
    lane.receive(receipt((2, 3)))
    assert lane.due(S) == [5, 6]


def test_what_no_receipt_covers_is_due_again_later_and_later() -> None:
    lane = buffer(1)
    now, waits = S, []
    assert lane.due(now) == [1]
    for _ in range(5):
        asked = now
        while not lane.due(now):
            now += S
        waits.append((now - asked) // S)
    assert waits == [10, 20, 40, 60, 60]


def test_a_lost_connection_makes_it_due_at_once_and_a_refusal_soon() -> None:
    lane = buffer(2)
    assert lane.due(S) == [1, 2]
    lane.lost(1)
    lane.refused(2, S)
    assert lane.due(S) == [1]
    assert lane.due(3 * S) == [2]
    lane.lost(9)
    lane.refused(9, S)


def test_only_what_is_covered_is_deleted() -> None:
    lane = buffer(5)
    gone = lane.receive(receipt((4, 4), (1, 2)))
    assert sorted(row.key.seq for row in gone) == [1, 2, 4]
    assert (lane.floor, lane.last, len(lane)) == (3, 5, 2)
    assert lane.count.receipted == 30
    assert lane.count.held == 20


@pytest.mark.parametrize(
    "strange",
    [receipt((1, 5), epoch=OTHER), receipt((1, 5), lane=Lane.URGENT), receipt((6, 900)), receipt()],
)
def test_a_receipt_for_something_else_changes_nothing(strange: Receipt) -> None:
    lane = buffer(5)
    assert lane.receive(strange) == []
    assert len(lane) == 5


def test_a_wide_range_over_few_rows_is_no_work() -> None:
    lane = buffer(3)
    lane.receive(receipt((2, 2)))
    assert len(lane.receive(receipt((1, 2**53 - 1)))) == 2
    assert (lane.floor, lane.size) == (4, 0)


def test_the_same_receipt_twice_counts_once() -> None:
    lane = buffer(2)
    lane.receive(receipt((1, 2)))
    lane.receive(receipt((1, 2), (1, 2)))
    assert lane.count.receipted == 20


def test_the_oldest_is_given_up_under_its_reason_and_stated() -> None:
    lane = buffer(3)
    assert lane.give_up("bulk_full")
    assert lane.give_up("refused_too_large", 3)
    assert not lane.give_up("refused_too_large", 3)
    (stated,) = check_statement(lane.state()).epochs
    assert (stated.floor, stated.last, stated.taken) == (2, 3, 30)
    assert stated.dropped == {"bulk_full": 10, "refused_too_large": 10}
    assert lane.due(S) == [2]
    assert buffer().give_up("bulk_full") is False


def test_statements_are_numbered_and_begin_with_nothing() -> None:
    lane = buffer()
    first, second = lane.state(), lane.state()
    assert (first.n, second.n) == (1, 2)
    assert (first.current.floor, first.current.last, first.current.taken) == (1, 0, 0)
    check_statement(first)


def test_the_first_publish_is_told_apart_from_the_next() -> None:
    lane = buffer(1)
    assert lane.published(1, S)
    assert not lane.published(1, 2 * S)
    assert not lane.published(7, S)
    assert lane.count.sent == 10
    row = lane.row(1)
    assert row is not None
    assert row.first_us == S


def test_memory_is_counted_with_each_row() -> None:
    lane = buffer(2)
    assert lane.size == 2 * (2 + ROW_BYTES)
