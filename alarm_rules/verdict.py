"""What one sample says of one rule by itself: it fires, it clears, or it proves nothing."""

from enum import IntEnum, StrEnum
from typing import Final, NamedTuple, TypeGuard, assert_never

from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    DeviationRule,
    Direction,
    LimitRule,
    QualityRule,
    RateRule,
    Rule,
    StateRule,
    StuckRule,
    UnsetRule,
)
from alarm_rules.set_point import clear_level
from wire.quality import GOOD, Limit, Quality, Reason, Status
from wire.reading import Value

SILENT = frozenset({Reason.COMM_FAILURE, Reason.NOT_CONNECTED, Reason.NEVER_READ, Reason.STALE})
"""Reasons that are no sign of life: our own word that the device said nothing."""


class Sample(NamedTuple):
    """A point at `time_us` of source time; `value` is None exactly when the quality is bad."""

    time_us: int
    value: Value | None
    quality: Quality = GOOD


class Verdict(StrEnum):
    """UNKNOWN never clears and never fires: silence is not safety (design P11)."""

    FIRES = "fires"
    CLEARS = "clears"
    UNKNOWN = "unknown"


class Evidence(IntEnum):
    """How firm the ground of an alarm is; a firmer sample lifts it, a weaker one never lowers."""

    TEST = 0
    UNCERTAIN = 1
    FIRM = 2


def evidence_of(sample: Sample) -> Evidence:
    if sample.quality.test:
        return Evidence.TEST
    return Evidence.UNCERTAIN if sample.quality.status is Status.UNCERTAIN else Evidence.FIRM


def verdict(rule: Rule, sample: Sample) -> Verdict:
    """What `sample` says alone; `memory.recall` adds what a rule remembers.

    For an absence rule CLEARS is a sign of life; for rate and stuck a sample that came well.
    """
    match rule:
        case QualityRule():
            return _quality(rule, sample.quality)
        case AbsenceRule():
            is_silent = sample.quality.reason in SILENT and sample.quality.status != Status.GOOD
            return Verdict.UNKNOWN if is_silent else Verdict.CLEARS
        case _:
            return _of_value(rule, sample)


ValueRule = StateRule | LimitRule | DeviationRule | RateRule | StuckRule | UnsetRule


def _of_value(rule: ValueRule, sample: Sample) -> Verdict:
    if is_pinned(rule, sample.quality):
        return Verdict.FIRES
    value = sample.value
    if value is None or sample.quality.status is Status.BAD:
        return Verdict.UNKNOWN
    said = _value(rule, value)
    # An uncertain value may raise an alarm (marked), but it is not good enough to end one.
    is_doubtful = said is Verdict.CLEARS and sample.quality.status is not Status.GOOD
    return Verdict.UNKNOWN if is_doubtful else said


def _value(rule: ValueRule, value: Value) -> Verdict:
    match rule:
        case StateRule():
            return _either(fires=_same(value, rule.equals) is not rule.negate)
        case UnsetRule():
            return _either(fires=not rule.is_set)
        case StuckRule():
            return Verdict.CLEARS
        case _:
            return _number(rule, value) if is_number(value) else Verdict.UNKNOWN


def _number(rule: LimitRule | DeviationRule | RateRule, value: float) -> Verdict:
    match rule:
        case LimitRule():
            return _limit(rule, value)
        case DeviationRule():
            return _deviation(rule, value)
        case RateRule():
            return Verdict.CLEARS
        case _:
            assert_never(rule)


def _either(*, fires: bool) -> Verdict:
    return Verdict.FIRES if fires else Verdict.CLEARS


def is_number(value: Value) -> TypeGuard[float]:
    """True is not 1.0 here, though Python says so."""
    return not isinstance(value, bool | str)


def _same(value: Value, wanted: Value) -> bool:
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def _limit(rule: LimitRule, value: float) -> Verdict:
    level, clear = rule.limit, clear_level(rule)
    if rule.direction is Direction.LOW:
        level, clear, value = -level, -clear, -value
    if value >= level:
        return Verdict.FIRES
    return Verdict.UNKNOWN if value >= clear else Verdict.CLEARS


def _deviation(rule: DeviationRule, value: float) -> Verdict:
    """By the same sums as its set points, so that gateway and server agree to the last bit."""
    if rule.baseline is None:
        return Verdict.UNKNOWN
    is_high = rule.direction is not Direction.LOW and value >= rule.baseline + rule.limit
    is_low = rule.direction is not Direction.HIGH and value <= rule.baseline - rule.limit
    if is_high or is_low:
        return Verdict.FIRES
    near = rule.limit - rule.deadband
    is_below = rule.direction is Direction.LOW or value < rule.baseline + near
    is_above = rule.direction is Direction.HIGH or value > rule.baseline - near
    return Verdict.CLEARS if is_below and is_above else Verdict.UNKNOWN


_ENDS: Final = {
    Direction.HIGH: {Limit.HIGH},
    Direction.LOW: {Limit.LOW},
    None: {Limit.HIGH, Limit.LOW},
}


def is_pinned(rule: Rule, quality: Quality) -> bool:
    """Whether a hazard's value stands at the dangerous end of what can be measured (P11)."""
    if rule.alarm_class is not AlarmClass.HAZARD:
        return False
    if quality.status is Status.BAD and quality.reason != Reason.OUT_OF_RANGE:
        return False
    match rule:
        case LimitRule() | RateRule() | DeviationRule():
            return quality.limit in _ENDS[rule.direction]
        case StateRule():
            return quality.limit is Limit.HIGH
        case _:
            return False


def _quality(rule: QualityRule, quality: Quality) -> Verdict:
    if quality.status is Status.GOOD:
        return Verdict.CLEARS
    is_watched = quality.status is Status.BAD or rule.uncertain
    is_meant = not rule.reasons or quality.reason in rule.reasons
    if is_watched and is_meant and quality.reason not in rule.ignore:
        return Verdict.FIRES
    return Verdict.UNKNOWN
