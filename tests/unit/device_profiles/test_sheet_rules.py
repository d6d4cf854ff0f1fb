import pytest
from msgspec.structs import replace

from alarm_rules.rule import Direction, QualityRule, Rule, StateRule, VotedRule
from device_profiles.model import Profile
from device_profiles.sheet import Items, Table
from device_profiles.sheet_rules import rules_section
from tests.gauge_profile import gauge_profile
from tests.shipped import PROFILES

GAUGE = gauge_profile()
UG3 = PROFILES["calectro_ug3"]
XCD = PROFILES["honeywell_sensepoint_xcd"]
RULES = {rule.id: rule for profile in (XCD, UG3, GAUGE) for rule in profile.rules}


def when(rule: Rule, lang: str = "en") -> str:
    profile = replace(XCD, points=(*XCD.points, *GAUGE.points), rules=(rule,))
    table = rules_section(profile, lang, with_guidance=False).blocks[0]
    assert isinstance(table, Table)
    return table.rows[0][3]


def voted(name: str, **changes: object) -> Rule:
    rule = RULES[name]
    assert isinstance(rule, VotedRule)
    return replace(rule, **changes)


def test_hazards_come_first_and_say_how_bad_they_are() -> None:
    hazards, health, *_ = rules_section(UG3, "en", with_guidance=False).blocks
    assert isinstance(hazards, Table)
    assert isinstance(health, Table)
    assert hazards.rows[0][:3] == ("smoke", "Smoke detected", "critical, life safety, latched")
    assert hazards.rows[0][4].endswith("(read in the maker's document)")
    assert {row[0] for row in health.rows} >= {"tamper", "offline"}


@pytest.mark.parametrize(
    ("rule", "lang", "told"),
    [
        (RULES["smoke"], "en", "smoke = true"),
        (
            replace(RULES["gas_low"], on_delay=5_000_000, off_delay=60_000_000),
            "en",
            "lel ≥ 0.2 (20 %); for 5 s; ends at 0.18 (18 %), once that has held for 1 min",
        ),
        (RULES["wrong_unit"], "en", "unit ≠ lel"),
        (RULES["wrong_gas"], "zh", "gas ≠ METHANE；现场可另设"),
        (RULES["rising"], "en", "level rises by 0.05 m in 5 min"),
        (
            replace(RULES["rising"], direction=Direction.LOW),
            "zh",
            "level 在 5 分钟内下降 0.05 m",
        ),
        (voted("moved", needed=2, of=3), "en", "tilt is 10° off its baseline; 2 of 3 samples"),
        (
            voted("moved", needed=1, of=1, direction=Direction.HIGH),
            "en",
            "tilt is 10° above its baseline",
        ),
        (RULES["frozen"], "en", "level has not changed for 15 min"),
        (RULES["wrong_device"], "en", "state is bad; because of configuration"),
    ],
)
def test_each_kind_says_when(rule: Rule, lang: str, told: str) -> None:
    assert when(rule, lang) == told


def test_quality_and_absence_say_when() -> None:
    rule = next(rule for rule in UG3.rules if isinstance(rule, QualityRule))
    assert when(replace(rule, uncertain=True, ignore=("never_read",))) == (
        "smoke is bad or uncertain; not because of never_read; for 10 s"
    )
    assert when(UG3.rules[-1]) or isinstance(UG3.rules[-1], StateRule)
    offline = next(rule for rule in UG3.rules if rule.id == "offline")
    assert when(offline) == "no sign of life for 30 s"


def test_a_rule_that_is_off_says_so() -> None:
    (hazards, *_) = rules_section(XCD, "en", with_guidance=False).blocks
    assert isinstance(hazards, Table)
    marks = {row[0]: row[2] for row in hazards.rows}
    assert marks["gas_notice"].endswith("off unless the site switches it on")


def test_classes_of_site_and_guidance() -> None:
    section = rules_section(XCD, "en", with_guidance=True)
    tables = [one for one in section.blocks if isinstance(one, Table)]
    (classes,) = (one for one in tables if one.heads[1] == "class of site")
    assert ("gas_high", "utility_tunnel", "0.35 (35 %)") in classes.rows
    (to_do,) = (one for one in section.blocks if isinstance(one, Items))
    assert len(to_do.items) == len(XCD.rules)


def test_of_a_silent_device_the_rule_of_absence_is_named() -> None:
    assert unreadable_of(UG3, "en") == (
        "smoke is bad; not while it is silent altogether, which is offline; for 10 s"
    )
    assert (
        unreadable_of(UG3, "zh")
        == "smoke 质量为坏；设备毫无音讯时除外，由 offline 上报；持续 10 秒"
    )
    assert unreadable_of(XCD, "en") == (
        "lel is bad; not while it is silent altogether, which is offline;"
        " not because of configuration, warm_up, inhibited, calibration; for 10 s"
    )


def unreadable_of(profile: Profile, lang: str) -> str:
    _, health, *_ = rules_section(profile, lang, with_guidance=False).blocks
    assert isinstance(health, Table)
    (found,) = (row[3] for row in health.rows if row[0] == "unreadable")
    return found
