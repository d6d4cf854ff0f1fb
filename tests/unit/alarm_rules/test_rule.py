from typing import Any

import msgspec
import pytest

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
    SiteCaps,
    Source,
    StateRule,
    StuckRule,
    UnsetRule,
    Words,
    hazard_points,
    points_of,
)

WORDS = Words("smoke", "烟雾")
SOURCE = Source("manual p. 5", Mark.DATASHEET)
SMOKE = StateRule(
    id="smoke",
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.CRITICAL,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    point="smoke",
    equals=True,
)
UNREADABLE = QualityRule(
    id="unreadable",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.WARNING,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    point="relay",
)
OFFLINE = AbsenceRule(
    id="offline",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.WARNING,
    title=WORDS,
    guidance=WORDS,
    source=SOURCE,
    duration=30_000_000,
)


HEALTH: dict[str, Any] = {
    "id": "a",
    "alarm_class": AlarmClass.SENSOR_HEALTH,
    "severity": Severity.WARNING,
    "title": WORDS,
    "guidance": WORDS,
    "source": SOURCE,
    "point": "level",
}
HAZARD = HEALTH | {"alarm_class": AlarmClass.HAZARD, "group": "flood"}
TUNNEL = SiteCaps(site_class="utility_tunnel", limit=0.35)
OTHERS: tuple[Rule, ...] = (
    LimitRule(**HAZARD, limit=0.25, direction=Direction.LOW, site_caps=(TUNNEL,)),
    DeviationRule(**HAZARD, limit=10.0, needed=3, of=3),
    RateRule(**HAZARD, limit=0.05, window=300_000_000),
    StuckRule(**HEALTH, duration=300_000_000),
    UnsetRule(**HEALTH),
)


@pytest.mark.parametrize("rule", [SMOKE, UNREADABLE, OFFLINE, *OTHERS])
def test_every_kind_survives_json_by_its_tag(rule: Rule) -> None:
    text = msgspec.json.encode(rule)
    assert msgspec.json.decode(text, type=Rule) == rule


def test_a_rule_says_which_points_feed_it() -> None:
    assert points_of(SMOKE) == ("smoke",)
    assert points_of(UNREADABLE) == ("relay",)
    assert points_of(OFFLINE) == ()
    assert all(points_of(rule) == ("level",) for rule in OTHERS)


def test_only_points_of_hazards_are_urgent() -> None:
    assert hazard_points((SMOKE, UNREADABLE, OFFLINE)) == {"smoke"}
    for rule in OTHERS:
        is_hazard = rule.alarm_class is AlarmClass.HAZARD
        assert hazard_points((rule,)) == ({"level"} if is_hazard else set())


def test_what_is_left_at_its_default_is_no_part_of_the_json() -> None:
    """So that a rule keeps its hash when the kinds learn more."""
    assert b"caps" not in msgspec.json.encode(SMOKE)
    assert b"null" not in msgspec.json.encode(OTHERS[0])


def test_an_id_outside_the_grammar_is_refused() -> None:
    text = msgspec.json.encode(SMOKE).replace(b'"id":"smoke"', b'"id":"Smoke!"')
    with pytest.raises(msgspec.ValidationError, match="id"):
        msgspec.json.decode(text, type=StateRule)


def test_words_come_by_language() -> None:
    assert WORDS.by_language() == {"en": "smoke", "zh": "烟雾"}
