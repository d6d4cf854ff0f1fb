"""A person moves as people do, and every look at one instant sees the same."""

import itertools
import math

import pytest

from simulators.person import BED_AT, BED_M, FLOOR_M, STANDING_M, Doing, Person

S = 1_000_000
MS = 1000


def at_home(now: int = 0) -> Person:
    person = Person()
    person.walk(now)
    return person


def test_nobody_is_there_at_first() -> None:
    body = Person().body(0)
    assert (body.doing, body.movement, body.breath, body.heart) == (Doing.AWAY, 0, 0, 0)


def test_walking_moves_steadily() -> None:
    person = at_home()
    places = [(body.x_m, body.y_m) for body in (person.body(t * 100 * MS) for t in range(300))]
    steps = [math.dist(one, other) for one, other in itertools.pairwise(places)]
    assert all(0.01 < step < 0.12 for step in steps)
    assert all(abs(x) <= 1.4 and abs(y) <= 0.9 for x, y in places)
    assert person.body(5 * S).movement > 30


def test_who_sits_down_stays_where_they_are() -> None:
    person = at_home()
    person.sit(7 * S)
    before, after = person.body(7 * S), person.body(60 * S)
    assert (before.x_m, before.y_m) == (after.x_m, after.y_m)
    assert after.doing is Doing.SITTING
    assert 0 < after.movement < 10
    person.walk(60 * S)
    again = person.body(60 * S)
    assert (again.x_m, again.y_m) == (after.x_m, after.y_m)


def test_a_fall_takes_half_a_second_and_ends_lying() -> None:
    person = at_home()
    person.fall(10 * S)
    assert person.doing(10 * S + 200 * MS) is Doing.FALLING
    body = person.body(10 * S + 600 * MS)
    assert (body.doing, body.height_m, body.came_down_m_s) == (Doing.LYING, FLOOR_M, 2.0)
    assert person.body(30 * S).movement < 10


def test_lying_down_is_slow() -> None:
    person = at_home()
    person.lie_down(0)
    assert person.body(S).height_m > 0.7
    assert person.body(5 * S).height_m == FLOOR_M
    assert person.body(5 * S).came_down_m_s < 1


def test_getting_up_ends_in_walking() -> None:
    person = at_home()
    person.fall(0)
    person.get_up(20 * S)
    assert person.doing(21 * S) is Doing.GETTING_UP
    assert person.body(21 * S).came_down_m_s == 0
    assert person.body(24 * S).height_m == STANDING_M
    still, later = person.body(23 * S), person.body(30 * S)
    assert later.doing is Doing.WALKING
    assert (still.x_m, still.y_m) != (later.x_m, later.y_m)


def test_who_lay_gets_up_to_walk() -> None:
    person = at_home()
    person.fall(0)
    person.walk(20 * S)
    assert person.doing(21 * S) is Doing.GETTING_UP


def test_sleep_is_quiet_with_a_turn_now_and_then() -> None:
    person = at_home()
    person.sleep(0)
    assert person.doing(S) is Doing.WALKING
    assert not person.body(S).in_bed
    night = [person.body(t * S) for t in range(10, 3000)]
    assert all(body.doing is Doing.ASLEEP and body.in_bed for body in night)
    assert (night[0].x_m, night[0].y_m, night[0].height_m) == (*BED_AT, BED_M)
    turning = sum(body.movement > 20 for body in night)
    assert 10 < turning < 30
    assert sum(body.movement < 5 for body in night) + turning == len(night)
    person.wake(3000 * S)
    assert person.doing(3000 * S) is Doing.IN_BED
    person.walk(3000 * S)
    assert person.doing(3001 * S) is Doing.GETTING_UP


def test_breath_and_heart_vary_around_what_is_set() -> None:
    person = Person(breath=14, heart=70)
    person.sit(0)
    looks = [person.body(t * S) for t in range(60, 360)]
    mean = sum(body.breath for body in looks) / len(looks)
    assert 13.5 < mean < 14.5
    assert len({body.heart for body in looks}) > 50
    assert all(64 < body.heart < 76 for body in looks)
    person.set_breath(8, 360 * S)
    person.set_heart(120, 360 * S)
    assert 6 < person.body(460 * S).breath < 10
    assert 114 < person.body(460 * S).heart < 126


def test_effort_quickens_and_sleep_slows() -> None:
    def heart(person: Person) -> float:
        return sum(person.body(t * S).heart for t in range(60, 160)) / 100

    walking, sleeping = at_home(), at_home()
    sleeping.sleep(0)
    assert heart(walking) > heart(sleeping) + 15


def test_apnoea() -> None:
    person = at_home()
    person.sleep(0)
    person.hold_breath(True)
    body = person.body(100 * S)
    assert body.breath == 0
    assert body.heart > 40
    person.hold_breath(False)
    assert person.body(101 * S).breath > 8


def test_struggle() -> None:
    person = at_home()
    person.sleep(0)
    person.struggle(True)
    assert person.body(20 * S).struggling
    assert person.body(20 * S).movement > 60
    person.struggle(False)
    assert person.body(20 * S).movement < 10


def test_who_leaves_is_gone_and_comes_back_standing() -> None:
    person = at_home()
    person.fall(0)
    person.struggle(True)
    person.leave(5 * S)
    body = person.body(5 * S)
    assert (body.doing, body.movement, body.breath, body.struggling) == (Doing.AWAY, 0, 0, False)
    person.walk(9 * S)
    assert person.body(9 * S).height_m == STANDING_M


def test_any_order_may_follow_any_other() -> None:
    orders = ("walk", "sit", "fall", "lie_down", "get_up", "go_to_bed", "sleep", "wake", "leave")
    for first in orders:
        for second in orders:
            person = Person()
            getattr(person, first)(0)
            getattr(person, second)(300 * MS)
            for t in range(20):
                body = person.body(t * S)
                assert 0 <= body.movement <= 100
                assert FLOOR_M <= body.height_m <= STANDING_M


def test_the_same_seed_sees_the_same() -> None:
    one, other, third = Person(seed=1), Person(seed=1), Person(seed=2)
    for person in (one, other, third):
        person.walk(0)
    assert one.body(90 * S) == other.body(90 * S) != third.body(90 * S)


@pytest.mark.parametrize("rate", [-1, 251, math.nan])
def test_a_rate_that_nobody_has(rate: float) -> None:
    with pytest.raises(ValueError, match="a rate of"):
        Person(breath=rate)
    with pytest.raises(ValueError, match="a rate of"):
        Person().set_heart(rate, 0)
