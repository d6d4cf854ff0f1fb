"""Transitions are committed at once until a point chatters; the day's commits are bounded."""

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.buffer.pace import POINT, TOTAL, Budget, Pace, Passage

SECOND, MINUTE, HOUR = 1_000_000, 60_000_000, 3_600_000_000
SMOKE, GAS = ("smoke-01", "smoke"), ("gas-01", "lel")


def test_the_first_ones_are_committed_at_once_then_it_chatters() -> None:
    pace = Pace()
    said = [pace.judge(SMOKE, n * SECOND) for n in range(60)]
    assert said[: POINT.burst] == [Passage.AT_ONCE] * POINT.burst
    assert said.count(Passage.AT_ONCE) <= POINT.burst + POINT.per_minute
    assert said[-1] is Passage.POINT_CHATTERS
    assert pace.chattering(60 * SECOND) == (SMOKE,)
    assert pace.chattering(60 * SECOND + MINUTE) == ()


def test_another_point_pays_nothing_for_it() -> None:
    pace = Pace()
    for n in range(1_000):
        pace.judge(SMOKE, n * SECOND)
    assert pace.judge(GAS, 1_000 * SECOND) is Passage.AT_ONCE


def test_a_point_that_was_quiet_never_waits_even_when_all_others_chatter() -> None:
    pace = Pace(total=Budget(1, 1))
    for n in range(100):
        pace.judge((f"d{n}", "smoke"), n)
    assert pace.judge(("d0", "smoke"), 200) is Passage.ALL_CHATTER
    assert pace.judge(GAS, 200) is Passage.AT_ONCE
    assert pace.judge(("d1", "smoke"), 1 + MINUTE) is Passage.AT_ONCE


@given(
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 4 * SECOND)), max_size=300),
)
def test_what_is_committed_at_once_is_bounded(points: int, steps: list[tuple[int, int]]) -> None:
    pace, now_us, at_once = Pace(Budget(3, 6), Budget(10, 30)), 0, 0
    for point, step_us in steps:
        now_us += step_us
        at_once += pace.judge((f"d{point % points}", "p"), now_us) is Passage.AT_ONCE
    minutes = now_us / MINUTE
    each = points * (3 + 6 * minutes)
    together = 10 + 30 * minutes + points * (1 + minutes)  # a quiet point, once a minute
    assert at_once <= min(each, together) + 1


def test_the_bound_of_a_day_holds_for_points_that_never_rest() -> None:
    pace, at_once = Pace(), 0
    places = [(f"d{n}", "smoke") for n in range(50)]
    for second in range(HOUR // SECOND):
        for place in places:
            at_once += pace.judge(place, second * SECOND) is Passage.AT_ONCE
    assert at_once * 24 <= pace.commits_per_day() - 86_400 + 24 * TOTAL.burst
    assert pace.commits_per_day() < 2.5 * 86_400
