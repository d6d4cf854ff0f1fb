"""A profile that no device has, with a rule of every kind that judges numbers."""

from typing import Any

from msgspec.structs import replace

from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    DeviationRule,
    LimitRule,
    Mark,
    RateRule,
    Rule,
    Severity,
    SiteCaps,
    Source,
    StuckRule,
    Words,
)
from device_profiles.model import Profile
from tests.shipped import PROFILES

S = 1_000_000
UNDERPASS = "underpass"


def gauge_profile() -> Profile:
    """`test_gauge`: a level with three severities and a rise, a tilt against its baseline."""
    base = PROFILES["calectro_ug3"]
    level = replace(base.points[0], id="level", value="number", unit="m")
    tilt = replace(base.points[1], id="tilt", value="number", unit="deg")
    return replace(base, id="test_gauge", points=(level, tilt), rules=_rules())


def _rules() -> tuple[Rule, ...]:
    hazard: dict[str, Any] = _said(AlarmClass.HAZARD)
    flood = {**hazard, "point": "level", "group": "flood", "deadband": 0.02}
    return (
        LimitRule(
            **flood,
            id="flood_notice",
            severity=Severity.NOTICE,
            limit=0.15,
            on_delay=5 * S,
            off_delay=20 * S,
        ),
        LimitRule(
            **flood,
            id="flood_close",
            severity=Severity.HIGH,
            limit=0.25,
            off_delay=20 * S,
            site_caps=(SiteCaps(site_class=UNDERPASS, limit=0.20),),
        ),
        LimitRule(
            **flood, id="flood_nobody", severity=Severity.CRITICAL, limit=0.5, off_delay=20 * S
        ),
        RateRule(
            **hazard,
            id="rising",
            severity=Severity.WARNING,
            point="level",
            limit=0.05,
            window=300 * S,
            deadband=0.01,
        ),
        DeviationRule(
            **hazard,
            id="moved",
            severity=Severity.HIGH,
            point="tilt",
            limit=10.0,
            deadband=2.0,
            needed=3,
            of=3,
            latched=True,
            life_safety=True,
        ),
        StuckRule(
            **_said(AlarmClass.SENSOR_HEALTH),
            id="frozen",
            severity=Severity.WARNING,
            point="level",
            duration=900 * S,
        ),
        AbsenceRule(
            **_said(AlarmClass.SENSOR_HEALTH),
            id="offline",
            severity=Severity.HIGH,
            duration=120 * S,
        ),
    )


def _said(alarm_class: AlarmClass) -> dict[str, Any]:
    words = Words("Test", "测试")
    source = Source("for tests only", Mark.ENGINEERING)
    return {"alarm_class": alarm_class, "title": words, "guidance": words, "source": source}
