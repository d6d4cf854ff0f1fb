"""Bulk waits for the beat, for company or not at all; it is cut into messages in order."""

import pytest

from edge_agent.buffer.grouping import Due, due, parts


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        (0, Due.WITH_THE_BEAT),
        (99, Due.WITH_THE_BEAT),
        (100, Due.WITH_COMPANY),
        (799, Due.WITH_COMPANY),
        (800, Due.NOW),
        (5_000, Due.NOW),
    ],
)
def test_when_it_is_due(waiting: int, expected: Due) -> None:
    assert due(waiting, 100) is expected


@pytest.mark.parametrize("size", [1, 3, 4, 5, 100])
def test_messages_hold_all_in_order_and_all_but_the_last_are_full(size: int) -> None:
    waiting = list(range(12))
    cut = parts(waiting, size)
    assert [one for part in cut for one in part] == waiting
    assert all(len(part) == size for part in cut[:-1])
    assert parts([], size) == []
