"""A radar beside a bed decides after the manual's delays."""

import pytest

from simulators.person import Person
from simulators.sleep_eye import SleepEye, breath_state
from simulators.sleep_words import WORDS

S = 1_000_000
MINUTE = 60 * S


class Room:
    """A person, an eye on them, and what it senses."""

    def __init__(self, **settings: int) -> None:
        self.sensed: dict[str, float] = {}
        self.person = Person(breath=15, heart=70)
        self.eye = SleepEye(self.sensed.__setitem__, WORDS.factory | settings)
        self.now = 0
        self.ended: list[int] = []

    def until(self, seconds: float, step: int = 500_000) -> dict[str, float]:
        while self.now < seconds * S:
            self.now += step
            body = self.person.body(self.now)
            if self.eye.look(body if body.doing.value != "away" else None, self.now):
                self.ended.append(self.now // S)
        return self.sensed


@pytest.mark.parametrize(("breath", "state"), [(0, 4), (9, 3), (10, 1), (25, 1), (26, 2), (35, 2)])
def test_breath_states(breath: float, state: int) -> None:
    assert breath_state(breath, 10) == state


def test_somebody_comes_sleeps_and_goes() -> None:
    room = Room()
    assert room.until(1)["presence"] == 0
    room.person.sleep(S)
    sensed = room.until(20)
    assert (sensed["presence"], sensed["motion"], sensed["bed"], sensed["sleep"]) == (1, 1, 1, 1)
    assert (sensed["in_range"], sensed["x"], sensed["y"], sensed["z"]) == (1, 30, 100, -45)
    assert sensed["distance"] == 104
    assert 11 <= sensed["breath"] <= 15
    assert 60 <= sensed["heart"] <= 65
    room.person.leave(20 * S)
    sensed = room.until(45)
    assert (sensed["presence"], sensed["bed"], sensed["breath_state"], sensed["heart"]) == (
        1,
        1,
        4,
        0,
    )
    sensed = room.until(55)
    assert (sensed["presence"], sensed["bed"]) == (1, 0)
    assert room.until(62)["presence"] == 0


def test_apnoea_is_a_breath_of_none() -> None:
    room = Room()
    room.person.sleep(0)
    room.until(20)
    room.person.hold_breath(True)
    sensed = room.until(21)
    assert (sensed["breath"], sensed["breath_state"]) == (0, 4)
    assert sensed["presence"] == 1


def test_heart_and_breath_keep_within_what_it_can_tell() -> None:
    room = Room()
    room.person.sit(0)
    room.person.set_heart(35, 0)
    room.person.set_breath(60, 0)
    sensed = room.until(200)
    assert (sensed["heart"], sensed["breath"], sensed["breath_state"]) == (60, 35, 2)


def test_who_moves_keeps_the_last_rates() -> None:
    room = Room()
    room.person.sit(0)
    before = dict(room.until(30))
    room.person.walk(30 * S)
    room.person.set_breath(30, 30 * S)
    after = room.until(60)
    assert after["motion"] == 2
    assert after["breath"] == before["breath"]


def test_out_of_range() -> None:
    room = Room()
    room.person.walk(0)
    seen = {room.until(s / 2)["in_range"] for s in range(1, 200)}
    assert seen == {0, 1}


@pytest.mark.parametrize(("sensitivity", "seconds"), [(0, 10), (1, 5), (2, 2)])
def test_struggle(sensitivity: int, seconds: int) -> None:
    room = Room(struggle_sensitivity=sensitivity)
    room.person.sleep(0)
    room.until(20)
    room.person.struggle(True)
    assert room.until(20 + seconds)["struggle"] == 1
    assert room.until(21 + seconds)["struggle"] == 2
    room.person.struggle(False)
    assert room.until(22 + 2 * seconds)["struggle"] == 1


def test_nobody_for_too_long() -> None:
    room = Room()
    assert room.until(30 * 60)["no_person"] == 1
    assert room.until(30 * 60 + 1)["no_person"] == 2
    room.person.walk(room.now)
    assert room.until(30 * 60 + 2)["no_person"] == 1


def test_a_short_night_ends_after_the_cut_off() -> None:
    room = Room()
    room.person.sleep(0)
    room.until(3600, step=5 * S)
    room.person.leave(3600 * S)
    assert "abnormal" in room.sensed
    room.until(3600 + 400, step=S)
    assert room.ended == [3600 + 30 + 300 + 1]
    assert room.sensed["abnormal"] == 0
    assert room.eye.book.last.score > 90


def test_a_long_absence_from_the_bed_is_abnormal() -> None:
    room = Room(cutoff_min=120)
    room.person.sleep(0)
    room.until(3600, step=5 * S)
    room.person.walk(3600 * S)
    room.until(3600 + 30 * 60 + 60, step=S)
    assert room.sensed["abnormal"] == 2
    room.person.sleep(room.now)
    room.until(room.now // S + 10, step=S)
    assert room.sensed["abnormal"] == 3
