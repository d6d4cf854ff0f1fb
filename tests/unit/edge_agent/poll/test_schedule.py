"""Who is asked next, and what a dead device may cost."""

import pytest

from edge_agent.exchange import Claim
from edge_agent.poll.schedule import (
    PROBE_US,
    SOFT_SHARE_PER_CENT,
    Choice,
    Miss,
    Schedule,
    Turn,
    Why,
)

SECOND = 1_000_000


def soft(name: str, period_us: int = SECOND) -> Turn:
    return Turn(name, Claim.SOFT, period_us)


def hard(name: str, period_us: int = SECOND) -> Turn:
    return Turn(name, Claim.HARD, period_us)


def schedule_of(*turns: Turn) -> Schedule:
    return Schedule(turns, 0)


def chosen(schedule: Schedule, now_us: int) -> str | None:
    turn = schedule.choose(now_us, never).turn
    return None if turn is None else f"{turn.device} {turn.claim}"


def never(_: str) -> int:
    return 0


def dead(schedule: Schedule, name: str, now: int, cost: int = 300_000) -> None:
    for turn in range(3):
        schedule.missed(soft(name), now + turn, now + turn + cost)


def test_the_shortest_deadline_is_served_first() -> None:
    schedule = schedule_of(soft("slow", 10 * SECOND), soft("fast"))
    assert schedule.choose(0, never) == Choice(soft("fast"), 0, Why.DUE)


def test_a_served_device_waits_for_its_next_period() -> None:
    schedule = schedule_of(soft("one"))
    schedule.answered(soft("one"), 0, 20_000)
    schedule.finished(soft("one"), 20_000)
    assert schedule.choose(20_000, never) == Choice(None, SECOND, Why.PERIOD)
    assert schedule.choose(SECOND, never).turn == soft("one")


def test_periods_gone_by_are_not_made_up_for() -> None:
    schedule = schedule_of(soft("one"))
    schedule.finished(soft("one"), 5 * SECOND + 1)
    assert schedule.choose(5 * SECOND + 1, never).at_us == 6 * SECOND


def test_a_resting_unit_is_passed_over() -> None:
    schedule = schedule_of(soft("late"), soft("other", 2 * SECOND))
    rests = {"late": 3 * SECOND, "other": 0}
    assert schedule.choose(0, rests.__getitem__).turn == soft("other", 2 * SECOND)
    schedule.finished(soft("other", 2 * SECOND), 0)
    assert schedule.choose(0, rests.__getitem__) == Choice(None, 2 * SECOND, Why.PERIOD)
    assert schedule.waits("late", 0, rests.__getitem__) == (Why.RESTING, 3 * SECOND)


def test_a_turn_that_goes_on_lets_others_pass() -> None:
    schedule = schedule_of(soft("greedy"), soft("other"))
    assert chosen(schedule, 0) == "greedy soft"
    schedule.answered(soft("greedy"), 0, 10_000)
    assert chosen(schedule, 10_000) == "other soft"


def test_three_misses_make_a_device_dead_and_an_answer_alive() -> None:
    schedule = schedule_of(soft("one"), soft("two"))
    misses = [schedule.missed(soft("one"), now, now + 300_000) for now in (0, 1, 2, 3)]
    assert misses == [Miss.MISSED, Miss.MISSED, Miss.FOUND_DEAD, Miss.STILL_DEAD]
    assert list(schedule.dead) == ["one"]
    schedule.answered(soft("one"), 3, 4)
    assert not schedule.is_dead("one")
    assert list(schedule.dead) == []
    assert schedule.misses("one") == 0


@pytest.mark.parametrize(
    ("time_out", "interval"), [(100_000, PROBE_US), (300_000, 10 * SECOND), (900_000, 30 * SECOND)]
)
def test_a_single_dead_device_is_asked_again_in_time(time_out: int, interval: int) -> None:
    schedule = schedule_of(soft("one"))
    dead(schedule, "one", 0, time_out)
    choice = schedule.choose(time_out, never)
    assert choice.turn is None
    assert choice.at_us == interval + 2
    assert schedule.choose(interval + 2, never).turn == soft("one")


def test_the_dead_of_a_line_share_one_budget() -> None:
    schedule = schedule_of(soft("one"), soft("two"))
    dead(schedule, "one", 0)
    dead(schedule, "two", 0)
    now = 11 * SECOND
    assert schedule.choose(now, never).turn == soft("one")
    schedule.missed(soft("one"), now, now + 300_000)
    assert schedule.waits("two", now + 300_000, never) == (Why.BUDGET, now + 10 * SECOND)


def test_a_driver_without_a_request_is_asked_again_soon() -> None:
    schedule = schedule_of(soft("one"))
    schedule.nothing_to_ask(soft("one"), 0)
    assert schedule.choose(0, never).at_us == SECOND // 20


