import pytest

from alarm_rules.in_force import in_force
from device_profiles.load import profile_hash
from ingest_server.alarm.known_profiles import KnownProfiles, Mismatch
from tests.alarm_rig import PROFILES, SMOKE

OURS = profile_hash(SMOKE)
RULES = in_force(SMOKE.rules).hash


@pytest.mark.parametrize(
    ("profile", "its_hash", "its_rules", "mismatch"),
    [
        (SMOKE.id, OURS, RULES, None),
        (SMOKE.id, "0" * 16, RULES, Mismatch.OTHER_PROFILE),
        (SMOKE.id, OURS, "0" * 16, Mismatch.OTHER_RULES),
        ("unheard_of", OURS, RULES, Mismatch.UNKNOWN_PROFILE),
    ],
)
def test_what_a_birth_may_differ_in(
    profile: str, its_hash: str, its_rules: str, mismatch: Mismatch | None
) -> None:
    assert KnownProfiles(PROFILES).mismatch(profile, its_hash, its_rules) is mismatch


def test_a_hazard_rule_is_fed_by_the_urgent_lane_alone() -> None:
    profiles = KnownProfiles(PROFILES)
    urgent = {
        rule: force.is_urgent
        for rule in ("smoke", "service", "offline")
        if (force := profiles.find_rule(SMOKE.id, rule))
    }
    assert urgent == {"smoke": True, "service": False, "offline": False}
    assert profiles.find_rule(SMOKE.id, "none") is None
    assert profiles.find_rule("unheard_of", "smoke") is None
