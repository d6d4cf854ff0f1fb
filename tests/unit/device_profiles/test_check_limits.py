import pytest
from msgspec.structs import replace

from alarm_rules.rule import Direction, LimitRule, RateRule, Rule, SiteCaps
from device_profiles.check_limits import check_limits
from tests.gauge_profile import gauge_profile
from tests.shipped import PROFILES

XCD = PROFILES["honeywell_sensepoint_xcd"]
LEL = XCD.point("lel")  # from -0.1 to 1.0
(GAS_HIGH,) = (rule for rule in XCD.rules if rule.id == "gas_high")
GAUGE_RULES = {rule.id: rule for rule in gauge_profile().rules}
RISING, MOVED = (replace(GAUGE_RULES[name], point="lel") for name in ("rising", "moved"))
FIRES = "an alarm that can never fire"
ENDS = "an alarm that can never end"


def told(rule: Rule) -> list[str]:
    return [str(problem) for problem in check_limits(rule, LEL, XCD, "rules[2]")]


def low(limit: float, deadband: float = 0.0) -> Rule:
    return replace(GAS_HIGH, direction=Direction.LOW, limit=limit, deadband=deadband, site_caps=())


@pytest.mark.parametrize("rule", [GAS_HIGH, RISING, low(0.1, 0.1), low(-0.1)])
def test_these_fire_and_end(rule: Rule) -> None:
    assert told(rule) == []


def caps(limit: float) -> SiteCaps:
    return SiteCaps(site_class="industrial", limit=limit)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (replace(GAS_HIGH, limit=2.0), f"limit: is 2, but 'lel' is never more than 1: {FIRES}"),
        (
            replace(GAS_HIGH, site_caps=(caps(0.4), caps(2.0))),
            f"site_caps[1].limit: is 2, but 'lel' is never more than 1: {FIRES}",
        ),
        (low(-0.2), f"limit: is -0.2, but 'lel' is never less than -0.1: {FIRES}"),
        (
            replace(GAS_HIGH, limit=0.1, deadband=0.2),
            f"deadband: it clears below -0.1, but 'lel' is never less than -0.1: {ENDS}",
        ),
        (
            low(0.9, 0.1),
            f"deadband: it clears above 1, but 'lel' is never more than 1: {ENDS}",
        ),
        (
            replace(RISING, limit=1.2, deadband=0.1),
            f"limit: is 1.2, but 'lel' can not change by more than 1.1: {FIRES}",
        ),
        (
            replace(RISING, limit=0.1, deadband=0.1),
            f"deadband: 0.1 is not below the limit of 0.1: {ENDS}",
        ),
        (
            replace(MOVED, limit=0.5, deadband=0.6),
            f"deadband: 0.6 is not below the limit of 0.5: {ENDS}",
        ),
    ],
)
def test_what_never_fires_or_never_ends_is_named(rule: Rule, message: str) -> None:
    assert f"rules[2].{message}" in told(rule)


def test_rules_that_are_not_of_numbers_have_no_limits() -> None:
    assert isinstance(GAS_HIGH, LimitRule)
    assert isinstance(RISING, RateRule)
    state = XCD.point("state")
    assert list(check_limits(replace(GAS_HIGH, limit=9.0), state, XCD, "rules[2]")) == []
    assert told(XCD.rules[-1]) == []
