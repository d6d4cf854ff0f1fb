from collections.abc import Callable

import pytest
from msgspec.structs import replace

from alarm_rules.rule import AbsenceRule, AlarmClass, Words
from device_profiles.check import check_profile
from device_profiles.encoding import Field, NumberType, Register, Table
from device_profiles.load import catalog
from device_profiles.model import Action, Grade, Point, Profile, ValueKind

PROFILES = catalog()
UG3 = PROFILES["calectro_ug3"]
RADAR = PROFILES["micradar_r60afd1"]
XCD = PROFILES["honeywell_sensepoint_xcd"]
WIT = PROFILES["witmotion_485"]


def with_point(profile: Profile, index: int, change: Callable[[Point], Point]) -> Profile:
    points = list(profile.points)
    points[index] = change(points[index])
    return replace(profile, points=tuple(points))


def register(**changes: object) -> Callable[[Point], Point]:
    def change(point: Point) -> Point:
        assert point.register is not None
        return replace(point, register=replace(point.register, **changes))

    return change


def field(**changes: object) -> Callable[[Point], Point]:
    def change(point: Point) -> Point:
        assert isinstance(point.field, Field)
        return replace(point, field=replace(point.field, **changes))

    return change


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_the_shipped_ones_are_sound(profile: Profile) -> None:
    assert check_profile(profile) == ()


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        (replace(UG3, schema=2), "schema: is 2"),
        (replace(UG3, evidence=replace(UG3.evidence, grade=Grade.C)), "evidence.grade: is C"),
        (replace(UG3, points=UG3.points[:2] * 2, rules=()), "points.id: 'mounted' is given 2"),
        (replace(UG3, rules=UG3.rules * 2), "rules.id: 'smoke' is given 2"),
        (with_point(UG3, 0, register(type=NumberType.U16)), "points[0].type: u16 can not stand"),
        (with_point(UG3, 0, lambda p: replace(p, register=None)), "points[0].register: is missing"),
        (with_point(UG3, 0, lambda p: replace(p, unit="m")), "points[0].unit: a state has none"),
        (with_point(RADAR, 4, lambda p: replace(p, unit="%LEL")), "points[4].unit: is '%LEL'"),
        (with_point(RADAR, 4, field(minimum=200.0)), "points[4].minimum: 200.0 is not below"),
        (with_point(RADAR, 4, field(scale=0.0)), "points[4].scale: is 0"),
        (with_point(RADAR, 4, field(bits=(1,))), "points[4].bits: make a state"),
        (with_point(RADAR, 0, field(enum=None, bits=(9,))), "points[0].bits: [9] do not fit"),
        (with_point(RADAR, 3, field(enum=None)), "points[3].enum: is missing"),
        (with_point(RADAR, 0, field(enum={"1": "yes"})), "points[0].enum: does not give a state"),
        (with_point(RADAR, 8, field(at=1)), "points[8].at: u16 from there does not fit"),
        (with_point(UG3, 0, register(characters=4)), "points[0].characters: are the length"),
        (with_point(XCD, 5, register(characters=0)), "points[5].characters: are the length"),
        (with_point(XCD, 8, register(type=NumberType.STRING)), "points[8].type: string does not"),
        (with_point(XCD, 6, register(type=NumberType.BCD_MIXED)), "points[6].bits: [4] do not fit"),
        (with_point(RADAR, 4, field(type=NumberType.BCD_MIXED)), "points[4].type: bcd_mixed is kn"),
        (with_point(WIT, 0, lambda p: replace(p, unit="rad")), "points[0].tilt: is a number in d"),
        (
            with_point(WIT, 1, lambda p: replace(p, tilt=WIT.points[0].tilt)),
            "points[1].register: does not go with a derived",
        ),
        (
            replace(UG3, actions=(Action(id="reset", title=UG3.title),)),
            "actions[0].writes: and only these",
        ),
    ],
)
def test_a_contradiction_is_named(profile: Profile, told: str) -> None:
    found = [str(problem) for problem in check_profile(profile)]
    assert any(one.startswith(told) for one in found), found


def test_bits_of_one_register_may_be_shared() -> None:
    words = [
        Point(
            id=name,
            value=ValueKind.STATE,
            title=UG3.title,
            register=Register(
                type=NumberType.U16, table=Table.HOLDING_REGISTERS, address=5, bits=(bit,)
            ),
        )
        for bit, name in enumerate(("low", "high"))
    ]
    assert check_profile(replace(UG3, points=(*UG3.points, *words))) == ()


def test_every_kind_of_the_city_has_a_profile() -> None:
    assert {profile.kind for profile in PROFILES.values()} == {
        "smoke",
        "water",
        "manhole",
        "gas",
        "radar",
    }


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_each_ships_with_hazards_in_both_languages_and_with_absence(profile: Profile) -> None:
    assert any(isinstance(rule, AbsenceRule) for rule in profile.rules)
    hazards = [rule for rule in profile.rules if rule.alarm_class is AlarmClass.HAZARD]
    assert any(rule.life_safety for rule in hazards)
    assert all(rule.latched for rule in hazards) or profile.kind in {"water", "radar"}
    for rule in profile.rules:
        for words in (rule.title, rule.guidance):
            assert isinstance(words, Words)
            assert any("\u4e00" <= one <= "\u9fff" for one in words.zh)
    assert profile.evidence.verify_on_hardware
