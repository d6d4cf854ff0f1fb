"""What the gateway knows of the wall clock: unset, synchronised, held over; never invented."""

import pytest

from edge_agent.buffer.hearsay import Hearing
from edge_agent.buffer.timebase import (
    BACK_US,
    BUILT_US,
    SERVER_US,
    SETTLE_US,
    Origin,
    Setting,
    Timekeeper,
)
from tests.standing_clock import StandingClock
from wire.envelope import ClockState
from wire.identity import Anchor

HOUR_US = 3_600_000_000
SECOND_US = 1_000_000
MINUTE_US = SETTLE_US


def test_an_untrusted_clock_has_no_utc() -> None:
    keeper = Timekeeper(StandingClock(trusted=False))
    now = keeper.now()
    assert (now.state, now.offset_us, now.utc_us(5)) == (ClockState.UNSET, None, None)
    assert keeper.anchor is None


def test_once_trusted_it_is_adopted_at_once_and_holds_over() -> None:
    clock = StandingClock(trusted=False)
    keeper = Timekeeper(clock)
    assert keeper.now().state is ClockState.UNSET
    clock.trusted = True
    now = keeper.now()
    assert now.state is ClockState.SYNCHRONISED
    assert now.utc_us(clock.mono_us()) == clock.utc_us()
    assert keeper.anchor == Anchor(clock.boot, clock.mono_us() // 1_000, clock.utc_us())
    clock.trusted = False
    assert keeper.now().state is ClockState.HOLDOVER
    assert keeper.now().utc_us(clock.mono_us()) == clock.utc_us()


def test_a_clock_of_1970_is_never_believed() -> None:
    clock = StandingClock(1_000_000)
    keeper = Timekeeper(clock)
    assert keeper.now().state is ClockState.UNSET
    good_us = 1_763_700_000_000_000
    clock.step(good_us - clock.utc_us())
    assert keeper.now().state is ClockState.SYNCHRONISED
    clock.step(1_000_000 - clock.utc_us())
    now = keeper.now()
    assert (now.state, now.utc_us(clock.mono_us())) == (ClockState.HOLDOVER, good_us)


@pytest.mark.parametrize("step_us", [HOUR_US, -HOUR_US, 3_000_000, -3_000_000])
def test_a_step_is_held_over_until_it_lasted(step_us: int) -> None:
    clock = StandingClock()
    keeper = Timekeeper(clock)
    before = keeper.now().offset_us
    first = keeper.anchor
    clock.step(step_us)
    for _ in range(59):
        assert (keeper.now().state, keeper.now().offset_us) == (ClockState.HOLDOVER, before)
        clock.advance(SECOND_US)
    clock.advance(SECOND_US)
    now = keeper.now()
    assert now.state is ClockState.SYNCHRONISED
    assert now.utc_us(clock.mono_us()) == clock.utc_us()
    assert keeper.anchor != first


def test_a_step_there_and_back_changes_nothing() -> None:
    clock = StandingClock()
    keeper = Timekeeper(clock)
    before, first = keeper.now().offset_us, keeper.anchor
    for step_us in (HOUR_US, -HOUR_US):
        clock.step(step_us)
        clock.advance(MINUTE_US - SECOND_US)
        keeper.now()
    now = keeper.now()
    assert (now.state, now.offset_us, keeper.anchor) == (ClockState.SYNCHRONISED, before, first)


def test_a_clock_that_goes_on_stepping_or_is_not_trusted_is_never_adopted() -> None:
    clock = StandingClock()
    keeper = Timekeeper(clock)
    before = keeper.now().offset_us
    for _ in range(10):
        clock.step(HOUR_US)
        clock.advance(MINUTE_US // 2)
        assert keeper.now().offset_us == before
    clock.trusted = False
    clock.advance(10 * MINUTE_US)
    assert keeper.now().offset_us == before
    clock.trusted = True
    assert keeper.now().state is ClockState.HOLDOVER


def test_drift_is_followed_and_jitter_is_not() -> None:
    clock = StandingClock()
    keeper = Timekeeper(clock)
    before = keeper.now().offset_us
    assert before is not None
    clock.step(9_000)
    assert keeper.now().offset_us == before
    clock.step(9_000)
    assert (keeper.now().state, keeper.now().offset_us) == (
        ClockState.SYNCHRONISED,
        before + 18_000,
    )


def test_a_restart_within_a_boot_goes_on_with_the_time_of_before() -> None:
    clock = StandingClock()
    anchor = Anchor(clock.boot, 1_000, clock.utc_us() - clock.mono_us() + 1_000_000)
    keeper = Timekeeper(clock)
    clock.step(HOUR_US)
    keeper.remember(anchor, 0)
    now = keeper.now()
    assert (now.state, now.utc_us(clock.mono_us())) == (
        ClockState.HOLDOVER,
        clock.utc_us() - HOUR_US,
    )
    other = Timekeeper(clock)
    other.remember(Anchor("boot-0", 1_000, anchor.utc), 0)
    assert other.now().state is ClockState.SYNCHRONISED


@pytest.mark.parametrize(
    ("is_measured", "state"), [(False, ClockState.UNSET), (True, ClockState.SYNCHRONISED)]
)
def test_a_day_before_the_last_good_time_is_believed_only_if_measured(
    is_measured: bool, state: ClockState
) -> None:
    clock = StandingClock()
    keeper = Timekeeper(clock, is_measured=is_measured)
    keeper.remember(None, clock.utc_us() + BACK_US + 1)
    assert keeper.now().state is state
    clock.advance(SECOND_US)
    assert keeper.now().state is ClockState.SYNCHRONISED


def receipt(
    keeper: Timekeeper, clock: StandingClock, server_us: int, trip_us: int = 200_000
) -> str:
    """What becomes of an answer that took so long, half of it there."""
    sent_ms = clock.mono_us() // 1_000
    clock.advance(trip_us)
    return keeper.heard(clock.boot, sent_ms, server_us + trip_us // 2)


def test_an_unset_clock_is_set_by_a_quick_receipt_and_says_so() -> None:
    clock = StandingClock(trusted=False)
    true_us = clock.utc_us()
    keeper = Timekeeper(clock)
    assert receipt(keeper, clock, true_us, 2_100_000) == Hearing.SLOW
    assert keeper.now().state is ClockState.UNSET
    true_us = clock.utc_us()
    assert receipt(keeper, clock, true_us) == Hearing.ADOPTED
    now = keeper.now()
    assert now.state is ClockState.SERVER
    error_us = (now.utc_us(clock.mono_us()) or 0) - clock.utc_us()
    assert abs(error_us) <= 101_000
    assert keeper.anchor is not None
    said = keeper.said()
    assert (said.origin, said.is_trusted) == (Origin.SERVER, False)
    assert abs(error_us) <= (said.slack_us or 0) <= 102_000
    clock.advance(SERVER_US)
    assert keeper.now().state is ClockState.HOLDOVER


def test_of_another_boot_or_of_the_future_is_not_ours() -> None:
    clock = StandingClock(trusted=False)
    keeper = Timekeeper(clock)
    mono_ms = clock.mono_us() // 1_000
    assert keeper.heard("boot-9", mono_ms, clock.utc_us()) is Hearing.NOT_OURS
    assert keeper.heard(clock.boot, mono_ms + 1, clock.utc_us()) is Hearing.NOT_OURS
    assert keeper.heard(clock.boot, mono_ms, 5) is Hearing.IMPLAUSIBLE
    assert keeper.now().state is ClockState.UNSET


def test_never_while_the_machines_clock_is_vouched_for() -> None:
    clock = StandingClock()
    keeper = Timekeeper(clock)
    before = keeper.now()
    for _ in range(30):
        assert receipt(keeper, clock, clock.utc_us() + HOUR_US) == Hearing.NOT_NEEDED
        clock.advance(10 * SECOND_US)
    now = keeper.now()
    assert (now.state, now.offset_us) == (ClockState.SYNCHRONISED, before.offset_us)


def test_held_over_it_is_the_servers_once_that_says_otherwise() -> None:
    clock = StandingClock()
    keeper = Timekeeper(clock)
    keeper.now()
    clock.trusted = False
    assert receipt(keeper, clock, clock.utc_us()) == Hearing.CONFIRMED
    assert keeper.now().state is ClockState.HOLDOVER
    clock.advance(HOUR_US)
    assert receipt(keeper, clock, clock.utc_us() + SECOND_US, 10_000) == Hearing.FOLLOWED
    assert keeper.now().state is ClockState.SERVER
    clock.trusted = True
    assert keeper.now().state is ClockState.SYNCHRONISED
    assert keeper.now().utc_us(clock.mono_us()) == clock.utc_us()


def test_a_server_that_speaks_against_the_last_good_time_has_to_insist() -> None:
    clock = StandingClock(trusted=False)
    keeper = Timekeeper(clock)
    true_us = clock.utc_us()
    keeper.remember(None, true_us + BACK_US + HOUR_US)
    seen = set()
    for _ in range(5):
        seen.add(receipt(keeper, clock, clock.utc_us()))
        clock.advance(10 * SECOND_US)
    assert seen == {Hearing.STEP}
    clock.advance(MINUTE_US)
    assert receipt(keeper, clock, clock.utc_us()) == Hearing.ADOPTED


def test_a_person_sets_what_nobody_vouches_for() -> None:
    clock = StandingClock(trusted=False)
    keeper = Timekeeper(clock)
    given_us = BUILT_US + HOUR_US
    assert keeper.set_by_person(given_us) is Setting.SET
    now = keeper.now()
    assert (now.state, now.utc_us(now.mono_us)) == (ClockState.HOLDOVER, given_us)
    assert keeper.said().origin is Origin.PERSON
    assert keeper.anchor is not None
    assert keeper.set_by_person(given_us + HOUR_US) is Setting.SET


def test_a_person_is_refused_what_can_not_be() -> None:
    clock = StandingClock(trusted=False)
    keeper = Timekeeper(clock)
    assert keeper.set_by_person(BUILT_US - 1) is Setting.BEFORE_BUILD
    keeper.remember(None, BUILT_US + HOUR_US)
    assert keeper.set_by_person(BUILT_US + HOUR_US - 1) is Setting.BEFORE_LAST_GOOD
    assert keeper.set_by_person(5, force=True) is Setting.OUT_OF_RANGE
    assert keeper.now().state is ClockState.UNSET
    assert keeper.set_by_person(BUILT_US - 1, force=True) is Setting.SET
    clock.trusted = True
    assert keeper.set_by_person(BUILT_US + HOUR_US, force=True) is Setting.SYNCHRONISED


def test_receipts_overrule_a_person_who_was_wrong() -> None:
    clock = StandingClock(BUILT_US + HOUR_US, trusted=False)
    keeper = Timekeeper(clock)
    assert keeper.set_by_person(clock.utc_us() + HOUR_US) is Setting.SET
    for _ in range(8):
        receipt(keeper, clock, clock.utc_us())
        clock.advance(10 * SECOND_US)
    assert keeper.said().origin is Origin.SERVER
    now = keeper.now()
    assert abs((now.utc_us(now.mono_us) or 0) - clock.utc_us()) < SECOND_US
