from collections.abc import Callable

import pytest
from msgspec.structs import replace

from alarm_rules.rule import (
    AlarmClass,
    Caps,
    DeviationRule,
    Rule,
    Severity,
    SiteCaps,
    StateRule,
    StuckRule,
    UnsetRule,
)
from device_profiles.check_rules import check_rules
from device_profiles.model import Profile
from tests.shipped import PROFILES

UG3 = PROFILES["calectro_ug3"]
RADAR = PROFILES["micradar_r60afd1"]
RULER = PROFILES["bcd_ruler"]
XCD = PROFILES["honeywell_sensepoint_xcd"]
CLOSE, NOBODY, RISING, FOULED = 1, 2, 3, 5


def told(profile: Profile) -> list[str]:
    return [str(problem) for problem in check_rules(profile)]


def with_rule(profile: Profile, index: int, **changes: object) -> Profile:
    rules: list[Rule] = list(profile.rules)
    rules[index] = replace(rules[index], **changes)
    return replace(profile, rules=tuple(rules))


def named(rule: Rule, kind: Callable[..., Rule], **more: object) -> Rule:
    """Another kind of rule with the same words."""
    return kind(
        id="other",
        alarm_class=AlarmClass.SENSOR_HEALTH,
        severity=rule.severity,
        title=rule.title,
        guidance=rule.guidance,
        source=rule.source,
        **more,
    )


UNSET = named(UG3.rules[0], UnsetRule, point="smoke")
LONG_ID = "a_deviation_of_27_characters"[:27]
DEVIATION = {"point": "level", "limit": 0.1}
TILTED = named(UG3.rules[0], DeviationRule, point="smoke", limit=1.0)
STUCK = named(RULER.rules[0], StuckRule, point="level", duration=15_000_000)
TWICE = (SiteCaps(site_class="household", limit=0.1),) * 2


@pytest.mark.parametrize(
    ("profile", "first"),
    [
        (with_rule(UG3, 0, point="smok"), "rules[0].point: 'smok' is not a point"),
        (with_rule(UG3, 0, equals=1.0), "rules[0].equals: 1.0 is never a value of a state"),
        (with_rule(UG3, 1, life_safety=True), "rules[1].life_safety: belongs to hazards"),
        (
            with_rule(UG3, 0, on_delay=5, caps=Caps(on_delay=4)),
            "rules[0].caps.on_delay: is shorter",
        ),
        (with_rule(UG3, 3, alarm_class=AlarmClass.HAZARD), "rules[3].alarm_class: a bad value"),
        (with_rule(UG3, 4, duration=15_000_000), "rules[4].duration: is shorter than two reports"),
        (with_rule(UG3, 0, needed=3, of=2), "rules[0].needed: 3 of 2 samples"),
        (replace(UG3, rules=(UNSET,)), "rules[0].kind: unset is not written"),
        (replace(UG3, rules=(TILTED,)), "rules[0].point: 'smoke' is a state, not a number"),
        (replace(RULER, rules=(STUCK,)), "rules[0].duration: is shorter than two reports of the p"),
        (with_rule(RULER, CLOSE, deadband=0.3), "rules[1].deadband: 0.3 is wider"),
        (with_rule(RULER, CLOSE, limit=0.6), "rules[2].limit: of 'water_nobody' is not beyond"),
        (with_rule(RULER, CLOSE, caps=Caps(limit=0.2)), "rules[1].caps.limit: is stricter"),
        (with_rule(RULER, RISING, window=0), "rules[3].window: must be longer"),
        (with_rule(RULER, FOULED, alarm_class=AlarmClass.HAZARD), "rules[5].alarm_class: a bad"),
        (
            replace(
                RULER,
                rules=(replace(named(RULER.rules[0], DeviationRule, **DEVIATION), id=LONG_ID),),
            ),
            "rules[0].id: is 27 long; of a deviation it is at most 26: a_deviation_of_27_cha",
        ),
        (
            replace(
                RULER,
                rules=(
                    named(RULER.rules[0], DeviationRule, **DEVIATION),
                    replace(RULER.rules[0], id="other_unset"),
                ),
            ),
            "rules[0].id: other_unset is the name of another rule",
        ),
        (
            with_rule(UG3, 3, ignore=("comm_failur",)),
            "rules[3].ignore: 'comm_failur' is not a reason; did you mean 'comm_failure'?",
        ),
        (with_rule(XCD, 1, site_caps=TWICE), "rules[1].site_caps: name a class of site twice"),
    ],
)
def test_a_contradiction_is_named(profile: Profile, first: str) -> None:
    assert any(one.startswith(first) for one in told(profile)), told(profile)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_the_shipped_ones_are_sound(profile: Profile) -> None:
    assert told(profile) == []


def test_a_low_limit_is_stricter_when_it_is_higher() -> None:
    index = next(n for n, rule in enumerate(XCD.rules) if rule.id == "supply_low")
    assert told(with_rule(XCD, index, caps=Caps(limit=12.0))) == []
    assert told(with_rule(XCD, index, caps=Caps(limit=18.0))) != []


def test_severities_of_one_group_may_be_of_several_points() -> None:
    assert Severity.CRITICAL in {rule.severity for rule in XCD.rules}
    assert isinstance(UG3.rules[0], StateRule)
    assert told(with_rule(UG3, 0, group="any")) == []


def test_a_rule_that_waits_for_a_word_that_never_comes_is_named() -> None:
    rules = [
        replace(rule, equals="broken") if rule.id == "chip_fault" else rule for rule in RADAR.rules
    ]
    found = told(replace(RADAR, rules=tuple(rules)))
    assert found == ["rules[7].equals: 'broken' is not one of none, radar_chip, encryption"]
