from itertools import permutations

from msgspec.structs import replace

from alarm_rules.evaluate import advance, apply, begin, fold, replay
from alarm_rules.rule import AbsenceRule, AlarmClass, Mark, Severity, Source, Words
from alarm_rules.transition import Change, Episode, State
from alarm_rules.verdict import Sample
from wire.quality import Reason, bad

WORDS = Words("a", "一")
OFFLINE = AbsenceRule(
    id="offline",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.HIGH,
    title=WORDS,
    guidance=WORDS,
    source=Source("here", Mark.ENGINEERING),
    duration=30,
)


def alive(at_us: int) -> Sample:
    return Sample(at_us, 1.0)


def silent(at_us: int) -> Sample:
    return Sample(at_us, None, bad(Reason.COMM_FAILURE))


def test_silence_counts_from_the_last_sign_of_life() -> None:
    assert fold(OFFLINE, [alive(0), alive(10)], through_us=39) == ()
    assert fold(OFFLINE, [alive(0), alive(10)], through_us=40) == (Episode(40, None),)


def test_our_own_word_that_it_is_silent_is_no_sign_of_life() -> None:
    samples = [alive(0), silent(12), silent(22)]
    assert fold(OFFLINE, samples, through_us=30) == (Episode(30, None),)


def test_a_gap_is_an_episode_although_it_is_over() -> None:
    assert fold(OFFLINE, [alive(0), alive(100)], through_us=101) == (Episode(30, 100),)


def test_a_device_that_never_spoke_counts_from_the_first_word_about_it() -> None:
    assert fold(OFFLINE, [silent(5), silent(15)], through_us=40) == (Episode(35, None),)


def test_a_device_of_which_nothing_is_known_is_awaited_from_a_time() -> None:
    assert not fold(OFFLINE, [], through_us=10**9)
    state, transitions = advance(OFFLINE, begin(OFFLINE, 100), 130)
    assert state.is_active
    assert transitions[0].at_us == 130


def test_the_off_delay_runs_again_when_it_falls_silent_again() -> None:
    rule = replace(OFFLINE, off_delay=50)
    back = [alive(0), alive(100)]
    assert fold(rule, [*back, alive(120), alive(140)], through_us=150) == (Episode(30, 150),)
    assert fold(rule, back, through_us=500) == (Episode(30, None),)
    assert fold(rule, [*back, silent(110)], through_us=120) == (Episode(30, None),)


def test_samples_of_one_instant_may_come_in_any_order() -> None:
    instants = [silent(30), alive(30), silent(30)]
    states = set()
    for order in permutations(instants):
        state = apply(OFFLINE, State(), alive(0)).state
        changes = []
        for sample in order:
            state, transitions = apply(OFFLINE, state, sample)
            changes += [one.change for one in transitions]
        states.add((state.alive_us, state.is_active))
        assert Change.ACTIVATED not in changes
    assert states == {(30, False)}


def test_an_absent_device_that_returns_and_leaves_makes_two_episodes() -> None:
    episodes = replay(OFFLINE, [alive(0), alive(50)], through_us=90).episodes
    assert episodes == (Episode(30, 50), Episode(80, None))
