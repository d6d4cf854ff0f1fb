import pytest
from msgspec.structs import replace

from alarm_rules.in_force import InForce, OverrideError, in_force, rules_hash
from alarm_rules.override import Override, Refused
from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    Caps,
    DeviationRule,
    LimitRule,
    Mark,
    Severity,
    SiteCaps,
    Source,
    StateRule,
    UnsetRule,
    Words,
)

WORDS = Words("a", "一")
SOURCE = Source("here", Mark.ENGINEERING)
STILL = StateRule(
    id="still",
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.HIGH,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    latched=True,
    on_delay=10_000_000,
    off_delay=5_000_000,
    caps=Caps(on_delay=60_000_000),
    point="still",
    equals=True,
)
HEIGHT = StateRule(
    id="height",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.WARNING,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    enabled=False,
    point="height",
    equals=2.6,
    negate=True,
    site_sets_value=True,
)
OFFLINE = AbsenceRule(
    id="offline",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.HIGH,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    duration=30_000_000,
)
RULES = (STILL, HEIGHT, OFFLINE)


def test_defaults_are_in_force_and_what_is_off_is_not() -> None:
    assert in_force(RULES) == InForce((STILL, OFFLINE), rules_hash((STILL, OFFLINE)))


@pytest.mark.parametrize(
    "override",
    [
        Override(rule="still", severity=Severity.CRITICAL),
        Override(rule="still", on_delay=1_000_000),
        Override(rule="still", on_delay=60_000_000),
        Override(rule="still", off_delay=9_000_000),
        Override(rule="still", enabled=True, latched=True),
        Override(rule="offline", duration=20_000_000),
        Override(rule="height", enabled=True, equals=2.4),
    ],
)
def test_stricter_is_taken_and_changes_the_hash(override: Override) -> None:
    plain, changed = in_force(RULES), in_force(RULES, [override])
    if override.latched is None:
        assert changed.hash != plain.hash
    assert {rule.id for rule in changed.rules} >= {"still", "offline"}


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        (Override(rule="stil", severity=Severity.CRITICAL), Refused.UNKNOWN_RULE),
        (Override(rule="still", enabled=False), Refused.SWITCHES_OFF),
        (Override(rule="still", severity=Severity.WARNING), Refused.MILDER),
        (Override(rule="still", latched=False), Refused.UNLATCHES),
        (Override(rule="still", on_delay=61_000_000), Refused.LATER),
        (Override(rule="still", off_delay=1), Refused.ENDS_SOONER),
        (Override(rule="still", duration=1), Refused.NOT_OF_THIS_KIND),
        (Override(rule="still", equals=False), Refused.VALUE_FIXED),
        (Override(rule="offline", duration=31_000_000), Refused.LATER),
        (Override(rule="offline", duration=0), Refused.WRONG_VALUE),
        (Override(rule="offline", equals=1.0), Refused.NOT_OF_THIS_KIND),
        (Override(rule="height", equals=True), Refused.WRONG_VALUE),
    ],
)
def test_looser_is_refused_by_name(override: Override, reason: Refused) -> None:
    with pytest.raises(OverrideError) as caught:
        in_force(RULES, [override])
    assert [refusal.reason for refusal in caught.value.refusals] == [reason]
    assert override.rule in str(caught.value)


def test_every_refusal_is_told_at_once() -> None:
    wishes = [Override(rule="still", enabled=False), Override(rule="still", latched=False)]
    with pytest.raises(OverrideError) as caught:
        in_force(RULES, wishes)
    reasons = {refusal.reason for refusal in caught.value.refusals}
    assert reasons == {Refused.TWICE, Refused.UNLATCHES}


def test_the_order_of_the_rules_does_not_count_for_the_hash() -> None:
    assert rules_hash((STILL, OFFLINE)) == rules_hash((OFFLINE, STILL))
    assert len(rules_hash(())) == 16
    assert rules_hash((replace(STILL, on_delay=1),)) != rules_hash((STILL,))


GAS = LimitRule(
    id="gas",
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.CRITICAL,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    point="lel",
    limit=0.5,
    site_caps=(SiteCaps(site_class="utility_tunnel", limit=0.35),),
)
TILT = DeviationRule(
    id="tilt",
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.HIGH,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    point="tilt",
    limit=10.0,
)


def limit_of(force: InForce) -> float:
    (rule,) = force.rules
    assert isinstance(rule, LimitRule)
    return rule.limit


def test_a_class_of_site_makes_its_own_defaults_and_caps() -> None:
    assert limit_of(in_force([GAS])) == 0.5
    assert limit_of(in_force([GAS], site_class="utility_tunnel")) == 0.35
    wish = Override(rule="gas", limit=0.4)
    assert limit_of(in_force([GAS], [wish])) == 0.4
    with pytest.raises(OverrideError, match=r"limit at most 0\.35"):
        in_force([GAS], [wish], "utility_tunnel")


def test_a_misspelt_class_is_refused_where_classes_count() -> None:
    with pytest.raises(OverrideError, match="utility_tunnel") as caught:
        in_force([GAS], site_class="utility-tunel")
    assert [one.reason for one in caught.value.refusals] == [Refused.UNKNOWN_SITE_CLASS]
    assert in_force(RULES, site_class="anything") == in_force(RULES)


def test_a_deviation_without_a_baseline_is_never_a_silent_pass() -> None:
    deviation, unset = in_force([TILT]).rules
    assert deviation == TILT
    assert isinstance(unset, UnsetRule)
    assert (unset.id, unset.point, unset.is_set) == ("tilt_unset", "tilt", False)
    assert unset.alarm_class is AlarmClass.SENSOR_HEALTH
    _, done = in_force([TILT], [Override(rule="tilt", baseline=1.5)]).rules
    assert done == replace(unset, is_set=True)


def test_a_deviation_that_is_off_needs_no_baseline() -> None:
    assert in_force([replace(TILT, enabled=False)]).rules == ()
