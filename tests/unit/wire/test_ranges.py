"""Sets of keys as ranges: merging, asking, cutting."""

import pytest

from wire.ranges import Range, Ranges


@pytest.mark.parametrize(
    ("added", "left"),
    [
        ([], []),
        ([(5, 5)], [(5, 5)]),
        ([(5, 5), (5, 5)], [(5, 5)]),
        ([(1, 2), (4, 5)], [(1, 2), (4, 5)]),
        ([(4, 5), (1, 2)], [(1, 2), (4, 5)]),
        ([(1, 2), (3, 5)], [(1, 5)]),
        ([(3, 5), (1, 2)], [(1, 5)]),
        ([(1, 2), (4, 5), (3, 3)], [(1, 5)]),
        ([(1, 1), (3, 3), (5, 5), (2, 9)], [(1, 9)]),
        ([(1, 9), (3, 4)], [(1, 9)]),
    ],
)
def test_neighbours_are_merged(added: list[Range], left: list[Range]) -> None:
    ranges = Ranges(added)
    assert list(ranges) == left
    assert len(ranges) == sum(high - low + 1 for low, high in left)
    assert ranges == Ranges(left)


def test_asks_for_a_key_a_span_and_what_is_above_a_floor() -> None:
    ranges = Ranges([(2, 4), (7, 9)])
    assert [key for key in range(12) if key in ranges] == [2, 3, 4, 7, 8, 9]
    assert [ranges.around(key) for key in (1, 3, 5, 9)] == [None, (2, 4), None, (7, 9)]
    assert ranges.covers(2, 4)
    assert ranges.covers(8, 9)
    assert ranges.covers(6, 5)
    assert not ranges.covers(4, 7)
    assert not ranges.covers(5, 5)
    assert ranges.from_floor(4) == [(4, 4), (7, 9)]
    assert ranges.from_floor(10) == []
