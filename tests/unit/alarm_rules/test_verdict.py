from typing import Any

import pytest
from msgspec.structs import replace

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
from alarm_rules.verdict import Evidence, Sample, Verdict, evidence_of, verdict
from wire.quality import GOOD, Limit, Quality, Reason, Status, bad, uncertain
from wire.reading import Value

WORDS = Words("a", "一")
SOURCE = Source("here", Mark.ENGINEERING)
TEST = Quality(test=True)


def state(
    equals: bool | float | str = True,
    *,
    negate: bool = False,
    alarm_class: AlarmClass = AlarmClass.HAZARD,
) -> StateRule:
    return StateRule(
        id="smoke",
        alarm_class=alarm_class,
        severity=Severity.CRITICAL,
        title=WORDS,
        guidance=WORDS,
        source=SOURCE,
        point="smoke",
        equals=equals,
        negate=negate,
    )


def quality(
    *, uncertain_too: bool = False, reasons: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
) -> QualityRule:
    return QualityRule(
        id="q",
        alarm_class=AlarmClass.SENSOR_HEALTH,
        severity=Severity.WARNING,
        title=WORDS,
        guidance=WORDS,
        source=SOURCE,
        point="smoke",
        uncertain=uncertain_too,
        reasons=reasons,
        ignore=ignore,
    )


OFFLINE = AbsenceRule(
    id="offline",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.HIGH,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    duration=30,
)
SATURATED = bad(Reason.OUT_OF_RANGE, Limit.HIGH)


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        (state(), True, Verdict.FIRES),
        (state(), False, Verdict.CLEARS),
        (state(), 1.0, Verdict.CLEARS),
        (state(1.0), True, Verdict.CLEARS),
        (state("static"), "static", Verdict.FIRES),
        (state("static"), "none", Verdict.CLEARS),
        (state(3.0, negate=True), 3.0, Verdict.CLEARS),
        (state(3.0, negate=True), 2.0, Verdict.FIRES),
    ],
)
def test_a_good_value_fires_or_clears(rule: StateRule, value: Value, said: Verdict) -> None:
    assert verdict(rule, Sample(0, value)) is said


@pytest.mark.parametrize("reason", list(Reason))
def test_bad_proves_nothing_for_a_state_rule(reason: Reason) -> None:
    assert verdict(state(), Sample(0, None, bad(reason))) is Verdict.UNKNOWN


def test_saturated_high_fires_the_hazard_only() -> None:
    assert verdict(state(), Sample(0, None, SATURATED)) is Verdict.FIRES
    health = state(alarm_class=AlarmClass.SENSOR_HEALTH)
    assert verdict(health, Sample(0, None, SATURATED)) is Verdict.UNKNOWN


def test_uncertain_may_raise_but_never_clears() -> None:
    doubt = uncertain(Reason.STALE)
    assert verdict(state(), Sample(0, value=True, quality=doubt)) is Verdict.FIRES
    assert verdict(state(), Sample(0, value=False, quality=doubt)) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("rule", "told", "said"),
    [
        (quality(), GOOD, Verdict.CLEARS),
        (quality(), bad(Reason.SENSOR_FAULT), Verdict.FIRES),
        (quality(), uncertain(Reason.STALE), Verdict.UNKNOWN),
        (quality(uncertain_too=True), uncertain(Reason.STALE), Verdict.FIRES),
        (quality(reasons=("warm_up",)), bad(Reason.SENSOR_FAULT), Verdict.UNKNOWN),
        (quality(reasons=("warm_up",)), bad(Reason.WARM_UP), Verdict.FIRES),
        (quality(ignore=("comm_failure",)), bad(Reason.COMM_FAILURE), Verdict.UNKNOWN),
    ],
)
def test_a_quality_rule_looks_at_the_quality(
    rule: QualityRule, told: Quality, said: Verdict
) -> None:
    value = None if told.status is Status.BAD else False
    assert verdict(rule, Sample(0, value, told)) is said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (GOOD, Verdict.CLEARS),
        (bad(Reason.SENSOR_FAULT), Verdict.CLEARS),
        (bad(Reason.DEVICE_EXCEPTION), Verdict.CLEARS),
        (bad(Reason.COMM_FAILURE), Verdict.UNKNOWN),
        (bad(Reason.NOT_CONNECTED), Verdict.UNKNOWN),
        (bad(Reason.NEVER_READ), Verdict.UNKNOWN),
        (uncertain(Reason.STALE), Verdict.UNKNOWN),
    ],
)
def test_only_what_the_device_said_is_a_sign_of_life(told: Quality, said: Verdict) -> None:
    assert verdict(OFFLINE, Sample(0, None, told)) is said


def test_evidence_has_an_order() -> None:
    assert evidence_of(Sample(0, value=True, quality=TEST)) is Evidence.TEST
    assert evidence_of(Sample(0, value=True, quality=uncertain(Reason.STALE))) is Evidence.UNCERTAIN
    assert evidence_of(Sample(0, value=True)) is Evidence.FIRM
    assert Evidence.TEST < Evidence.UNCERTAIN < Evidence.FIRM


