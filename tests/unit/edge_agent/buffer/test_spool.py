"""Rows found are kept outside the memory, the version that stands for most of each."""

import pytest
from msgspec.structs import replace

from edge_agent.buffer.row_id import row_id
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.stored import Stored
from wire.topic import Lane


def row(seq: int, *, epoch_id: int = 1, taken: int = 1, first: int | None = None) -> Stored:
    number = row_id(Lane.BULK, epoch_id, seq)
    lowest = seq if first is None else first
    return Stored(
        number,
        f"{epoch_id:016x}",
        0,
        seq,
        seq,
        lowest,
        taken,
        1,
        None,
        "b",
        5,
        "unset",
        "raw",
        b"x",
    )


def test_it_is_a_mapping_by_id_in_order() -> None:
    spool = Spool([row(2), row(1)])
    assert list(spool.values()) == [row(1), row(2)]
    assert len(spool) == 2
    del spool[row(1).id]
    with pytest.raises(KeyError):
        del spool[row(1).id]
    assert list(spool) == [row(2).id]
    spool[row(2).id] = replace(row(2), boot="other")
    assert spool[row(2).id].boot == "other"
    assert spool.get(row(9).id) is None


def test_of_two_versions_the_one_that_stands_for_more_stays() -> None:
    spool = Spool([row(1, taken=5), row(1, taken=9), row(1, taken=7)])
    assert [one.taken for one in spool.values()] == [9]


def test_the_first_row_of_each_epoch() -> None:
    spool = Spool([row(3, epoch_id=2), row(8), row(9), row(4, epoch_id=2)])
    assert spool.firsts() == [row(8), row(3, epoch_id=2)]


def test_rows_for_which_a_thinned_one_stands_are_left_out() -> None:
    spool = Spool([*map(row, range(1, 9)), row(9, taken=4, first=6), row(2, epoch_id=2)])
    assert [one.seq for one in spool.standing(Lane.BULK, 1)] == [9, 5, 4, 3, 2, 1]
    assert [one.seq for one in spool.standing(Lane.BULK, 1, above=4)] == [9, 5]
    assert [one.seq for one in spool.standing(Lane.BULK, 1, below=6)] == [5, 4, 3, 2, 1]
    assert [spool.last(Lane.BULK, one) for one in (1, 2, 3)] == [9, 2, 0]
    assert list(spool.standing(Lane.URGENT, 1, 0)) == []
