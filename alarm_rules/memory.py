"""Rules that look back: votes of samples, a change within a window, a value that stands still."""

from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from alarm_rules.rule import (
    DeviationRule,
    Direction,
    LimitRule,
    PointRule,
    RateRule,
    StateRule,
    StuckRule,
)
from alarm_rules.verdict import Sample, Verdict, is_number, is_pinned, verdict
from wire.quality import Status
from wire.reading import Value

_PARTS = 60
"""Into so many parts a window is cut; of each part one extreme is remembered at most."""


class Extreme(NamedTuple):
    """A value that no later one in the window undercuts; `value` is negated for a fall."""

    time_us: int
    value: float
    is_test: bool


class Memory(msgspec.Struct, frozen=True, omit_defaults=True):
    """What earlier samples leave behind for the kinds that look back; bounded.

    `votes`: what the last real samples said (fires or not), oldest first; `trial`: the same of
    test samples. `held`: the value that stands, since `held_us`. `lows`: extremes of the window,
    ascending in time and value. `covered_us`: since when good samples came without a long gap,
    the last at `good_us`.
    """

    votes: tuple[bool, ...] = ()
    trial: tuple[bool, ...] = ()
    held: Value | None = None
    held_us: int | None = None
    lows: tuple[Extreme, ...] = ()
    covered_us: int | None = None
    good_us: int | None = None


NOTHING = Memory()
Recalled = tuple[Verdict, Memory]


def recall(rule: PointRule, memory: Memory, seen_us: int | None, sample: Sample) -> Recalled:
    """What the sample says in the light of those before; the newest of them was at `seen_us`."""
    match rule:
        case StuckRule():
            return _stuck(rule, memory, seen_us, sample)
        case RateRule():
            return _rate(rule, memory, sample)
        case StateRule() | LimitRule() | DeviationRule() if rule.of > 1:
            return _vote(rule, memory, sample)
        case _:
            return verdict(rule, sample), memory


def _vote(rule: StateRule | LimitRule | DeviationRule, memory: Memory, sample: Sample) -> Recalled:
    """Bad samples, and uncertain ones that do not fire, have no vote: they thin out no alarm."""
    said = verdict(rule, sample)
    if is_pinned(rule, sample.quality):
        return said, memory
    if said is not Verdict.FIRES and sample.quality.status is not Status.GOOD:
        return said, memory
    before = memory.trial if sample.quality.test else memory.votes
    votes = (*before, said is Verdict.FIRES)[-rule.of :]
    if sample.quality.test:
        memory = replace(memory, trial=votes)
    else:
        memory = replace(memory, votes=votes, trial=())
    if sum(votes) >= rule.needed:
        return Verdict.FIRES, memory
    return (Verdict.UNKNOWN if said is Verdict.FIRES else said), memory


def _stuck(rule: StuckRule, memory: Memory, seen_us: int | None, sample: Sample) -> Recalled:
    """A test sample says nothing of the value that stands, and takes no part in the count."""
    value, at_us = sample.value, sample.time_us
    if value is None or sample.quality.status is Status.BAD or sample.quality.test:
        return Verdict.UNKNOWN, replace(memory, held_us=None)
    if memory.held is None or not _stands(rule, memory.held, value):
        said = Verdict.UNKNOWN if memory.held is None else verdict(rule, sample)
        return said, replace(memory, held=value, held_us=at_us)
    has_gap = seen_us is None or at_us - seen_us >= rule.duration
    if memory.held_us is None or has_gap:
        return Verdict.UNKNOWN, replace(memory, held_us=at_us)
    is_long = at_us - memory.held_us >= rule.duration
    return (Verdict.FIRES if is_long else Verdict.UNKNOWN), memory


def _stands(rule: StuckRule, held: Value, value: Value) -> bool:
    if is_number(held) and is_number(value):
        return abs(value - held) <= rule.tolerance
    return type(held) is type(value) and held == value


def _rate(rule: RateRule, memory: Memory, sample: Sample) -> Recalled:
    if is_pinned(rule, sample.quality):
        return Verdict.FIRES, memory
    value = sample.value
    if value is None or sample.quality.status is Status.BAD or not is_number(value):
        return Verdict.UNKNOWN, memory
    low = value if rule.direction is Direction.HIGH else -value
    kept = [one for one in memory.lows if one.time_us >= sample.time_us - rule.window]
    is_test = sample.quality.test
    change = low - min((one.value for one in kept if is_test or not one.is_test), default=low)
    memory = replace(memory, lows=tuple(kept))
    if sample.quality.status is Status.GOOD:
        memory = _remember(rule, memory, Extreme(sample.time_us, low, is_test))
    if change >= rule.limit:
        return Verdict.FIRES, memory
    is_over = change < rule.limit - rule.deadband and _is_covered(rule, memory, sample)
    return (Verdict.CLEARS if is_over else Verdict.UNKNOWN), memory


def _remember(rule: RateRule, memory: Memory, new: Extreme) -> Memory:
    """Real samples are not compared with those of a test, so a test one takes no real one's place.

    Of a part of the window only its lowest stays: what rises slowly is so measured over up to a
    sixtieth of the window less, never over more.
    """
    lows = [one for one in memory.lows if one.value < new.value or (new.is_test > one.is_test)]
    part = max(1, rule.window // _PARTS)
    same = [one for one in lows if one.is_test <= new.is_test]
    if not same or same[-1].time_us // part != new.time_us // part:
        lows.append(new)
    memory = replace(memory, lows=tuple(lows))
    return memory if new.is_test else _cover(rule, memory, new.time_us)


def _cover(rule: RateRule, memory: Memory, at_us: int) -> Memory:
    is_gap = memory.good_us is None or at_us - memory.good_us > rule.window // 2
    covered_us = at_us if is_gap or memory.covered_us is None else memory.covered_us
    return replace(memory, covered_us=covered_us, good_us=at_us)


def _is_covered(rule: RateRule, memory: Memory, sample: Sample) -> bool:
    """Good samples of a whole window say that it did not change so much."""
    if sample.quality.status is not Status.GOOD or memory.covered_us is None:
        return False
    return sample.time_us - memory.covered_us >= rule.window
