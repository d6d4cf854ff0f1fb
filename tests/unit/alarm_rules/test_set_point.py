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
    RateRule,
    Rule,
    Severity,
    Source,
    StateRule,
    Words,
)
from alarm_rules.set_point import set_points, stated_points, voting_points, widest_deadbands

WORDS = Words("flood", "积水")
COMMON: dict[str, Any] = {
    "id": "a",
    "alarm_class": AlarmClass.HAZARD,
    "severity": Severity.HIGH,
    "title": WORDS,
    "guidance": WORDS,
    "source": Source("here", Mark.ENGINEERING),
}
FLOOD = LimitRule(**COMMON, point="level", limit=0.25, deadband=0.05)
CLOSE = LimitRule(**COMMON, point="level", limit=0.5)
LOW = LimitRule(**COMMON, point="supply", limit=11.0, deadband=0.5, direction=Direction.LOW)
TILT = DeviationRule(**COMMON, point="tilt", limit=10.0, deadband=2.0, baseline=1.5, needed=3, of=3)
NEARER = DeviationRule(
    **COMMON, point="distance", limit=0.25, deadband=0.125, baseline=2.0, direction=Direction.LOW
)
FARTHER = replace(NEARER, direction=Direction.HIGH)
UNSET = DeviationRule(**COMMON, point="roll", limit=10.0)
HEIGHT = StateRule(**COMMON, point="height", equals=2.5, negate=True)
COVER = StateRule(**COMMON, point="cover", equals=True)
OFFLINE = AbsenceRule(**COMMON, duration=30_000_000)


@pytest.mark.parametrize(
    ("rules", "points"),
    [
        ((FLOOD,), {"level": (0.2, 0.25)}),
        ((FLOOD, CLOSE), {"level": (0.2, 0.25, 0.5)}),
        ((LOW,), {"supply": (11.0, 11.5)}),
        ((TILT,), {"tilt": (-8.5, -6.5, 9.5, 11.5)}),
        ((NEARER,), {"distance": (1.75, 1.875)}),
        ((FARTHER,), {"distance": (2.125, 2.25)}),
        ((HEIGHT,), {"height": (2.5,)}),
        ((UNSET, COVER, OFFLINE), {}),
    ],
)
def test_the_values_at_which_a_rule_may_change_its_mind(
    rules: tuple[Rule, ...], points: dict[str, tuple[float, ...]]
) -> None:
    assert set_points(rules) == points


def test_of_a_voting_rule_every_sample_counts() -> None:
    assert voting_points((FLOOD, TILT, COVER, OFFLINE)) == {"tilt"}


def test_of_a_state_or_a_text_each_change_may_be_a_crossing() -> None:
    smoke = StateRule(**COMMON, point="smoke", equals=True)
    mode = StateRule(**COMMON, point="mode", equals="test", negate=True)
    assert stated_points([smoke, mode, HEIGHT, FLOOD]) == {"smoke", "mode"}


def test_a_rate_rule_bounds_the_deadband_of_its_point() -> None:
    rising = RateRule(**COMMON, point="level", limit=0.05, window=300_000_000)
    faster = RateRule(**COMMON, point="level", limit=0.04, window=60_000_000)
    assert widest_deadbands((rising, FLOOD)) == {"level": 0.005}
    assert widest_deadbands((rising, faster)) == widest_deadbands((faster, rising))
    assert widest_deadbands((rising, faster)) == {"level": 0.004}
