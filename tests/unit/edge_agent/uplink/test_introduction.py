"""When a birth goes out, and when it may follow what is fresh."""

import pytest

from edge_agent.uplink.introduction import AGAIN_US, LATER_US, Introduction, Occasion, Step
from runtime.mqtt_words import Outcome
from wire.identity import Anchor, Birth, Software

FIRST, SECOND = Occasion(1, None), Occasion(2, None)


def birth(connection: int, *anchors: Anchor) -> Birth:
    return Birth("gw", Software("agent", "1"), "boot", connection, "hash", (), (), anchors)


def introduced(outcome: Outcome = Outcome.ACCEPTED) -> Introduction:
    one = Introduction()
    assert one.step(FIRST, birth(1), 0) is Step.BIRTH_FIRST
    one.said(birth(1), outcome, 0)
    one.begun(FIRST)
    return one


def test_the_first_birth_comes_before_all_else() -> None:
    one = introduced()
    assert one.is_done(FIRST)
    assert not one.is_done(SECOND)
    assert one.step(FIRST, birth(1), 10**9) is Step.NOTHING


def test_a_birth_that_tells_nothing_new_follows() -> None:
    one = introduced()
    assert one.step(SECOND, birth(2), 0) is Step.STATUS_FIRST
    one.begun(SECOND)
    one.put_off(0)
    assert not one.may_be_due(SECOND, LATER_US - 1)
    assert one.step(SECOND, birth(2), LATER_US) is Step.BIRTH
    one.said(birth(2), Outcome.ACCEPTED, LATER_US)
    assert not one.may_be_due(SECOND, 10**9)


def test_a_new_anchor_comes_before_all_else() -> None:
    one = introduced()
    anchored = birth(1, Anchor("boot", 1, 1_790_000_000_000_000))
    assert one.step(Occasion(1, anchored.anchors[0]), anchored, 0) is Step.BIRTH_FIRST


@pytest.mark.parametrize("outcome", [Outcome.QUOTA, Outcome.REFUSED, Outcome.NOT_AUTHORISED])
def test_a_birth_that_was_refused_is_said_again(outcome: Outcome) -> None:
    one = introduced(outcome)
    assert one.is_done(FIRST)  # the rows do not wait for it
    assert not one.may_be_due(FIRST, AGAIN_US - 1)
    assert one.step(FIRST, birth(1), AGAIN_US) is Step.BIRTH
    assert one.step(SECOND, birth(2), 0) is Step.BIRTH_FIRST  # nobody has it


@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.TOO_LARGE])
def test_what_can_not_be_said_now_waits_for_the_next_connection(outcome: Outcome) -> None:
    one = introduced(outcome)
    assert not one.may_be_due(FIRST, 10**12)
    assert one.step(SECOND, birth(2), 0) is Step.BIRTH_FIRST


def test_nobody_listens_but_it_is_retained() -> None:
    assert introduced(Outcome.NO_SUBSCRIBER).step(SECOND, birth(2), 0) is Step.STATUS_FIRST
