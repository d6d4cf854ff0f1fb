"""A night is written down minute by minute, and told in the bytes of the manual."""

from simulators.person import Person
from simulators.sleep_book import Rating, SleepBook, Stage

S = 1_000_000
MINUTE = 60 * S


def slept(minutes: int) -> tuple[SleepBook, Person]:
    book, person = SleepBook(), Person(breath=15, heart=70)
    person.sleep(0)
    for now in range(10 * S, minutes * MINUTE + 10 * S + 1, S):
        book.note(person.body(now), now, in_bed=True)
    return book, person


def test_stages_of_a_sleep() -> None:
    book, _ = slept(90)
    night = book.night
    assert (night.minutes(Stage.LIGHT), night.minutes(Stage.DEEP)) == (60, 30)
    assert night.total_us == 90 * MINUTE
    assert 10 <= night.turns <= 14
    assert (night.breath, night.heart) == (13, 60) or night.breath in (12, 13)


def test_lying_awake_and_leaving() -> None:
    book, person = slept(50)
    now = 51 * MINUTE
    person.wake(now)
    assert book.note(person.body(now), now, in_bed=True) is Stage.AWAKE
    for now in range(51 * MINUTE, 61 * MINUTE, S):
        book.note(person.body(now), now, in_bed=True)
    person.leave(now)
    for now in range(61 * MINUTE, 66 * MINUTE, S):
        assert book.note(None, now, in_bed=False) is Stage.NONE
    assert book.night.minutes(Stage.AWAKE) == 10
    assert (book.night.leavings, book.night.out_us // MINUTE) == (1, 5)
    book.close_night()
    assert book.last.score == 100 - 18 - 5
    assert book.last.rating is Rating.GOOD
    score, high, low, awake, light, deep, out, leavings, _turns, breath, heart, apnoea = (
        book.last.data
    )
    assert (score, high * 256 + low, awake, light, deep) == (77, 60, 18, 33, 49)
    assert (out, leavings, apnoea) == (5, 1, 0)
    assert 11 < breath < 15
    assert 55 < heart < 65
    assert book.night.total_us == 0


def test_ten_minutes() -> None:
    book, _ = slept(10)
    present, stage, breath, heart, turns, big, small, apnoea = book.window_data(
        present=True, stage=1
    )
    assert (present, stage, turns, big, apnoea) == (1, 1, 1, 0, 0)
    assert 11 < breath < 15
    assert 55 < heart < 65
    assert small <= 2
    book.close_window()
    assert book.window_data(present=False, stage=3) == bytes((0, 3, 0, 0, 0, 0, 0, 0))


def test_a_bad_night() -> None:
    book, person = SleepBook(), Person()
    person.go_to_bed(0)
    for now in range(10 * S, 20 * MINUTE, S):
        book.note(person.body(now), now, in_bed=True)
    book.close_night()
    assert (book.last.score, book.last.rating) == (0, Rating.POOR)


def test_nobody_slept() -> None:
    assert SleepBook().last.rating is Rating.NONE
    assert SleepBook().last.data == bytes(12)


def test_a_gap_between_looks_is_not_slept_through() -> None:
    book, person = SleepBook(), Person()
    person.sleep(0)
    book.note(person.body(10 * S), 10 * S, in_bed=True)
    book.note(person.body(600 * MINUTE), 600 * MINUTE, in_bed=True)
    assert book.night.total_us == MINUTE
