"""What a receipt covers is known without the file, or the file is asked."""

import pytest

from edge_agent.buffer.had import Gone
from edge_agent.buffer.published import REMEMBERED, Published
from edge_agent.buffer.row_id import row_id
from edge_agent.buffer.stored import Row
from wire.envelope import Base, ClockState, Cover, Encoding, Key
from wire.receipt import Receipt
from wire.topic import Lane

EPOCH, OTHER = "a" * 16, "b" * 16


def row(
    seq: int, lane: Lane = Lane.BULK, epoch: str = EPOCH, covers: tuple[Cover, ...] = ()
) -> Row:
    taken = sum(cover.taken for cover in covers) if covers else 3
    return Row(
        row_id(lane, 1, seq),
        lane,
        Key(epoch, seq, taken, covers),
        Base("boot", 1, ClockState.UNSET),
        Encoding.RAW,
        b"[1]",
    )


def receipt(*have: tuple[int, int], lane: Lane = Lane.BULK, epoch: str = EPOCH) -> Receipt:
    return Receipt(lane, epoch, have, (), None, 0)


@pytest.fixture
def published() -> Published:
    return Published(EPOCH)


def test_rows_that_left_are_found_once(published: Published) -> None:
    published.left([row(1), row(2), row(4), row(2, Lane.URGENT)])
    assert published.covered(receipt((2, 4))) == [
        Gone(row(2).id, 3, 3, 3),
        Gone(row(4).id, 3, 3, 3),
    ]
    assert published.covered(receipt((1, 4))) == [Gone(row(1).id, 3, 3, 3)]
    assert published.covered(receipt((1, 4))) == []
    assert row(2).id in published  # until it is deleted: it must stay as it is
    published.gone([row(2).id])
    assert row(2).id not in published


def test_a_row_that_stands_for_several_is_covered_by_all_their_keys(published: Published) -> None:
    published.left([row(5, covers=(Cover(3, 10, 2), Cover(5, 4, 1)))])
    assert published.covered(receipt((5, 5))) == []
    assert published.covered(receipt((3, 3), (5, 5))) == [Gone(row(5).id, 14, 3, 3)]


def test_what_is_gone_is_not_found(published: Published) -> None:
    published.left([row(1)])
    published.gone([row(1).id])
    assert published.covered(receipt((1, 1))) == []


def test_of_another_run_the_file_is_asked(published: Published) -> None:
    published.left([row(1), row(1, epoch=OTHER)])
    assert published.covered(receipt((1, 1), epoch=OTHER)) is None
    assert Published().covered(receipt((1, 1))) is None


def test_of_keys_that_never_left_the_file_is_asked(published: Published) -> None:
    published.left([row(2), row(9, Lane.URGENT)])
    assert published.covered(receipt((1, 3))) is None


def test_beyond_what_is_remembered_the_file_is_asked_until_that_is_gone(
    published: Published,
) -> None:
    published.left([row(seq) for seq in range(1, REMEMBERED + 2)])
    assert published.covered(receipt((1, 1))) is None
    published.gone([row(REMEMBERED + 1).id])
    assert published.covered(receipt((1, 1))) == [Gone(row(1).id, 3, 3, 3)]
