"""A line that answers quickly is handed more, one that does not no more than one."""

from edge_agent.exchange import Failure, Fault, Reply
from edge_agent.poll.round_size import MOST, QUICK_US, RoundSize

Answers = list[Reply | Failure]


def replies(count: int, each_us: int) -> Answers:
    return [Reply((), n * each_us, (n + 1) * each_us) for n in range(count)]


def grown() -> RoundSize:
    size = RoundSize()
    while size.most < MOST:
        size.went(replies(size.most, 10))
    return size


def test_it_begins_with_one_and_doubles_up_to_its_most() -> None:
    size, seen = RoundSize(), list[int]()
    for _ in range(6):
        seen.append(size.most)
        size.went(replies(size.most, QUICK_US))
    assert seen == [1, 2, 4, 8, 16, MOST]


def test_a_serial_line_stays_at_one() -> None:
    size = RoundSize()
    for _ in range(40):
        size.went(replies(1, QUICK_US + 1))
        assert size.most == 1


def test_answers_that_waited_for_a_core_change_nothing() -> None:
    size = grown()
    for _ in range(20):
        size.went([*replies(1, 10), *replies(2, 50_000)])
    assert size.most == MOST


def test_a_line_that_became_slow_is_handed_one() -> None:
    size = grown()
    size.went(replies(MOST, 2 * QUICK_US))
    assert size.most == 1


def test_a_round_that_was_not_full_teaches_no_more() -> None:
    size = RoundSize()
    size.went(replies(1, 10))
    size.went(replies(1, 10))
    assert size.most == 2


def test_an_exchange_without_an_answer_begins_anew() -> None:
    size = grown()
    size.went([*replies(3, 10), Failure(Fault.TIME_OUT, 99)])
    assert size.most == 1


def test_a_refusal_is_an_answer_and_a_rest_no_question() -> None:
    size = grown()
    size.went([Failure(Fault.EXCEPTION, 1, 2)])
    size.went([Failure(Fault.RESTING, 1)])
    assert size.most == MOST
