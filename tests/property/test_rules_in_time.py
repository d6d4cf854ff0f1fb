"""P4: the episodes depend on the samples alone, not on order, doubling or portions."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alarm_rules.evaluate import advance, apply, fold
from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    DeviationRule,
    Direction,
    LimitRule,
    Mark,
    QualityRule,
    RateRule,
    Rule,
    Severity,
    Source,
    StateRule,
    StuckRule,
    UnsetRule,
    Words,
)
from alarm_rules.transition import Change, Episode, State, Transition
from alarm_rules.verdict import Evidence, Sample
from wire.quality import GOOD, Limit, Quality, Reason, Status, bad, uncertain
from wire.reading import Value

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
COMMON: dict[str, Any] = {
    "alarm_class": AlarmClass.HAZARD,
    "severity": Severity.HIGH,
    "title": WORDS,
    "guidance": WORDS,
    "source": SOURCE,
    "point": "level",
}
LIMIT = LimitRule(id="flood", **COMMON, limit=4.0, deadband=1.0)
RATE = RateRule(id="rising", **COMMON, limit=3.0, window=10)
NUMERIC: list[Rule] = [
    LIMIT,
    replace(LIMIT, direction=Direction.LOW),
    replace(LIMIT, needed=2, of=3),
    DeviationRule(id="tilt", **COMMON, limit=2.0, deadband=1.0, baseline=3.0),
    DeviationRule(id="tilt", **COMMON, limit=2.0),
    DeviationRule(
        id="near", **COMMON, limit=2.0, deadband=1.0, baseline=3.0, direction=Direction.LOW
    ),
    RATE,
    replace(RATE, direction=Direction.LOW, deadband=1.0),
    StuckRule(id="frozen", **COMMON, duration=9),
    StuckRule(id="frozen", **COMMON, duration=9, tolerance=1.0),
    UnsetRule(id="tilt_unset", **COMMON),
]
QUALITIES = [
    GOOD,
    GOOD,
    GOOD,
    Quality(test=True),
    uncertain(Reason.CALIBRATION, Limit.HIGH),
    bad(Reason.COMM_FAILURE),
    bad(Reason.SENSOR_FAULT),
    bad(Reason.OUT_OF_RANGE, Limit.HIGH),
    uncertain(Reason.STALE),
    uncertain(Reason.CLOCK_SUSPECT),
]
DELAYS = st.integers(0, 8)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    voting = replace(STATE, needed=2, of=3)
    rule = draw(st.sampled_from([STATE, voting, QUALITY, ABSENCE, *NUMERIC]))
    return replace(rule, on_delay=draw(DELAYS), off_delay=draw(DELAYS))


@st.composite
def samples(draw: st.DrawFn, values: st.SearchStrategy[Value] | None = None) -> list[Sample]:
    """Of one point: all states, or all numbers on a coarse grid that meets the set points."""
    if values is None:
        grid = st.integers(0, 7).map(float)
        values = draw(st.sampled_from([st.booleans(), grid]))
    times = draw(st.lists(st.integers(0, 60), unique=True, max_size=25))
    made = []
    for at_us in sorted(times):
        quality = draw(st.sampled_from(QUALITIES))
        value = None if quality.status is Status.BAD else draw(values)
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


@given(samples(st.booleans()))
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
        if value is True or quality.limit is Limit.HIGH:
            return True
        if quality == GOOD:
            return False
    return False


NUMBERS = st.integers(0, 7).map(float)


def _is_active(episodes: tuple[Episode, ...], at_us: int) -> bool:
    return any(start <= at_us and (end is None or at_us < end) for start, end, _ in episodes)


@given(samples(NUMBERS))
def test_an_undelayed_limit_rule_is_a_switch_with_two_levels(story: list[Sample]) -> None:
    real = [one for one in story if not one.quality.test]
    episodes, expected = fold(LIMIT, real, 80), False
    for at_us, value, quality in real:
        number = value if isinstance(value, float) else None
        if quality.limit is Limit.HIGH or (number is not None and number >= LIMIT.limit):
            expected = True
        elif number is not None and number < LIMIT.limit - LIMIT.deadband and quality == GOOD:
            expected = False
        assert _is_active(episodes, at_us) is expected


@given(samples(NUMBERS))
def test_a_rate_rule_compares_with_the_lowest_good_value_of_its_window(
    story: list[Sample],
) -> None:
    """Whenever the samples of the window show the change, it is active; all of them are kept."""
    real = [one for one in story if not one.quality.test and one.quality.limit is Limit.NONE]
    episodes = fold(RATE, real, 80)
    for at_us, value, _ in real:
        window = [
            one.value
            for one in real
            if at_us - RATE.window <= one.time_us < at_us and one.quality == GOOD
        ]
        lowest = min((one for one in window if isinstance(one, float)), default=None)
        if isinstance(value, float) and lowest is not None and value - lowest >= RATE.limit:
            assert _is_active(episodes, at_us)
    for episode in episodes:
        begun = next(one for one in real if one.time_us == episode.start_us)
        assert isinstance(begun.value, float)
        assert begun.value >= RATE.limit


@given(samples(NUMBERS))
def test_bad_samples_never_end_what_looks_back(story: list[Sample]) -> None:
    """An episode ends only at a good sample, whatever the kind remembers."""
    real = [one for one in story if not one.quality.test]
    good = {one.time_us for one in real if one.quality == GOOD}
    for rule in NUMERIC:
        for _, end_us, _ in fold(rule, real, 80):
            assert end_us is None or end_us in good


@given(samples(st.booleans()))
def test_a_test_never_hides_a_real_hazard(story: list[Sample]) -> None:
    """Every firm firing sample lies in an episode that is not marked as a test."""
    episodes = fold(STATE, story, 80)
    for at_us, value, quality in story:
        if value is True and quality == GOOD:
            assert any(
                start <= at_us and (end is None or at_us < end) and evidence is Evidence.FIRM
                for start, end, evidence in episodes
            )
