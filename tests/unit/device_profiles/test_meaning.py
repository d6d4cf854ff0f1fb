from typing import Any

import pytest
from msgspec.structs import replace

from alarm_rules.rule import Mark, Source, Words
from device_profiles.meaning import Kept, VersionFault, judge, keep, meaning
from device_profiles.model import Profile, Report
from tests.shipped import PROFILES

UG3 = PROFILES["calectro_ug3"]
WIT = PROFILES["witmotion_485"]
MOUNTED = UG3.points[0].register
assert MOUNTED is not None
OTHER = Words("other words", "另一段文字")


def point(profile: Profile, **changes: Any) -> Profile:
    return replace(profile, points=(replace(profile.points[0], **changes), *profile.points[1:]))


def rule(profile: Profile, **changes: Any) -> Profile:
    return replace(profile, rules=(replace(profile.rules[0], **changes), *profile.rules[1:]))


@pytest.mark.parametrize(
    "changed",
    [
        replace(UG3, title=OTHER, maker="another", model="another"),
        replace(UG3, version=UG3.version + 1),
        replace(UG3, evidence=replace(UG3.evidence, caveats=(OTHER,))),
        replace(UG3, installation=None, examples=()),
        replace(UG3, actions=(replace(UG3.actions[0], title=OTHER), *UG3.actions[1:])),
        point(UG3, title=OTHER),
        point(UG3, register=replace(MOUNTED, doc_address="10001")),
        point(UG3, report=Report(max_interval=60_000_000)),
        rule(UG3, title=OTHER, guidance=OTHER, source=Source("another", Mark.MEMORY)),
    ],
)
def test_words_for_people_mean_nothing_to_a_program(changed: Profile) -> None:
    assert meaning(changed) == meaning(UG3)


def test_nor_does_what_only_a_technician_sets() -> None:
    assert WIT.settings
    assert meaning(replace(WIT, settings=())) == meaning(WIT)


@pytest.mark.parametrize(
    "changed",
    [
        replace(UG3, points=UG3.points[:-1]),
        replace(UG3, rules=UG3.rules[:-1]),
        replace(UG3, actions=UG3.actions[:-1]),
        replace(UG3, transport=replace(UG3.transport, poll_period=2_000_000)),
        point(UG3, id="in_place"),
        point(UG3, register=replace(MOUNTED, address=9)),
        point(UG3, report=Report(max_interval=61_000_000)),
        rule(UG3, latched=False),
        rule(UG3, equals=False),
    ],
)
def test_another_point_rule_order_or_wire_is_another_meaning(changed: Profile) -> None:
    assert meaning(changed) != meaning(UG3)


def test_no_two_profiles_mean_the_same() -> None:
    assert len({meaning(one) for one in PROFILES.values()}) == len(PROFILES)


def kept(version: int, of: Profile = UG3) -> dict[str, Kept]:
    return {"calectro_ug3": Kept(version=version, meaning=meaning(of))}


@pytest.mark.parametrize(
    ("version", "before", "fault", "told"),
    [
        (7, rule(UG3, latched=False), VersionFault.NOT_RAISED, "write version = 8, then run"),
        (8, UG3, VersionFault.LOWERED, "7 is below 8, which was given already: write version = 9"),
        (6, UG3, VersionFault.NOT_KEPT, "what 7 means is not written down: run `device-profiles"),
        (7, UG3, None, ""),
    ],
)
def test_a_version_tells_when_the_meaning_is_another(
    version: int, before: Profile, fault: VersionFault | None, told: str
) -> None:
    found = judge({"calectro_ug3": replace(UG3, version=7)}, kept(version, before))
    assert [one.fault for one in found] == ([] if fault is None else [fault])
    assert all(told in one.remedy and one.profile == "calectro_ug3" for one in found)


def test_a_new_profile_and_one_that_is_gone_are_told() -> None:
    assert [one.fault for one in judge({"calectro_ug3": UG3}, {})] == [VersionFault.NOT_KEPT]
    assert [one.fault for one in judge({}, kept(2))] == [VersionFault.GONE]


def test_what_was_just_kept_is_true() -> None:
    assert judge(PROFILES, keep(PROFILES)) == []
