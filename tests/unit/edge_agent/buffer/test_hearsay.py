"""Receipts bound the time; what they allow together counts, and a step has to last."""

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.buffer.hearsay import DRIFT_PPM, STEP_US, Hearing, Hearsay, Span

SECOND = 1_000_000
SETTLE = 60 * SECOND
TRUE = 1_790_000_000 * SECOND
CUT = 1_000


def span(before_us: int, after_us: int, true_us: int = TRUE) -> Span:
    """The true offset, less by up to `before_us` or more by up to `after_us`."""
    return Span(true_us - before_us, true_us + after_us)


def test_the_first_quick_answer_is_taken_and_a_slow_one_is_not() -> None:
    hearsay = Hearsay(SETTLE)
    assert hearsay.hear(span(SECOND, SECOND + 1), None, 0) == (Hearing.SLOW, 0)
    assert hearsay.heard_us is None
    hearing, offset_us = hearsay.hear(span(SECOND, SECOND), None, 5)
    assert (hearing, offset_us) == (Hearing.ADOPTED, TRUE + CUT // 2)
    assert hearsay.slack_us(5) == SECOND + CUT // 2
    assert hearsay.heard_us == 5


def test_what_all_allow_is_left_and_the_offset_moves_as_little_as_possible() -> None:
    hearsay = Hearsay(SETTLE)
    _, first_us = hearsay.hear(span(0, 2 * SECOND - CUT), None, 0)
    assert first_us == TRUE + SECOND
    hearing, offset_us = hearsay.hear(span(300_000, 200_000), first_us, 10)
    assert (hearing, offset_us) == (Hearing.FOLLOWED, TRUE + 200_000 + CUT)
    hearing, same_us = hearsay.hear(span(SECOND, SECOND), offset_us, 20)
    assert (hearing, same_us) == (Hearing.CONFIRMED, offset_us)
    slack_us = hearsay.slack_us(20)
    assert slack_us is not None
    assert slack_us <= 201_100


def test_without_answers_the_bounds_drift_apart() -> None:
    hearsay = Hearsay(SETTLE)
    _, offset_us = hearsay.hear(span(1_000, 1_000), None, 0)
    day = 86_400 * SECOND
    assert hearsay.slack_us(day) == 1_500 + day * DRIFT_PPM // 1_000_000
    wandered = TRUE + 3 * SECOND  # a crystal may, in a day
    assert hearsay.hear(span(500, 500, wandered), offset_us, day)[0] is Hearing.ADOPTED


def test_a_step_is_taken_once_several_say_so_for_long() -> None:
    hearsay = Hearsay(SETTLE)
    _, offset_us = hearsay.hear(span(500, 500), None, 0)
    there = TRUE + 3_600 * SECOND
    told = [
        hearsay.hear(span(100_000, 100_000, there), offset_us, at * SECOND)[0]
        for at in (1, 11, 21, 31, 41, 51, 60)
    ]
    assert set(told) == {Hearing.STEP}
    hearing, moved_us = hearsay.hear(span(100_000, 100_000, there), offset_us, 61 * SECOND)
    assert hearing is Hearing.ADOPTED
    assert abs(moved_us - there) <= 100_500


def test_two_that_contradict_each_other_and_one_that_confirms_begin_anew() -> None:
    hearsay = Hearsay(SETTLE)
    _, offset_us = hearsay.hear(span(500, 500), None, 0)
    for at in range(1, 200, 10):
        there = TRUE + (3_600 + at) * SECOND
        assert hearsay.hear(span(500, 500, there), offset_us, at * SECOND)[0] is Hearing.STEP
    there = TRUE - 3_600 * SECOND
    for at in range(200, 400, 10):
        told = hearsay.hear(span(500, 500, there if at % 20 else TRUE), offset_us, at * SECOND)
        assert told[0] in (Hearing.STEP, Hearing.CONFIRMED)
        assert told[1] == offset_us


def test_against_the_last_good_time_it_has_to_be_said_for_long() -> None:
    hearsay = Hearsay(SETTLE)
    for at in (0, 20, 40):
        told = hearsay.hear(span(5_000, 5_000), None, at * SECOND, is_doubted=True)
        assert told[0] is Hearing.STEP
        assert hearsay.heard_us is None
    told = hearsay.hear(span(5_000, 5_000), None, 60 * SECOND, is_doubted=True)
    assert told == (Hearing.ADOPTED, TRUE + CUT // 2)


def test_a_persons_watch_gives_way_to_receipts() -> None:
    hearsay = Hearsay(SETTLE)
    hearsay.forget(0)
    assert hearsay.slack_us(0) == 5 * SECOND
    hearing, moved_us = hearsay.hear(span(1_000, 1_000), TRUE + 4 * SECOND, SECOND)
    assert (hearing, moved_us) == (Hearing.ADOPTED, TRUE + 1_000 + CUT)
    hearsay.forget(0)
    assert hearsay.hear(span(500, 500), TRUE + 90 * SECOND, SECOND)[0] is Hearing.STEP


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1_500_000),  # on the way there
            st.integers(0, 1_500_000),  # and back
            st.integers(1, 600),  # seconds until the next
            st.integers(-DRIFT_PPM, DRIFT_PPM),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_a_right_server_is_never_contradicted_and_the_truth_lies_within(
    answers: list[tuple[int, int, int, int]],
) -> None:
    """Whatever the ways take and however the crystal wanders within its bounds."""
    hearsay, offset_us, mono_us, true_us = Hearsay(SETTLE), None, 0, TRUE
    for there_us, back_us, pause_s, drift_ppm in answers:
        cut_us = mono_us % CUT
        heard = hearsay.hear(
            Span(true_us - back_us, true_us + there_us + cut_us), offset_us, mono_us
        )
        assert heard[0] is not Hearing.STEP
        if heard[0] is not Hearing.SLOW:
            offset_us = heard[1]
        if offset_us is not None:
            slack_us = hearsay.slack_us(mono_us)
            assert slack_us is not None
            assert abs(offset_us - true_us) <= slack_us
        mono_us += pause_s * SECOND
        true_us += pause_s * drift_ppm
    assert STEP_US > CUT
