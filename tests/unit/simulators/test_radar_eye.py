"""A radar decides after its own delays what a person does."""

import pytest

from simulators.person import Person
from simulators.radar_eye import Motion, RadarEye, distance_m, motion_of

S = 1_000_000
STEP = 100_000


def walking() -> Person:
    person = Person()
    person.walk(0)
    return person


def test_motion() -> None:
    person = walking()
    assert motion_of(None) is Motion.NONE
    assert motion_of(person.body(3 * S)) is Motion.ACTIVE
    person.sit(3 * S)
    assert motion_of(person.body(10 * S)) is Motion.STATIC


def test_presence_comes_at_once_and_goes_late() -> None:
    eye, person = RadarEye(), walking()
    assert not eye.presence(person.body(0), 0, absent_us=30 * S)
    assert eye.presence(person.body(S), S, absent_us=30 * S)
    assert eye.presence(None, 2 * S, absent_us=30 * S)
    assert eye.presence(None, 31 * S, absent_us=30 * S)
    assert not eye.presence(None, 32 * S, absent_us=30 * S)


@pytest.mark.parametrize(("fast", "fallen"), [(True, True), (False, False)])
def test_only_who_came_down_fast_has_fallen(fast: bool, fallen: bool) -> None:
    eye, person = RadarEye(), walking()
    (person.fall if fast else person.lie_down)(0)
    told = [
        eye.fall(person.body(at), at, below_m=0.65, after_us=5 * S) for at in range(0, 10 * S, STEP)
    ]
    assert told[-1] is fallen
    assert not any(told[:50])
    person.get_up(10 * S)
    assert not eye.fall(person.body(10 * S), 10 * S, below_m=0.65, after_us=5 * S)


def test_still() -> None:
    eye, person = RadarEye(), walking()
    person.sit(0)
    told = [eye.still(person.body(s * S), s * S, after_us=60 * S) for s in range(70)]
    assert [s for s, one in enumerate(told) if one] == list(range(60, 70))
    person.walk(70 * S)
    assert not eye.still(person.body(72 * S), 72 * S, after_us=60 * S)


def test_distance_from_the_wall() -> None:
    person = Person()
    person.walk(0)
    assert distance_m(person.body(0)) == 2.0
