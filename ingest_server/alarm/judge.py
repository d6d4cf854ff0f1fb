"""One rule of one device over what came in: in order from its state, late from an older mark.

Marks are states at earlier source times, laid a minute apart while samples come in order, so that
they cost nothing then; a late sample undoes those after it. They thin out with age.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from alarm_rules.evaluate import Replay, advance, begin, replay
from alarm_rules.rule import AbsenceRule, Rule
from alarm_rules.transition import Episode, State
from alarm_rules.verdict import Evidence, Sample, Verdict, evidence_of, verdict
from ingest_server.alarm.record import Seen
from ingest_server.db.evaluation_book import Kept

RETENTION_US = 48 * 3_600_000_000
APART_US = 60_000_000
START_US = 0


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """The state after all samples at or before `at_us` and none later."""

    at_us: int
    state: State


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rule stands: its state, and marks in order of time, at least one."""

    state: State
    marks: tuple[Mark, ...]

    @property
    def last_us(self) -> int:
        """Source time up to which everything known is in the state."""
        floor = self.marks[-1].at_us
        return max(floor, self.state.seen_us or floor, self.state.through_us or floor)


_states = msgspec.json.Decoder(State)
_marks = msgspec.json.Decoder(tuple[Mark, ...])


def read_standing(state: bytes, marks: bytes) -> Standing:
    """As the book keeps it, in JSON. Raise msgspec.MsgspecError."""
    return Standing(_states.decode(state), _marks.decode(marks))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The episodes that go on after `window_us`, all of them, as they are told now.

    `before_us`: source time that was judged before. `cleared_us`: the newest sample after it that
    proves the condition gone, when the rule is inactive.
    """

    standing: Standing
    window_us: int
    told: tuple[Seen, ...]
    before_us: int
    cleared_us: int | None = None


History = Callable[[int], list[Kept]]
"""Reads the kept samples of the rule's points that are later than a source time."""


def stand(rule: Rule, awaited_us: int, from_us: int = START_US) -> Standing:
    """A rule that has seen nothing: absence counts from `awaited_us`; `from_us` is the base."""
    state = begin(rule, awaited_us)
    return Standing(state, (Mark(from_us, state),))


def judge(rule: Rule, standing: Standing, new: Sequence[Kept], history: History) -> Judgement:
    """Take in samples that were not known, in any order; they are in `history` already."""
    before_us = standing.last_us
    first_us = min(one.reading.time_us for one in new)
    if first_us > before_us:
        window_us, start, samples = before_us, standing.state, list(new)
        marks = _lay_mark(standing)
    else:
        marks = _marks_before(standing.marks, first_us)
        window_us, start, samples = marks[-1].at_us, marks[-1].state, history(marks[-1].at_us)
    result = replay(rule, map(_sample, samples), standing.state.through_us, start)
    return Judgement(
        Standing(result.state, marks),
        window_us,
        _seen(result, samples),
        before_us,
        _cleared(rule, result.state, new, before_us),
    )


def judge_time(rule: Rule, standing: Standing, through_us: int) -> Judgement:
    """Nothing is missing up to `through_us`: delays and silence run out."""
    state, _ = advance(rule, standing.state, through_us)
    result = replay(rule, (), through_us, standing.state)
    window_us = standing.last_us
    return Judgement(Standing(state, standing.marks), window_us, _seen(result, ()), window_us)


def is_decided(rule: Rule, state: State, since_us: int, through_us: int) -> bool:
    """Whether time alone may judge, when older samples than `since_us` may still come in.

    No sample that could come breaks a silence, or ends a state, that began after it; and a silence
    from there on is one, wherever it turns out to have begun.
    """
    if isinstance(rule, AbsenceRule) and not state.is_active:
        alive_us = state.alive_us
        return alive_us is not None and max(alive_us, since_us) + rule.duration <= through_us
    return state.turning_us is not None and state.turning_us >= since_us


def judge_ancient(rule: Rule, ancient: Sequence[Kept]) -> tuple[Seen, ...]:
    """Samples older than every mark, on their own: what they tell is over."""
    if isinstance(rule, AbsenceRule):
        return ()
    result = replay(rule, map(_sample, ancient))
    end_us = max(one.reading.time_us for one in ancient)
    return tuple(
        seen if seen.until is not None else replace(seen, until=end_us)
        for seen in _seen(result, ancient)
    )


def due_us(rule: Rule, state: State) -> int | None:
    """The source time at which time alone changes the state, or None."""
    if isinstance(rule, AbsenceRule) and not state.is_active:
        return None if state.alive_us is None else state.alive_us + rule.duration
    if state.turning_us is None:
        return None
    return state.turning_us + (rule.off_delay if state.is_active else rule.on_delay)


def _sample(kept: Kept) -> Sample:
    reading = kept.reading
    return Sample(reading.time_us, reading.value, reading.quality)


def _marks_before(marks: tuple[Mark, ...], time_us: int) -> tuple[Mark, ...]:
    """At least the oldest; `judge` is not asked about samples before that one."""
    return marks[: max(1, bisect_left(marks, time_us, key=lambda mark: mark.at_us))]


def _lay_mark(standing: Standing) -> tuple[Mark, ...]:
    """The marks with one more where the rule stands now, once the newest is a minute old."""
    at_us = standing.last_us
    if at_us < standing.marks[-1].at_us + APART_US:
        return standing.marks
    return _thin((*standing.marks, Mark(at_us, standing.state)), at_us)


def _thin(marks: tuple[Mark, ...], now_us: int) -> tuple[Mark, ...]:
    """Denser where it is newer: about two marks for each doubling of their age."""
    kept = list(marks)
    while len(kept) > 1 and now_us - kept[1].at_us >= RETENTION_US:
        del kept[0]
    for index in range(len(kept) - 2, 0, -1):
        gap_us = kept[index + 1].at_us - kept[index - 1].at_us
        if gap_us <= now_us - kept[index + 1].at_us:
            del kept[index]
    return tuple(kept)


def _cleared(rule: Rule, state: State, new: Iterable[Kept], before_us: int) -> int | None:
    if state.is_active:
        return None
    samples = [_sample(one) for one in new if one.reading.time_us > before_us]
    return max(
        (
            one.time_us
            for one in samples
            if verdict(rule, one) is Verdict.CLEARS and evidence_of(one) is not Evidence.TEST
        ),
        default=None,
    )


def _seen(result: Replay, samples: Sequence[Kept]) -> tuple[Seen, ...]:
    """In order first: a point that never rests may have thousands of episodes in its history."""
    if not result.episodes:
        return ()
    ordered = sorted(samples, key=_time_of)
    return tuple(_tell(episode, ordered) for episode in result.episodes)


def _tell(episode: Episode, ordered: Sequence[Kept]) -> Seen:
    """With the newest sample at or before its start, where that is among the samples."""
    start_us, end_us, evidence = episode
    test = evidence is Evidence.TEST
    behind = bisect_right(ordered, start_us, key=_time_of)
    if not behind:
        return Seen(start_us, end_us, test=test)
    witness = ordered[bisect_left(ordered, _time_of(ordered[behind - 1]), key=_time_of)]
    reading = witness.reading
    return Seen(
        start_us,
        end_us,
        clock=witness.clock,
        test=test,
        value=reading.value,
        unit=reading.unit,
        quality=str(reading.quality),
    )


def _time_of(kept: Kept) -> int:
    return kept.reading.time_us
