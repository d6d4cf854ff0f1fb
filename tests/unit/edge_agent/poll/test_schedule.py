"""Who is asked next, and what a dead device may cost."""

import pytest

from edge_agent.poll.schedule import PROBE_US, Choice, Miss, Schedule, Why

SECOND = 1_000_000


def never(_: str) -> int:
    return 0


def dead(schedule: Schedule, name: str, now: int, cost: int = 300_000) -> None:
    for turn in range(3):
        schedule.missed(name, now + turn, now + turn + cost)


def test_the_shortest_deadline_is_served_first() -> None:
    schedule = Schedule({"slow": 10 * SECOND, "fast": SECOND}, 0)
    assert schedule.choose(0, never) == Choice("fast", 0, Why.DUE)


def test_a_served_device_waits_for_its_next_period() -> None:
    schedule = Schedule({"one": SECOND}, 0)
    schedule.answered("one", 20_000)
    schedule.finished("one", 20_000)
    assert schedule.choose(20_000, never) == Choice(None, SECOND, Why.PERIOD)
    assert schedule.choose(SECOND, never).device == "one"


def test_periods_gone_by_are_not_made_up_for() -> None:
    schedule = Schedule({"one": SECOND}, 0)
    schedule.finished("one", 5 * SECOND + 1)
    assert schedule.choose(5 * SECOND + 1, never).at_us == 6 * SECOND


def test_a_resting_unit_is_passed_over() -> None:
    schedule = Schedule({"late": SECOND, "other": 2 * SECOND}, 0)
    rests = {"late": 3 * SECOND, "other": 0}
    assert schedule.choose(0, rests.__getitem__).device == "other"
    schedule.finished("other", 0)
    assert schedule.choose(0, rests.__getitem__) == Choice(None, 2 * SECOND, Why.PERIOD)
    assert schedule.waits("late", 0, rests.__getitem__) == (Why.RESTING, 3 * SECOND)


def test_a_turn_that_goes_on_lets_others_pass() -> None:
    schedule = Schedule({"greedy": SECOND, "other": SECOND}, 0)
    first = schedule.choose(0, never).device
    assert first == "greedy"
    schedule.answered("greedy", 10_000)
    assert schedule.choose(10_000, never).device == "other"


def test_three_misses_make_a_device_dead_and_an_answer_alive() -> None:
    schedule = Schedule({"one": SECOND}, 0)
    misses = [schedule.missed("one", now, now + 300_000) for now in (0, 1, 2, 3)]
    assert misses == [Miss.MISSED, Miss.MISSED, Miss.FOUND_DEAD, Miss.STILL_DEAD]
    schedule.answered("one", 4)
    assert not schedule.is_dead("one")
    assert schedule.misses("one") == 0


@pytest.mark.parametrize(
    ("time_out", "interval"), [(100_000, PROBE_US), (300_000, 10 * SECOND), (900_000, 30 * SECOND)]
)
def test_a_single_dead_device_is_asked_again_in_time(time_out: int, interval: int) -> None:
    schedule = Schedule({"one": SECOND}, 0)
    dead(schedule, "one", 0, time_out)
    choice = schedule.choose(time_out, never)
    assert choice.device is None
    assert choice.at_us == interval + 2
    assert schedule.choose(interval + 2, never).device == "one"


def test_the_dead_of_a_line_share_one_budget() -> None:
    schedule = Schedule({"one": SECOND, "two": SECOND}, 0)
    dead(schedule, "one", 0)
    dead(schedule, "two", 0)
    now = 11 * SECOND
    assert schedule.choose(now, never).device == "one"
    schedule.missed("one", now, now + 300_000)
    assert schedule.waits("two", now + 300_000, never) == (Why.BUDGET, now + 10 * SECOND)


def test_a_driver_without_a_request_is_asked_again_soon() -> None:
    schedule = Schedule({"one": SECOND}, 0)
    schedule.nothing_to_ask("one", 0)
    assert schedule.choose(0, never).at_us == SECOND // 20


def test_an_empty_line_waits() -> None:
    assert Schedule({}, 0).choose(0, never).device is None


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one: the poll period is 0"):
        Schedule({"one": 0}, 0)
