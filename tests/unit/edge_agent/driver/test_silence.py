from edge_agent.driver.silence import Silence
from edge_agent.exchange import Fault
from wire.quality import Reason, bad

SECOND = 1_000_000
COMM = bad(Reason.COMM_FAILURE)
GONE = bad(Reason.NOT_CONNECTED)


def book(reads: int = 3) -> Silence:
    return Silence(reads, SECOND, 10 * SECOND, 0)


def test_three_misses_of_the_device_and_three_periods_are_told_of_all_its_points() -> None:
    silence = book()
    assert silence.missed(0, Fault.TIME_OUT, SECOND) == []
    assert silence.missed(1, Fault.CRC, 2 * SECOND) == []
    assert not silence.is_offline
    assert silence.missed(2, Fault.TIME_OUT, 3 * SECOND) == [(0, COMM), (1, COMM), (2, COMM)]
    assert silence.is_offline


def test_it_is_told_again_every_so_often() -> None:
    silence = book(1)
    told = [silence.missed(0, Fault.TIME_OUT, n * SECOND) for n in range(25)]
    assert [n for n, one in enumerate(told) if one] == [3, 13, 23]


def test_a_dead_read_beside_a_living_one_is_told_alone() -> None:
    silence = book(2)
    told = []
    for second in range(5):
        silence.answered(0, second * SECOND)
        told += silence.missed(1, Fault.TIME_OUT, second * SECOND)
    assert told == [(1, COMM)]
    assert not silence.is_offline


def test_one_answer_ends_it_for_that_read_and_the_rest_must_miss_anew() -> None:
    silence = book(2)
    for second in range(4):
        silence.missed(0, Fault.TIME_OUT, second * SECOND)
    was = silence.is_offline
    silence.answered(0, 4 * SECOND)
    assert (was, silence.is_offline) == (True, False)
    assert silence.missed(0, Fault.TIME_OUT, 5 * SECOND) == []


def test_a_port_that_is_gone_is_told_of_all_at_once() -> None:
    assert book(2).missed(1, Fault.PORT_GONE, SECOND) == [(0, GONE), (1, GONE)]


def test_a_refusal_is_a_sign_of_life() -> None:
    silence = book(1)
    silence.missed(0, Fault.TIME_OUT, SECOND)
    assert silence.refused(0, 2 * SECOND) == [(0, bad(Reason.DEVICE_EXCEPTION))]
    assert silence.refused(0, 3 * SECOND) == []
    assert not silence.is_offline


def test_misses_in_quick_succession_are_told_when_three_periods_are_over() -> None:
    silence = book(2)
    for read, at_us in ((0, 10), (1, 20), (0, 30)):
        assert silence.missed(read, Fault.CRC, at_us) == []
    assert silence.overdue_us == 3 * SECOND
    assert silence.overdue(3 * SECOND - 1) == []
    assert silence.overdue(3 * SECOND) == [(0, COMM), (1, COMM)]
    assert silence.overdue(4 * SECOND) == []
    assert silence.is_offline


def test_nothing_is_overdue_before_a_third_miss() -> None:
    silence = book(2)
    silence.missed(0, Fault.CRC, 10)
    assert silence.overdue_us is None
    assert silence.overdue(9 * SECOND) == []


def test_a_read_alone_is_told_by_its_own_deadline_and_an_answer_calls_it_off() -> None:
    silence = book(2)
    for at_us in (10, 20, 30):
        silence.missed(1, Fault.CRC, at_us)
        silence.answered(0, SECOND)
    assert silence.overdue_us == 3 * SECOND
    assert silence.overdue(3 * SECOND) == [(1, COMM)]
    silence.answered(1, 4 * SECOND)
    assert silence.overdue(5 * SECOND) == []
