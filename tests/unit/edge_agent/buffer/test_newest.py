"""A receipt for what was made last is understood without the file; for anything else it is not."""

from edge_agent.buffer.had import Gone
from edge_agent.buffer.newest import KEPT, Newest
from edge_agent.buffer.row_id import row_id
from edge_agent.buffer.rows import Row
from wire.envelope import Base, ClockState, Encoding, Key
from wire.receipt import Receipt
from wire.topic import Lane

A, OTHER = "a" * 16, "b" * 16
BASE = Base("boot", 7, ClockState.HOLDOVER)


def row(seq: int, taken: int = 3) -> Row:
    number = row_id(Lane.BULK, 5, seq)
    return Row(number, Lane.BULK, Key(A, seq, taken, ()), BASE, Encoding.RAW, b"[]")


def receipt(*have: tuple[int, int], epoch: str = A, lane: Lane = Lane.BULK) -> Receipt:
    return Receipt(lane, epoch, have, (), None, 0)


def newest(*seqs: int) -> Newest:
    made = Newest(A)
    made.note(map(row, seqs))
    return made


def test_what_was_made_is_covered_once() -> None:
    made = newest(4, 5, 6)
    assert made.covered(receipt((4, 4), (6, 6)), ()) == [
        Gone(row(4).id, 3, 3, 2),
        Gone(row(6).id, 3, 3, 2),
    ]
    assert made.covered(receipt((4, 4)), ()) is None
    assert made.covered(receipt((5, 5)), ()) == [Gone(row(5).id, 3, 3, 2)]


def test_what_receipts_had_is_passed_over() -> None:
    had = {row(seq).id for seq in (1, 2, 3)}
    assert newest(4).covered(receipt((1, 4)), had) == [Gone(row(4).id, 3, 3, 2)]
    assert newest(4).covered(receipt((1, 3)), had) == []


def test_only_the_file_knows_of_all_else() -> None:
    for said in (
        receipt((3, 4)),
        receipt((4, 5)),
        receipt((4, 4), epoch=OTHER),
        receipt((4, 4), lane=Lane.URGENT),
        receipt((4, 4 + KEPT)),
    ):
        made = newest(4)
        assert made.covered(said, ()) is None
        assert made.covered(receipt((4, 4)), ()) is not None


def test_what_will_be_another_is_forgotten() -> None:
    made = newest(4, 5)
    made.forget(row(4).id)
    made.forget(row(9).id)
    assert made.covered(receipt((4, 4)), ()) is None
    assert made.covered(receipt((5, 5)), ()) is not None
    made.note([row(6)])
    made.forget()
    assert made.covered(receipt((6, 6)), ()) is None


def test_the_oldest_are_forgotten_beyond_a_bound() -> None:
    made = newest(*range(1, KEPT + 2))
    assert made.covered(receipt((1, 1)), ()) is None
    found = made.covered(receipt((2, KEPT + 1)), ())
    assert found is not None
    assert len(found) == KEPT
