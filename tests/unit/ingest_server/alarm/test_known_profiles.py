from dataclasses import replace

import msgspec
import pytest

from alarm_rules.in_force import in_force
from alarm_rules.override import Override
from alarm_rules.rule import LimitRule, Severity
from device_profiles.load import profile_hash
from device_profiles.model import Profile
from ingest_server.alarm.known_profiles import KnownProfiles, Mismatch, RulesAre
from ingest_server.db.registry import KnownDevice
from tests.alarm_rig import GAUGE, PROFILES, SMOKE, device
from tests.gauge_profile import UNDERPASS
from wire.identity import Override as Wishes
from wire.identity import SiteRules

KNOWN = KnownProfiles(PROFILES)
PLAIN = in_force(SMOKE.rules).hash


def born(profile: Profile, site: SiteRules | None = None, rules: str | None = None) -> KnownDevice:
    """As the registry keeps what a birth said."""
    said = device("d-1", profile.id, rules, site)
    return KnownDevice(
        "gw-1",
        said.device,
        said.profile,
        said.profile_hash,
        said.rules_hash,
        said.line,
        said.place,
        said.name,
        0,
        retired_us=None,
        site=None if site is None else msgspec.json.encode(site).decode(),
    )


@pytest.mark.parametrize(
    ("changed", "mismatch", "rules_are"),
    [
        ({}, None, RulesAre.IN_FORCE),
        ({"profile_hash": "0" * 16}, Mismatch.OTHER_PROFILE, RulesAre.IN_FORCE),
        ({"rules_hash": "0" * 16}, Mismatch.OTHER_RULES, RulesAre.PENDING),
        ({"profile": "unheard_of"}, Mismatch.UNKNOWN_PROFILE, RulesAre.UNKNOWN),
    ],
)
def test_what_a_birth_may_differ_in(
    changed: dict[str, str], mismatch: Mismatch | None, rules_are: RulesAre
) -> None:
    one = replace(born(SMOKE), **changed)  # type: ignore[arg-type]  # these fields are text
    assert one.profile_hash == changed.get("profile_hash", profile_hash(SMOKE))
    assert KNOWN.mismatch(one) is mismatch
    assert KNOWN.rules_are(one) is rules_are


def test_the_sites_own_rules_are_those_that_judge() -> None:
    wishes: Wishes = {"rule": "flood_notice", "limit": 0.1, "on_delay": 0}
    one = born(GAUGE, SiteRules(UNDERPASS, (wishes,)))
    known = KNOWN.of(one)
    assert known is not None
    assert KNOWN.rules_are(one) is RulesAre.IN_FORCE
    assert KNOWN.mismatch(one) is None
    notice, close = known.find("flood_notice"), known.find("flood_close")
    assert notice is not None
    assert close is not None
    assert isinstance(notice.rule, LimitRule)
    assert isinstance(close.rule, LimitRule)
    assert (notice.rule.limit, notice.rule.on_delay, close.rule.limit) == (0.1, 0, 0.2)


@pytest.mark.parametrize(
    "wishes",
    [
        {"rule": "flood_notice", "limit": 0.4},
        {"rule": "flood_notice", "colour": "red"},
        {"rule": "flood_notice", "limit": "high"},
        {"rule": "unheard_of", "limit": 0.1},
    ],
)
def test_changes_that_we_can_not_take_are_pending_and_the_defaults_judge(wishes: Wishes) -> None:
    one = replace(
        born(GAUGE),
        rules_hash="f" * 16,
        site=msgspec.json.encode(SiteRules(None, (wishes,))).decode(),
    )
    known = KNOWN.of(one)
    assert known is not None
    assert known.rules_hash == in_force(GAUGE.rules).hash
    assert KNOWN.rules_are(one) is RulesAre.PENDING
    assert KNOWN.mismatch(one) is Mismatch.OTHER_RULES


def test_changes_that_we_can_take_judge_though_the_hash_differs() -> None:
    """Another release of the profile: stricter is kept, a baseline above all."""
    wishes: Wishes = {"rule": "moved", "baseline": 3.5}
    one = replace(born(GAUGE, SiteRules(None, (wishes,))), rules_hash="f" * 16)
    known = KNOWN.of(one)
    assert known is not None
    assert KNOWN.rules_are(one) is RulesAre.PENDING
    expected = in_force(GAUGE.rules, [Override(rule="moved", baseline=3.5)])
    assert known.rules_hash == expected.hash


def test_the_worst_comes_first_and_outranks_those_of_its_group() -> None:
    known = KNOWN.of(born(GAUGE))
    assert known is not None
    order = list(Severity)
    ranks = [order.index(one.rule.severity) for one in known.rules]
    assert ranks == sorted(ranks)
    outranked = {one.rule.id: one.outranked_by for one in known.rules if one.outranked_by}
    assert outranked == {
        "flood_close": ("flood_nobody",),
        "flood_notice": ("flood_nobody", "flood_close"),
    }


def test_a_hazard_rule_is_fed_by_the_urgent_lane_alone() -> None:
    known = KNOWN.of(born(SMOKE))
    assert known is not None
    assert known.rules_hash == PLAIN
    urgent = {
        rule: force.is_urgent
        for rule in ("smoke", "service", "offline")
        if (force := known.find(rule))
    }
    assert urgent == {"smoke": True, "service": False, "offline": False}
    assert known.find("none") is None
