"""A course goes straight, arrives, and can be turned on its way."""

import pytest

from simulators.course import Course

S = 1_000_000


def test_goes_and_arrives() -> None:
    course = Course(10 * S, 1.0, 3.0, 0.5)
    assert [course.at(n * S) for n in (0, 10, 12, 14, 99)] == [1.0, 1.0, 2.0, 3.0, 3.0]
    assert course.is_moving(13 * S)
    assert not course.is_moving(14 * S)


def test_turns_where_it_is_and_stops() -> None:
    back = Course(0, 0.0, 10.0, 1.0).towards(0.0, 2.0, 4 * S)
    assert back.at(5 * S) == 2.0
    assert back.towards(7.0, 0.0, 5 * S).at(99 * S) == 2.0


def test_rests_and_refuses_a_negative_speed() -> None:
    assert Course.resting(4.2).at(123) == 4.2
    with pytest.raises(ValueError, match="per_s is -1"):
        Course(0, 0.0, 1.0, -1)
