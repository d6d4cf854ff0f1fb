import msgspec
import pytest

from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    Mark,
    QualityRule,
    Rule,
    Severity,
    Source,
    StateRule,
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


@pytest.mark.parametrize("rule", [SMOKE, UNREADABLE, OFFLINE])
def test_every_kind_survives_json_by_its_tag(rule: Rule) -> None:
    text = msgspec.json.encode(rule)
    assert msgspec.json.decode(text, type=Rule) == rule


def test_a_rule_says_which_points_feed_it() -> None:
    assert points_of(SMOKE) == ("smoke",)
    assert points_of(UNREADABLE) == ("relay",)
    assert points_of(OFFLINE) == ()


def test_only_points_of_hazards_are_urgent() -> None:
    assert hazard_points((SMOKE, UNREADABLE, OFFLINE)) == {"smoke"}


def test_an_id_outside_the_grammar_is_refused() -> None:
    text = msgspec.json.encode(SMOKE).replace(b'"id":"smoke"', b'"id":"Smoke!"')
    with pytest.raises(msgspec.ValidationError, match="id"):
        msgspec.json.decode(text, type=StateRule)


def test_words_come_by_language() -> None:
    assert WORDS.by_language() == {"en": "smoke", "zh": "烟雾"}
