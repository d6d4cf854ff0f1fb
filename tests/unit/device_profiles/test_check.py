from collections.abc import Callable

import pytest
from msgspec.structs import replace

from alarm_rules.rule import AbsenceRule, AlarmClass, Caps, Rule, StateRule
from device_profiles.check import check_profile
from device_profiles.encoding import Field, NumberType, Register, Table
from device_profiles.load import catalog
from device_profiles.model import Action, Grade, Point, Profile, ValueKind
from device_profiles.transport import R60, Modbus

PROFILES = catalog()
UG3 = PROFILES["calectro_ug3"]
RADAR = PROFILES["micradar_r60afd1"]


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


def with_rule(index: int, **changes: object) -> Profile:
    rules: list[Rule] = list(UG3.rules)
    rules[index] = replace(rules[index], **changes)
    return replace(UG3, rules=tuple(rules))


def modbus(**changes: object) -> Profile:
    assert isinstance(UG3.transport, Modbus)
    return replace(UG3, transport=replace(UG3.transport, **changes))


def stream(**changes: object) -> Profile:
    assert isinstance(RADAR.transport, R60)
    return replace(RADAR, transport=replace(RADAR.transport, **changes))


@pytest.mark.parametrize("profile", [UG3, RADAR])
def test_the_shipped_ones_are_sound(profile: Profile) -> None:
    assert check_profile(profile) == ()


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        (replace(UG3, schema=2), "schema: is 2"),
        (replace(UG3, evidence=replace(UG3.evidence, grade=Grade.C)), "evidence.grade: is C"),
        (replace(UG3, points=UG3.points[:2] * 2, rules=()), "points.id: 'mounted' is given 2"),
        (replace(UG3, rules=UG3.rules * 2), "rules.id: 'smoke' is given 2"),
        (with_point(UG3, 1, register(address=0)), "points[1].register: discrete_inputs 0 is read"),
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
        (with_point(RADAR, 14, field(length=7)), "points[14].length: of '83 0E' is another"),
        (modbus(default_unit=99), "transport.default_unit: is not between"),
        (modbus(timeout=0), "transport.timeout: and poll_period must be"),
        (stream(resync=("83 99",)), "transport.resync: '83 99' is asked"),
        (stream(uptime_point="up"), "transport.uptime_point: 'up' is not a point"),
        (with_rule(0, point="smok"), "rules[0].point: 'smok' is not a point"),
        (with_rule(0, equals=1.0), "rules[0].equals: 1.0 is never a value of a state"),
        (with_rule(1, life_safety=True), "rules[1].life_safety: belongs to hazards"),
        (with_rule(0, on_delay=5, caps=Caps(on_delay=4)), "rules[0].caps.on_delay: is shorter"),
        (with_rule(3, alarm_class=AlarmClass.HAZARD), "rules[3].alarm_class: a bad value"),
        (with_rule(4, duration=15_000_000), "rules[4].duration: is shorter than two reports"),
        (
            replace(UG3, actions=(Action(id="reset", title=UG3.title),)),
            "actions[0].writes: and only these",
        ),
    ],
)
def test_a_contradiction_is_named(profile: Profile, told: str) -> None:
    found = [str(problem) for problem in check_profile(profile)]
    assert any(one.startswith(told) for one in found), found


def test_a_rule_that_waits_for_a_word_that_never_comes_is_named() -> None:
    rules = [
        replace(rule, equals="broken") if rule.id == "chip_fault" else rule for rule in RADAR.rules
    ]
    found = [str(one) for one in check_profile(replace(RADAR, rules=tuple(rules)))]
    assert found == ["rules[6].equals: 'broken' is not one of none, radar_chip, encryption"]


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


def test_every_kind_ships_with_a_hazard_and_with_absence() -> None:
    for profile in PROFILES.values():
        assert any(isinstance(rule, AbsenceRule) for rule in profile.rules)
        hazards = [rule for rule in profile.rules if rule.alarm_class is AlarmClass.HAZARD]
        assert any(isinstance(rule, StateRule) and rule.latched for rule in hazards)
