"""Ids say lane, epoch and seq, and rise as rows come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.buffer.row_id import parts, row_id, span_of_epoch, span_of_lane
from wire.topic import Lane

EPOCHS = st.integers(1, 2**28 - 1)
SEQS = st.integers(1, 2**32 - 1)


@given(st.sampled_from(Lane), EPOCHS, SEQS)
def test_an_id_says_what_it_was_made_of(lane: Lane, epoch: int, seq: int) -> None:
    number = row_id(lane, epoch, seq)
    assert parts(number) == (lane, epoch, seq)
    assert 0 < number < 2**63
    for low, high in (span_of_lane(lane), span_of_epoch(lane, epoch)):
        assert low <= number <= high


@given(st.sampled_from(Lane), st.tuples(EPOCHS, SEQS), st.tuples(EPOCHS, SEQS))
def test_ids_of_a_lane_rise_with_epoch_and_seq(
    lane: Lane, one: tuple[int, int], other: tuple[int, int]
) -> None:
    assert (row_id(lane, *one) < row_id(lane, *other)) == (one < other)


def test_lanes_do_not_meet() -> None:
    assert span_of_lane(Lane.URGENT)[1] < span_of_lane(Lane.BULK)[0]


@pytest.mark.parametrize("number", [-1, 2**62])
def test_what_is_no_id_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no row id"):
        parts(number)
