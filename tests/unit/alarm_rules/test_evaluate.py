import random
from itertools import permutations

from alarm_rules.evaluate import begin, fold, replay
from alarm_rules.rule import AlarmClass, Mark, Severity, Source, StateRule, Words
from alarm_rules.transition import Episode, State
from alarm_rules.verdict import Sample
from wire.quality import Reason, bad

WORDS = Words("a", "一")
FALL = StateRule(
    id="fall",
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.CRITICAL,
    title=WORDS,
    guidance=WORDS,
    source=Source("here", Mark.DATASHEET),
    point="fall",
    equals=True,
)
STORY = [Sample(t, t % 3 == 0) for t in range(20)]


def test_shuffled_and_doubled_samples_make_the_same_episodes() -> None:
    mixed = STORY * 2
    random.Random(7).shuffle(mixed)
    assert fold(FALL, mixed) == fold(FALL, STORY)


def test_of_two_samples_of_one_instant_the_worse_counts() -> None:
    both = [Sample(1, value=False), Sample(1, value=True), Sample(1, None, bad(Reason.STALE))]
    for mixed in permutations(both):
        assert fold(FALL, mixed) == (Episode(1, None),)
    clear = Sample(2, value=False)
    for mixed in permutations([*both, clear]):
        assert fold(FALL, mixed) == (Episode(1, 2),)


def test_the_state_after_a_replay_is_ready_for_the_next_sample() -> None:
    assert replay(FALL, STORY, through_us=25).state == State(seen_us=19, through_us=25)


def test_a_point_rule_begins_from_nothing() -> None:
    assert begin(FALL, 5) == State()
