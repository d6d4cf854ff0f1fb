"""A line that answers quickly is handed more, one that does not no more than one."""

from edge_agent.exchange import ROUND_US, Failure, Fault, Reply
from edge_agent.poll.round_size import MOST, RoundSize

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
        size.went(replies(size.most, 60))
    assert seen == [1, 2, 4, 8, 16, MOST]


def test_a_serial_line_stays_at_one() -> None:
    size = RoundSize()
    for _ in range(5):
        size.went(replies(1, 47_000))
        assert size.most == 1


def test_it_grows_only_while_twice_as_many_fit_a_round() -> None:
    size = RoundSize()
    for _ in range(5):
        size.went(replies(size.most, ROUND_US // 4))
    assert size.most == 4


def test_a_round_that_was_not_full_teaches_nothing() -> None:
    size = RoundSize()
    size.went(replies(1, 10))
    size.went(replies(1, 10))
    assert size.most == 2


def test_slower_answers_halve_it() -> None:
    size = grown()
    size.went(replies(3, ROUND_US))
    assert size.most == MOST // 2


def test_an_exchange_without_an_answer_begins_anew() -> None:
    size = grown()
    size.went([*replies(3, 10), Failure(Fault.TIME_OUT, 99)])
    assert size.most == 1


def test_a_refusal_is_an_answer_and_a_rest_no_question() -> None:
    size = grown()
    size.went([Failure(Fault.EXCEPTION, 1, 2)])
    size.went([Failure(Fault.RESTING, 1)])
    assert size.most == MOST
