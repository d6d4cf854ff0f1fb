from msgspec.structs import replace
from msgspec.structs import replace as with_

from alarm_rules.evaluate import advance, apply, fold, replay
from alarm_rules.rule import AlarmClass, Mark, Severity, Source, StateRule, Words
from alarm_rules.transition import Change, Episode, State, Transition
from alarm_rules.verdict import Evidence, Sample
from wire.quality import GOOD, Quality, Reason, bad, uncertain

WORDS = Words("a", "一")
SMOKE = StateRule(
    id="smoke",
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.CRITICAL,
    title=WORDS,
    guidance=WORDS,
    source=Source("here", Mark.ENGINEERING),
    point="smoke",
    equals=True,
)
DELAYED = replace(SMOKE, on_delay=10, off_delay=20)
TEST = Quality(test=True)
LOST = bad(Reason.COMM_FAILURE)
FIRM = Evidence.FIRM


def on(at_us: int, quality: Quality = GOOD) -> Sample:
    return Sample(at_us, value=True, quality=quality)


def off(at_us: int, quality: Quality = GOOD) -> Sample:
    return Sample(at_us, value=False, quality=quality)


def lost(at_us: int) -> Sample:
    return Sample(at_us, None, LOST)


def test_without_delays_the_sample_decides_at_once() -> None:
    state, transitions = apply(SMOKE, State(), on(5))
    assert transitions == (Transition(Change.ACTIVATED, 5, FIRM),)
    state, transitions = apply(SMOKE, state, on(6))
    assert transitions[0].change is Change.UNCHANGED
    state, transitions = apply(SMOKE, state, off(7))
    assert transitions == (Transition(Change.RETURNED, 7, FIRM),)
    _, transitions = apply(SMOKE, state, off(8))
    assert transitions[0].change is Change.NONE


def test_bad_never_clears() -> None:
    assert fold(SMOKE, [on(1), lost(2), lost(3)], through_us=100) == (Episode(1, None),)


def test_bad_never_raises() -> None:
    assert fold(SMOKE, [off(1), lost(2)], through_us=100) == ()


def test_uncertain_raises_marked_and_a_firm_sample_lifts_the_mark() -> None:
    doubt = uncertain(Reason.STALE)
    assert fold(SMOKE, [on(1, doubt)]) == (Episode(1, None, Evidence.UNCERTAIN),)
    assert fold(SMOKE, [on(1, doubt), on(2)]) == (Episode(1, None, FIRM),)


def test_the_on_delay_ends_by_a_later_sample() -> None:
    assert fold(DELAYED, [on(0), on(15)]) == (Episode(10, None),)


def test_the_on_delay_ends_by_complete_through() -> None:
    assert fold(DELAYED, [on(0)], through_us=9) == ()
    assert fold(DELAYED, [on(0)], through_us=10) == (Episode(10, None),)


def test_the_on_delay_is_stopped_by_a_clear_but_not_by_bad() -> None:
    assert fold(DELAYED, [on(0), off(9)], through_us=50) == ()
    assert fold(DELAYED, [on(0), lost(9)], through_us=50) == (Episode(10, None),)


def test_a_condition_over_before_we_learned_of_it_is_still_an_episode() -> None:
    state, _ = apply(DELAYED, State(), on(0))
    state, transitions = apply(replace(DELAYED, off_delay=0), state, off(40))
    assert [one.change for one in transitions] == [Change.ACTIVATED, Change.RETURNED]
    assert not state.is_active


def test_the_off_delay_needs_good_quality_all_the_way() -> None:
    assert fold(DELAYED, [on(0), off(12)], through_us=40) == (Episode(10, 32),)
    assert fold(DELAYED, [on(0), off(12), lost(20)], through_us=90) == (Episode(10, None),)
    again = [on(0), off(12), lost(20), off(50)]
    assert fold(DELAYED, again, through_us=90) == (Episode(10, 70),)


def test_a_test_is_marked() -> None:
    assert fold(SMOKE, [on(1, TEST), off(2, TEST)]) == (Episode(1, 2, Evidence.TEST),)


def test_a_real_alarm_in_a_test_stands_by_itself() -> None:
    episodes = fold(SMOKE, [on(1, TEST), on(5)])
    assert episodes == (Episode(1, 5, Evidence.TEST), Episode(5, None, FIRM))


def test_a_test_reading_never_clears_a_real_alarm() -> None:
    assert fold(SMOKE, [on(1), off(2, TEST)]) == (Episode(1, None, FIRM),)
    assert fold(DELAYED, [on(1), off(2, TEST)], through_us=50) == (Episode(11, None, FIRM),)


def test_saturation_in_a_test_is_a_test() -> None:
    saturated = with_(bad(Reason.OUT_OF_RANGE), test=True)
    assert fold(SMOKE, [Sample(1, None, saturated)]) == ()


def test_what_is_not_newer_is_named_old_and_changes_nothing() -> None:
    state, _ = apply(SMOKE, State(), on(5))
    for sample in (on(5), off(4)):
        assert apply(SMOKE, state, sample) == (
            state,
            (Transition(Change.OLD, sample.time_us),),
        )
    state, _ = advance(SMOKE, state, 10)
    assert apply(SMOKE, state, off(10)).transitions[0].change is Change.OLD


def test_advancing_backwards_changes_nothing() -> None:
    state, _ = advance(DELAYED, apply(DELAYED, State(), on(0)).state, 5)
    assert advance(DELAYED, state, 3).state == state


def test_replay_goes_on_from_a_state() -> None:
    state = replay(SMOKE, [on(1)]).state
    assert replay(SMOKE, [off(9)], state=state).episodes == (Episode(1, 9),)