COMMON: dict[str, Any] = {
    "id": "a",
    "alarm_class": AlarmClass.HAZARD,
    "severity": Severity.HIGH,
    "title": WORDS,
    "guidance": WORDS,
    "source": SOURCE,
    "point": "level",
}
FLOOD = LimitRule(**COMMON, limit=0.25, deadband=0.05)
OXYGEN = LimitRule(**COMMON, limit=0.195, deadband=0.005, direction=Direction.LOW)
TILT = DeviationRule(**COMMON, limit=10.0, baseline=3.0, deadband=2.0)
UNSET = DeviationRule(**COMMON, limit=10.0)
NEARER = DeviationRule(**COMMON, limit=0.25, baseline=2.0, deadband=0.05, direction=Direction.LOW)
FARTHER = replace(NEARER, direction=Direction.HIGH)
RISING = RateRule(**COMMON, limit=0.05, window=300)
FIRES, CLEARS, UNKNOWN = Verdict.FIRES, Verdict.CLEARS, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        (FLOOD, 0.25, FIRES),
        (FLOOD, 0.9, FIRES),
        (FLOOD, 0.249, UNKNOWN),
        (FLOOD, 0.20, UNKNOWN),
        (FLOOD, 0.199, CLEARS),
        (FLOOD, True, UNKNOWN),
        (FLOOD, "dry", UNKNOWN),
        (replace(FLOOD, deadband=0.0), 0.2499, CLEARS),
        (OXYGEN, 0.195, FIRES),
        (OXYGEN, 0.0, FIRES),
        (OXYGEN, 0.198, UNKNOWN),
        (OXYGEN, 0.209, CLEARS),
        (TILT, 13.0, FIRES),
        (TILT, -7.0, FIRES),
        (TILT, 12.0, UNKNOWN),
        (TILT, -6.0, UNKNOWN),
        (TILT, 10.9, CLEARS),
        (NEARER, 1.75, FIRES),
        (NEARER, 0.1, FIRES),
        (NEARER, 1.8, UNKNOWN),
        (NEARER, 1.81, CLEARS),
        (NEARER, 9.0, CLEARS),
        (FARTHER, 2.25, FIRES),
        (FARTHER, 2.2, UNKNOWN),
        (FARTHER, 0.1, CLEARS),
        (UNSET, 90.0, UNKNOWN),
        (UNSET, 0.0, UNKNOWN),
        (RISING, 0.1, CLEARS),
        (StuckRule(**COMMON, duration=9), 0.1, CLEARS),
        (UnsetRule(**COMMON), 0.1, FIRES),
        (UnsetRule(**COMMON, is_set=True), 0.1, CLEARS),
    ],
)
def test_what_a_good_number_says(rule: Rule, value: Value, said: Verdict) -> None:
    assert verdict(rule, Sample(1, value)) is said
    doubtful = verdict(rule, Sample(1, value, uncertain(Reason.CALIBRATION)))
    assert doubtful is (UNKNOWN if said is CLEARS else said)


LOW, HIGH = Limit.LOW, Limit.HIGH


@pytest.mark.parametrize(
    ("rule", "ends"),
    [
        (state(), {HIGH}),
        (FLOOD, {HIGH}),
        (OXYGEN, {LOW}),
        (NEARER, {LOW}),
        (FARTHER, {HIGH}),
        (TILT, {LOW, HIGH}),
        (UNSET, {LOW, HIGH}),
        (RISING, {HIGH}),
    ],
)
def test_pinned_at_the_dangerous_end_fires_a_hazard_whatever_the_value(
    rule: Rule, ends: set[Limit]
) -> None:
    sound = next((at for one, at in ((OXYGEN, 0.209), (NEARER, 2.0)) if one == rule), 0.0)
    for limit in Limit:
        expected = limit in ends
        for quality in (Quality(limit=limit), uncertain(Reason.CALIBRATION, limit)):
            assert (verdict(rule, Sample(1, sound, quality)) is FIRES) is expected
        out = bad(Reason.OUT_OF_RANGE, limit)
        assert verdict(rule, Sample(1, None, out)) is (FIRES if expected else UNKNOWN)
        assert verdict(rule, Sample(1, None, bad(Reason.COMM_FAILURE, limit))) is UNKNOWN


def test_pinned_is_no_alarm_of_a_sensors_health() -> None:
    health = replace(FLOOD, alarm_class=AlarmClass.SENSOR_HEALTH)
    assert verdict(health, Sample(1, None, SATURATED)) is UNKNOWN
    assert verdict(health, Sample(1, 0.0, Quality(limit=Limit.HIGH))) is CLEARS
    assert verdict(health, Sample(1, 0.3)) is FIRES
