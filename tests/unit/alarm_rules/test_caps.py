from typing import Any

import pytest

from alarm_rules.caps import Bound, bound_of, caps_of, default_at, is_milder, site_classes
from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    Caps,
    Direction,
    LimitRule,
    Mark,
    Severity,
    SiteCaps,
    Source,
    Words,
)

S = 1_000_000
WORDS = Words("gas", "燃气")
COMMON: dict[str, Any] = {
    "alarm_class": AlarmClass.HAZARD,
    "title": WORDS,
    "guidance": WORDS,
    "source": Source("here", Mark.STANDARD),
}
TUNNEL = SiteCaps(site_class="utility_tunnel", limit=0.35, severity=Severity.CRITICAL)
LOW = LimitRule(
    **COMMON,
    id="gas_low",
    severity=Severity.HIGH,
    point="lel",
    limit=0.20,
    deadband=0.02,
    off_delay=5 * S,
    caps=Caps(limit=0.25, on_delay=3 * S),
    site_caps=(
        SiteCaps(site_class="household", limit=0.10),
        SiteCaps(site_class="foundry", limit=0.40, deadband=0.01),
    ),
)
HIGH = LimitRule(
    **COMMON, id="gas_high", severity=Severity.HIGH, point="lel", limit=0.5, site_caps=(TUNNEL,)
)
OXYGEN = LimitRule(
    **COMMON,
    id="o2",
    severity=Severity.HIGH,
    point="o2",
    limit=0.195,
    direction=Direction.LOW,
    site_caps=(SiteCaps(site_class="utility_tunnel", limit=0.20),),
)
OFFLINE = AbsenceRule(**COMMON, id="offline", severity=Severity.HIGH, duration=30 * S)


def test_a_missing_cap_is_the_default_itself() -> None:
    caps = caps_of(LOW, None)
    assert (caps.limit, caps.on_delay, caps.off_delay) == (0.25, 3 * S, 5 * S)
    assert (caps.deadband, caps.needed, caps.of, caps.severity) == (0.02, 1, 1, Severity.HIGH)
    assert caps.window is None
    assert caps_of(OFFLINE, None).duration == 30 * S


def test_the_caps_of_a_class_stand_in_place_of_the_rules_own() -> None:
    assert caps_of(LOW, "household").limit == 0.10
    assert caps_of(LOW, "household").on_delay == 0
    assert caps_of(LOW, "utility_tunnel").limit == 0.25


@pytest.mark.parametrize(
    ("rule", "site_class", "limit"),
    [
        (LOW, None, 0.20),
        (LOW, "industrial", 0.20),
        (LOW, "household", 0.10),
        (LOW, "foundry", 0.20),
        (HIGH, "utility_tunnel", 0.35),
        (OXYGEN, None, 0.195),
        (OXYGEN, "utility_tunnel", 0.20),
    ],
)
def test_a_default_gives_way_to_the_caps_of_a_class(
    rule: LimitRule, site_class: str | None, limit: float
) -> None:
    there = default_at(rule, site_class)
    assert isinstance(there, LimitRule)
    assert there.limit == limit


def test_a_class_may_raise_the_severity_and_never_softens() -> None:
    assert default_at(HIGH, "utility_tunnel").severity is Severity.CRITICAL
    assert default_at(OFFLINE, "utility_tunnel") == OFFLINE
    assert site_classes((LOW, HIGH, OFFLINE)) == {"household", "foundry", "utility_tunnel"}


def test_which_side_is_the_stricter() -> None:
    assert bound_of(LOW, "limit") is Bound.AT_MOST
    assert bound_of(OXYGEN, "limit") is Bound.AT_LEAST
    assert is_milder(LOW, "limit", 0.26, caps_of(LOW, None))
    assert not is_milder(LOW, "limit", 0.25, caps_of(LOW, None))
    assert is_milder(OXYGEN, "limit", 0.19, caps_of(OXYGEN, None))
    assert is_milder(LOW, "severity", Severity.NOTICE, caps_of(LOW, None))
