"""What one sample says of one rule: it fires, it clears, or it proves nothing."""

from enum import IntEnum, StrEnum
from typing import NamedTuple, assert_never

from alarm_rules.rule import AbsenceRule, AlarmClass, QualityRule, Rule, StateRule
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
    """What `sample` says; for an absence rule CLEARS is a sign of life."""
    match rule:
        case StateRule():
            return _state(rule, sample)
        case QualityRule():
            return _quality(rule, sample.quality)
        case AbsenceRule():
            is_silent = sample.quality.reason in SILENT and sample.quality.status != Status.GOOD
            return Verdict.UNKNOWN if is_silent else Verdict.CLEARS
        case _:
            assert_never(rule)


def _state(rule: StateRule, sample: Sample) -> Verdict:
    quality = sample.quality
    if quality.status is Status.BAD or sample.value is None:
        is_saturated = (quality.reason, quality.limit) == (Reason.OUT_OF_RANGE, Limit.HIGH)
        fires = is_saturated and rule.alarm_class is AlarmClass.HAZARD
        return Verdict.FIRES if fires else Verdict.UNKNOWN
    if _same(sample.value, rule.equals) is not rule.negate:
        return Verdict.FIRES
    # An uncertain value may raise an alarm (marked), but it is not good enough to end one.
    return Verdict.CLEARS if quality.status is Status.GOOD else Verdict.UNKNOWN


def _same(value: Value, wanted: Value) -> bool:
    """True is not 1.0 here, though Python says so."""
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def _quality(rule: QualityRule, quality: Quality) -> Verdict:
    if quality.status is Status.GOOD:
        return Verdict.CLEARS
    is_watched = quality.status is Status.BAD or rule.uncertain
    is_meant = not rule.reasons or quality.reason in rule.reasons
    if is_watched and is_meant and quality.reason not in rule.ignore:
        return Verdict.FIRES
    return Verdict.UNKNOWN
