"""The shipped hazards that stay until somebody looked, as the table of the five kinds says."""

import pytest

from alarm_rules.rule import AlarmClass, Rule, Severity
from device_profiles.model import DeviceKind, Profile
from tests.shipped import PROFILES

HAZARDS = [
    (profile, rule)
    for profile in PROFILES.values()
    for rule in profile.rules
    if rule.alarm_class is AlarmClass.HAZARD
]
LATCHED_KINDS = {DeviceKind.SMOKE, DeviceKind.MANHOLE, DeviceKind.GAS}


def name(one: object) -> str:
    return str(getattr(one, "id", one))


@pytest.mark.parametrize(("profile", "rule"), HAZARDS, ids=name)
def test_smoke_cover_and_gas_stay_until_reset(profile: Profile, rule: Rule) -> None:
    """Water falls by itself; of a radar only the fall, which is over before anybody came."""
    is_latched = profile.kind in LATCHED_KINDS or rule.id == "fall"
    assert rule.latched is is_latched


@pytest.mark.parametrize(("profile", "rule"), HAZARDS, ids=name)
def test_every_critical_hazard_is_a_danger_to_life(profile: Profile, rule: Rule) -> None:
    if rule.severity is Severity.CRITICAL:
        assert rule.life_safety, f"{profile.id}: a shelf would silence {rule.id}"


@pytest.mark.parametrize("kind", DeviceKind)
def test_every_kind_has_a_danger_to_life(kind: DeviceKind) -> None:
    rules = [rule for profile, rule in HAZARDS if profile.kind is kind]
    assert any(rule.life_safety and rule.enabled for rule in rules)
