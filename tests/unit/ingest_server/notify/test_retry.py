"""The schedule: when a failed delivery is tried again, and why then."""

import pytest

from ingest_server.notify.answer import Answer, Outcome
from ingest_server.notify.retry import HORIZON_US, SECOND, Reason, decide

FAILURES = [outcome for outcome in Outcome if outcome is not Outcome.DELIVERED]


def pauses(*, life_safety: bool, count: int) -> list[float]:
    answer = Answer(outcome=Outcome.SERVER_ERROR)
    decisions = [decide(answer, n, life_safety=life_safety, jitter=0.0) for n in range(count)]
    return [decision.pause_us / SECOND for decision in decisions]


def test_life_safety_is_tried_every_30_s_for_ever() -> None:
    assert pauses(life_safety=True, count=8) == [1, 2, 5, 10, 20, 30, 30, 30]
    assert decide(
        Answer(outcome=Outcome.REFUSED), 10**6, life_safety=True, jitter=0.0
    ).pause_us == (30 * SECOND)


def test_others_slow_down_to_five_minutes() -> None:
    assert pauses(life_safety=False, count=12) == [1, 2, 5, 10, 20, 30, 60, 120, 240, 300, 300, 300]


@pytest.mark.parametrize("outcome", FAILURES)
@pytest.mark.parametrize("life_safety", [True, False])
def test_no_failure_ends_a_delivery(outcome: Outcome, *, life_safety: bool) -> None:
    decision = decide(Answer(outcome=outcome), 3, life_safety=life_safety, jitter=0.5)
    assert decision.reason is Reason.SCHEDULE
    assert 0 < decision.pause_us < 10 * SECOND


def test_success_is_the_end() -> None:
    decision = decide(Answer(outcome=Outcome.DELIVERED), 3, life_safety=True, jitter=0.5)
    assert decision.reason is Reason.DONE


def test_jitter_never_makes_a_scheduled_pause_longer() -> None:
    answer = Answer(outcome=Outcome.TIMED_OUT)
    found = [decide(answer, 9, life_safety=True, jitter=n / 10).pause_us for n in range(11)]
    assert found[0] == 30 * SECOND
    assert found[-1] == 24 * SECOND
    assert sorted(found, reverse=True) == found


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.SERVER_ERROR])
@pytest.mark.parametrize(
    ("life_safety", "asked", "reason", "seconds"),
    [
        (True, 0, Reason.REST_ASKED, 1),
        (True, 7, Reason.REST_ASKED, 7),
        (True, 60, Reason.REST_ASKED, 60),
        (True, 61, Reason.REST_CAPPED, 60),
        (True, 86_400, Reason.REST_CAPPED, 60),
        (False, 61, Reason.REST_ASKED, 61),
        (False, 86_400, Reason.REST_CAPPED, 300),
    ],
)
def test_rest_is_granted_up_to_a_cap(
    outcome: Outcome,
    *,
    life_safety: bool,
    asked: int,
    reason: Reason,
    seconds: int,
) -> None:
    answer = Answer(outcome=outcome, retry_after_s=asked)
    decision = decide(answer, 0, life_safety=life_safety, jitter=0.0)
    assert (decision.reason, decision.pause_us) == (reason, seconds * SECOND)
    assert decision.held


def test_a_rest_is_never_cut_short_and_never_beyond_the_horizon() -> None:
    answer = Answer(outcome=Outcome.THROTTLED, retry_after_s=299)
    decision = decide(answer, 0, life_safety=False, jitter=1.0)
    assert 299 * SECOND <= decision.pause_us < HORIZON_US


def test_only_overload_may_ask_for_rest() -> None:
    answer = Answer(outcome=Outcome.REJECTED, retry_after_s=50)
    assert decide(answer, 0, life_safety=True, jitter=0.0).reason is Reason.SCHEDULE
