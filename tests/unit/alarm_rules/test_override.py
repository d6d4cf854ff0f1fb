import math
from typing import Any

import msgspec
import pytest

from alarm_rules.override import (
    Override,
    Refused,
    misplaced,
    refusals,
    wishes_of,
    with_wishes,
)
from alarm_rules.rule import (
    AlarmClass,
    Caps,
    DeviationRule,
    Direction,
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

S = 1_000_000
WORDS = Words("gas", "燃气")
COMMON: dict[str, Any] = {
    "id": "a",
    "alarm_class": AlarmClass.HAZARD,
    "severity": Severity.HIGH,
    "title": WORDS,
    "guidance": WORDS,
    "source": Source("here", Mark.STANDARD),
    "point": "level",
}
GAS = LimitRule(
    **COMMON,
    limit=0.20,
    deadband=0.02,
    caps=Caps(limit=0.25),
    site_caps=(SiteCaps(site_class="household", limit=0.10),),
)
OXYGEN = LimitRule(**COMMON, limit=0.195, direction=Direction.LOW)
TILT = DeviationRule(**COMMON, limit=10.0, deadband=2.0, needed=3, of=3)
RISING = RateRule(**COMMON, limit=0.05, window=300 * S, deadband=0.01)
FROZEN = StuckRule(**COMMON, duration=900 * S, tolerance=0.01)


def wish(**said: Any) -> Override:
    return Override(rule="a", **said)


@pytest.mark.parametrize(
    ("rule", "override"),
    [
        (GAS, wish(limit=0.25)),
        (GAS, wish(limit=0.05, deadband=0.03)),
        (OXYGEN, wish(limit=0.20)),
        (TILT, wish(limit=5.0)),
        (TILT, wish(needed=2)),
        (TILT, wish(of=5)),
        (TILT, wish(baseline=-3.5)),
        (RISING, wish(limit=0.03, window=600 * S)),
        (FROZEN, wish(duration=600 * S, tolerance=0.02)),
    ],
)
def test_stricter_is_taken(rule: Rule, override: Override) -> None:
    assert not [*refusals(rule, override, None)]
    after = msgspec.structs.asdict(with_wishes(rule, override))
    assert after == {**msgspec.structs.asdict(rule), **wishes_of(override)}


@pytest.mark.parametrize(
    ("rule", "override", "reason"),
    [
        (GAS, wish(limit=0.26), Refused.BEYOND_CAP),
        (GAS, wish(limit=math.inf), Refused.WRONG_VALUE),
        (GAS, wish(limit=math.nan), Refused.WRONG_VALUE),
        (GAS, wish(deadband=0.01), Refused.ENDS_SOONER),
        (GAS, wish(window=S), Refused.NOT_OF_THIS_KIND),
        (GAS, wish(baseline=0.0), Refused.NOT_OF_THIS_KIND),
        (GAS, wish(tolerance=0.0), Refused.NOT_OF_THIS_KIND),
        (OXYGEN, wish(limit=0.19), Refused.BEYOND_CAP),
        (TILT, wish(limit=11.0), Refused.BEYOND_CAP),
        (TILT, wish(limit=1.0), Refused.WRONG_VALUE),
        (TILT, wish(limit=-1.0), Refused.WRONG_VALUE),
        (TILT, wish(deadband=11.0), Refused.WRONG_VALUE),
        (TILT, wish(needed=0), Refused.WRONG_VALUE),
        (TILT, wish(of=33), Refused.WRONG_VALUE),
        (TILT, wish(baseline=math.nan), Refused.WRONG_VALUE),
        (TILT, wish(needed=1, of=1), Refused.LATER),
        (RISING, wish(window=60 * S), Refused.LATER),
        (FROZEN, wish(duration=901 * S), Refused.LATER),
        (FROZEN, wish(tolerance=0.001), Refused.BEYOND_CAP),
        (FROZEN, wish(needed=1), Refused.NOT_OF_THIS_KIND),
    ],
)
def test_looser_or_senseless_is_refused_by_name(
    rule: Rule, override: Override, reason: Refused
) -> None:
    (refusal,) = refusals(rule, override, None)
    assert refusal.reason is reason
    assert "'a'" in str(refusal)


def test_the_remedy_names_the_figure_that_would_be_taken() -> None:
    (refusal,) = refusals(GAS, wish(limit=0.3), None)
    assert refusal.remedy == "limit at most 0.25"
    (refusal,) = refusals(GAS, wish(limit=0.15), "household")
    assert refusal.remedy == "limit at most 0.1"
    (refusal,) = refusals(RISING, wish(window=60 * S), None)
    assert refusal.remedy == "window at least 5min"


def test_an_unknown_rule_and_one_named_twice() -> None:
    found = misplaced([GAS], [wish(), Override(rule="b"), wish()])
    assert [one.reason for one in found] == [Refused.UNKNOWN_RULE, Refused.TWICE]


def test_plain_json_carries_what_was_wished_only() -> None:
    override = wish(limit=0.1, needed=2)
    text = msgspec.json.encode(override)
    assert text == b'{"rule":"a","limit":0.1,"needed":2}'
    assert msgspec.json.decode(text, type=Override) == override
