"""One rule over samples in source time: (rule, state, sample) gives (state, transitions).

A sample holds until the next one, and what no sample contradicts up to `complete through` is so.
Hence the episodes depend on the samples alone, not on when or in which portions they came
(design P4): `apply` in order with `advance` in between, or `replay` over all of them.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from msgspec.structs import replace

from alarm_rules import absence, condition
from alarm_rules.rule import AbsenceRule, Rule
from alarm_rules.transition import Change, Changes, Episode, State, Step, Transition
from alarm_rules.verdict import Sample, Verdict, evidence_of, verdict

_PREFERRED = (Verdict.FIRES, Verdict.CLEARS, Verdict.UNKNOWN)  # of two samples of one instant
_time_us = attrgetter("time_us")


def begin(rule: Rule, from_us: int) -> State:
    """The state of a device that is awaited from `from_us` on: absence counts from there."""
    return State(alive_us=from_us) if isinstance(rule, AbsenceRule) else State()


def apply(rule: Rule, state: State, sample: Sample) -> Step:
    """Judge one sample that is newer than all before; Change.OLD when it is not.

    Point rules take samples of their point; absence rules take those of every point, of which
    several may share one instant.
    """
    if _is_old(rule, state, sample.time_us):
        return Step(state, (Transition(Change.OLD, sample.time_us),))
    state, before = _pass_time(rule, state, sample.time_us - 1)
    state, now = _judge(rule, state, sample)
    return _step(replace(state, seen_us=sample.time_us), before + now, sample.time_us)


def advance(rule: Rule, state: State, through_us: int) -> Step:
    """All samples up to and including `through_us` were applied: judge delays and silence."""
    if state.through_us is not None and through_us <= state.through_us:
        return _step(state, (), through_us)
    state, transitions = _pass_time(rule, state, through_us)
    return _step(replace(state, through_us=through_us), transitions, through_us)


class Replay(NamedTuple):
    """The state after all samples, and every episode that they make, in order."""

    state: State
    episodes: tuple[Episode, ...]


def replay(
    rule: Rule, samples: Iterable[Sample], through_us: int | None = None, state: State | None = None
) -> Replay:
    """Judge samples in any order, doubled or not, from a `state` that is older than all of them.

    An episode that runs in `state` is the first of the result.
    """
    state = State() if state is None else state
    running = state.active_since_us
    episodes = [] if running is None else [Episode(running, None, state.evidence)]
    for sample in _in_order(rule, samples):
        state, transitions = apply(rule, state, sample)
        _extend(episodes, transitions, state)
    if through_us is not None:
        state, transitions = advance(rule, state, through_us)
        _extend(episodes, transitions, state)
    return Replay(state, tuple(episodes))


def fold(
    rule: Rule, samples: Iterable[Sample], through_us: int | None = None
) -> tuple[Episode, ...]:
    """The episodes of `replay` from nothing."""
    return replay(rule, samples, through_us).episodes


def _is_old(rule: Rule, state: State, at_us: int) -> bool:
    if state.through_us is not None and at_us <= state.through_us:
        return True
    if state.seen_us is None:
        return False
    return at_us < state.seen_us if isinstance(rule, AbsenceRule) else at_us <= state.seen_us


def _judge(rule: Rule, state: State, sample: Sample) -> Changes:
    if isinstance(rule, AbsenceRule):
        return absence.judge(rule, state, sample)
    state, judged = condition.judge(rule, state, sample)
    state, due = condition.pass_time(rule, state, sample.time_us)
    return state, judged + due


def _pass_time(rule: Rule, state: State, through_us: int) -> Changes:
    if isinstance(rule, AbsenceRule):
        return absence.pass_time(rule, state, through_us)
    return condition.pass_time(rule, state, through_us)


def _step(state: State, transitions: tuple[Transition, ...], at_us: int) -> Step:
    if transitions:
        return Step(state, transitions)
    same = Change.UNCHANGED if state.is_active else Change.NONE
    return Step(state, (Transition(same, at_us, state.evidence),))


def _in_order(rule: Rule, samples: Iterable[Sample]) -> Iterator[Sample]:
    """By time; of one instant only the sample that says most, whatever order they came in."""

    def rank(sample: Sample) -> tuple[int, int, str]:
        said = _PREFERRED.index(verdict(rule, sample))
        return said, -evidence_of(sample), repr(sample)

    for _, instant in groupby(sorted(samples, key=_time_us), key=_time_us):
        of_instant = list(instant)
        yield of_instant[0] if len(of_instant) == 1 else min(of_instant, key=rank)


def _extend(episodes: list[Episode], transitions: Iterable[Transition], state: State) -> None:
    for change, at_us, evidence in transitions:
        if change is Change.ACTIVATED:
            episodes.append(Episode(at_us, None, evidence))
        elif change is Change.RETURNED:
            episodes[-1] = Episode(episodes[-1].start_us, at_us, evidence)
    if state.is_active:
        episodes[-1] = episodes[-1]._replace(evidence=state.evidence)
