"""The second gets its minimum and no more while the first wants to go; a limit is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.uplink.share import MINIMUM, Limit, Share

S = 1_000_000
SIZES = st.integers(100, 2_000)


@given(st.lists(SIZES, min_size=200, max_size=400))
def test_while_both_want_the_second_has_its_share(sizes: list[int]) -> None:
    share, spent = Share(), {True: 0, False: 0}
    for size in sizes:
        turn = share.has_turn
        spent[turn] += size
        if turn:
            share.second_sent(size, alone=False)
        else:
            share.first_sent(size)
    assert spent[True] / sum(spent.values()) == pytest.approx(MINIMUM, abs=0.04)


def test_the_first_goes_first() -> None:
    assert not Share().has_turn


def test_what_leaves_alone_costs_nothing() -> None:
    share = Share()
    share.second_sent(10**9, alone=True)
    share.first_sent(100)
    assert share.has_turn


def test_credit_is_not_saved_up_for_ever() -> None:
    share = Share()
    share.first_sent(10**9)
    for _ in range(100):
        share.second_sent(1_000, alone=False)
    assert not share.has_turn


@given(st.lists(st.tuples(SIZES, st.integers(0, S)), min_size=5, max_size=200))
def test_no_second_holds_more_than_the_limit_and_a_burst(steps: list[tuple[int, int]]) -> None:
    limit, now, spent, longest = Limit(10_000), 0, 0, 2_000
    for size, wait in steps:
        now += wait
        if limit.room(now):
            limit.spent(size)
            spent += size
        assert spent <= 10_000 * now / S + 2_500 + longest


def test_when_there_is_room_again_is_told() -> None:
    limit = Limit(10_000)
    assert limit.wait_us(0) == 0
    limit.spent(12_500)
    wait_us = limit.wait_us(0)
    assert wait_us == pytest.approx(S, rel=0.01)
    assert limit.room(wait_us) >= 1
