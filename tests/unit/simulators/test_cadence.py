"""A cadence strikes from power on, keeps its step, and makes up for nothing."""

from simulators.cadence import Cadence

S = 1_000_000


def test_it_strikes_once_a_period_from_its_first_look() -> None:
    cadence = Cadence()
    assert cadence.next_us(7 * S) == 7 * S
    looks = [cadence.strikes(7 * S + tenth * S // 10, S) for tenth in range(31)]
    assert [place for place, struck in enumerate(looks) if struck] == [0, 10, 20, 30]
    assert cadence.next_us(0) == 11 * S


def test_a_late_look_keeps_the_step() -> None:
    cadence = Cadence()
    cadence.strikes(0, S)
    assert cadence.strikes(1_300_000, S)
    assert cadence.next_us(0) == 2 * S


def test_it_makes_up_for_nothing() -> None:
    cadence = Cadence()
    cadence.strikes(0, S)
    assert cadence.strikes(100 * S, S)
    assert cadence.strikes(100 * S, S)
    assert not cadence.strikes(101 * S - 1, S)


def test_it_is_silent_while_it_boots() -> None:
    cadence = Cadence()
    cadence.strikes(0, S)
    cadence.pause(5 * S)
    assert not cadence.strikes(5 * S - 1, S)
    assert cadence.strikes(5 * S, S)