def test_an_empty_line_waits() -> None:
    assert schedule_of().choose(0, never).turn is None


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one: the poll period is 0"):
        schedule_of(soft("one", 0))


def test_a_hard_turn_goes_before_every_soft_one_that_is_not_late() -> None:
    schedule = schedule_of(soft("level", 100_000), hard("smoke", 10 * SECOND))
    assert chosen(schedule, 0) == "smoke hard"
    schedule.answered(hard("smoke", 10 * SECOND), 0, 30_000)
    schedule.finished(hard("smoke", 10 * SECOND), 30_000)
    assert chosen(schedule, 30_000) == "level soft"


def test_where_hard_turns_want_all_the_time_soft_ones_get_their_share() -> None:
    level = soft("level", 100_000)
    turns = [level, *(hard(f"smoke-{n}", 20_000) for n in range(4))]
    schedule = schedule_of(*turns)
    now, cost = 0, 20_000
    spent = dict.fromkeys(turns, 0)
    while now < 100 * SECOND:
        turn = schedule.choose(now, never).turn
        assert turn is not None
        schedule.answered(turn, now, now + cost)
        now += cost
        schedule.finished(turn, now)
        spent[turn] += cost
    assert spent[level] == pytest.approx(now * SOFT_SHARE_PER_CENT / 100, rel=0.1)


def test_of_a_dead_device_one_turn_is_asked_and_its_answer_makes_all_due() -> None:
    schedule = schedule_of(hard("one"), soft("one"))
    for now in (0, 1, 2):
        schedule.missed(hard("one"), now, now + 300_000)
    assert schedule.choose(9 * SECOND, never).turn is None
    assert schedule.choose(11 * SECOND, never).turn == hard("one")
    schedule.answered(hard("one"), 11 * SECOND, 11 * SECOND)
    schedule.finished(hard("one"), 11 * SECOND)
    assert schedule.choose(11 * SECOND, never).turn == soft("one")


def test_other_turns_begin_when_those_before_were_due() -> None:
    schedule = schedule_of(hard("one"), soft("two"))
    schedule.finished(hard("one"), 0)
    schedule.regroup("one", (hard("one"), soft("one", 2 * SECOND)), 10)
    assert chosen(schedule, 10) == "two soft"
    schedule.finished(soft("two"), 10)
    assert schedule.choose(10, never) == Choice(None, SECOND, Why.PERIOD)
    assert chosen(schedule, SECOND) == "one hard"


def test_beside_a_soft_turn_go_others_that_are_due_by_their_deadlines() -> None:
    schedule = schedule_of(soft("a", SECOND), soft("b", 3 * SECOND), soft("c", 2 * SECOND))
    assert schedule.beside(soft("a"), 0, never, 9) == [soft("c", 2 * SECOND), soft("b", 3 * SECOND)]
    assert schedule.beside(soft("a"), 0, never, 1) == [soft("c", 2 * SECOND)]
    schedule.finished(soft("c", 2 * SECOND), 0)
    assert schedule.beside(soft("a"), 0, never, 9) == [soft("b", 3 * SECOND)]


def test_beside_it_goes_nobody_who_rests_or_did_not_answer() -> None:
    schedule = schedule_of(soft("a"), soft("b"), soft("c"), soft("d"))
    schedule.missed(soft("b"), 0, 1)
    beside = schedule.beside(soft("a"), 2, lambda name: 3 if name == "c" else 0, 9)
    assert beside == [soft("d")]
    schedule.answered(soft("b"), 3, 4)
    assert soft("b") in schedule.beside(soft("a"), 5, never, 9)


def test_hard_turns_go_together_where_each_answer_is_told_before_the_next_is_asked() -> None:
    schedule = schedule_of(hard("a"), hard("b", 3 * SECOND), hard("c", 2 * SECOND), soft("d"))
    beside = schedule.beside(hard("a"), 0, never, 9, is_told_at_once=True)
    assert beside == [hard("c", 2 * SECOND), hard("b", 3 * SECOND)]


def test_a_hard_turn_goes_alone_and_none_beside_a_soft_one_when_it_is_due() -> None:
    schedule = schedule_of(hard("a"), soft("a"), soft("b"), soft("c"))
    assert schedule.beside(hard("a"), 0, never, 9) == []
    assert schedule.beside(hard("a"), 0, never, 9, is_told_at_once=True) == []
    assert schedule.beside(soft("b"), 0, never, 9) == []
    assert schedule.beside(soft("b"), 0, never, 9, is_told_at_once=True) == []
    schedule.finished(hard("a"), 0)
    assert schedule.beside(soft("b"), 0, never, 9) == [soft("a"), soft("c")]
