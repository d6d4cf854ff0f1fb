"""P4: the episodes depend on the samples alone, not on order, doubling or portions."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alarm_rules.evaluate import advance, apply, fold
from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    Mark,
    QualityRule,
    Rule,
    Severity,
    Source,
    StateRule,
    Words,
)
from alarm_rules.transition import Change, Episode, State, Transition
from alarm_rules.verdict import Evidence, Sample
from wire.quality import GOOD, Limit, Quality, Reason, Status, bad, uncertain

WORDS = Words("a", "一")
SOURCE = Source("here", Mark.ENGINEERING)
STATE = StateRule(
    id="smoke",
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.CRITICAL,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    point="smoke",
    equals=True,
)
QUALITY = QualityRule(
    id="unreadable",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.HIGH,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    point="smoke",
    uncertain=True,
)
ABSENCE = AbsenceRule(
    id="offline",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.HIGH,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    duration=7,
)
QUALITIES = [
    GOOD,
    GOOD,
    GOOD,
    Quality(test=True),
    bad(Reason.COMM_FAILURE),
    bad(Reason.SENSOR_FAULT),
    bad(Reason.OUT_OF_RANGE, Limit.HIGH),
    uncertain(Reason.STALE),
    uncertain(Reason.CLOCK_SUSPECT),
]
DELAYS = st.integers(0, 8)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    rule = draw(st.one_of(st.just(STATE), st.just(QUALITY), st.just(ABSENCE)))
    return replace(rule, on_delay=draw(DELAYS), off_delay=draw(DELAYS))


@st.composite
def samples(draw: st.DrawFn) -> list[Sample]:
    times = draw(st.lists(st.integers(0, 60), unique=True, max_size=25))
    made = []
    for at_us in sorted(times):
        quality = draw(st.sampled_from(QUALITIES))
        value = None if quality.status is Status.BAD else draw(st.booleans())
        made.append(Sample(at_us, value, quality))
    return made


def transitions_of(
    rule: Rule, story: list[Sample], pauses: set[int], through_us: int
) -> Iterator[tuple[State, Transition]]:
    """What a server does: samples as they come, `advance` whenever it learns that all is in."""
    state, due = State(), {sample.time_us: sample for sample in story}
    for at_us in range(through_us + 1):
        if at_us in due:
            state, transitions = apply(rule, state, due[at_us])
            yield from ((state, one) for one in transitions)
        if at_us in pauses or at_us == through_us:
            state, transitions = advance(rule, state, at_us)
            yield from ((state, one) for one in transitions)


def step_by_step(
    rule: Rule, story: list[Sample], pauses: set[int], through_us: int
) -> tuple[Episode, ...]:
    changes = list(transitions_of(rule, story, pauses, through_us))
    state, episodes = changes[-1][0], list[Episode]()
    for _, (change, at_us, evidence) in changes:
        if change is Change.ACTIVATED:
            episodes.append(Episode(at_us, None, evidence))
        elif change is Change.RETURNED:
            episodes[-1] = Episode(episodes[-1].start_us, at_us, evidence)
    if state.is_active:
        episodes[-1] = episodes[-1]._replace(evidence=state.evidence)
    return tuple(episodes)


@given(rules(), samples(), st.sets(st.integers(0, 70)))
def test_portions_do_not_matter(rule: Rule, story: list[Sample], pauses: set[int]) -> None:
    assert step_by_step(rule, story, pauses, 80) == fold(rule, story, 80)


@given(rules(), samples(), st.randoms(use_true_random=False))
def test_order_and_doubles_do_not_matter(rule: Rule, story: list[Sample], dice: object) -> None:
    mixed = story + story[: len(story) // 2]
    dice.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert fold(rule, mixed, 80) == fold(rule, story, 80)


@given(rules(), samples())
def test_episodes_are_in_order_and_do_not_overlap(rule: Rule, story: list[Sample]) -> None:
    episodes = fold(rule, story, 80)
    for first, second in pairwise(episodes):
        assert first.end_us is not None
        assert first.start_us <= first.end_us <= second.start_us


@given(samples())
def test_an_undelayed_state_rule_is_what_its_samples_say(story: list[Sample]) -> None:
    """An oracle of another make: walk back from each sample to the last one that proves a thing."""
    real = [one for one in story if not one.quality.test]
    episodes = fold(STATE, real, 80)
    for sample in real:
        is_active = any(
            start <= sample.time_us and (end is None or sample.time_us < end)
            for start, end, _ in episodes
        )
        assert is_active == _proven(real, sample.time_us)


def _proven(story: list[Sample], at_us: int) -> bool:
    for _, value, quality in reversed([one for one in story if one.time_us <= at_us]):
        if value is True or quality == bad(Reason.OUT_OF_RANGE, Limit.HIGH):
            return True
        if quality == GOOD:
            return False
    return False


@given(samples())
def test_a_test_never_hides_a_real_hazard(story: list[Sample]) -> None:
    """Every firm firing sample lies in an episode that is not marked as a test."""
    episodes = fold(STATE, story, 80)
    for at_us, value, quality in story:
        if value is True and quality == GOOD:
            assert any(
                start <= at_us and (end is None or at_us < end) and evidence is Evidence.FIRM
                for start, end, evidence in episodes
            )
