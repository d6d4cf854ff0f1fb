from collections.abc import Callable

import pytest
from msgspec.structs import replace

from alarm_rules.rule import AbsenceRule, AlarmClass, Words
from device_profiles.check import check_profile
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.handbook import Example
from device_profiles.model import Gate, Point, Profile, Report, ValueKind
from device_profiles.transport import Modbus
from tests.shipped import PROFILES
from tests.stream_profile import stream_profile

UG3 = PROFILES["calectro_ug3"]
RADAR = PROFILES["micradar_r60afd1"]
SEN = PROFILES["dfrobot_sen0676"]
WIT = PROFILES["witmotion_485"]
XCD = PROFILES["honeywell_sensepoint_xcd"]


def with_point(profile: Profile, index: int, change: Callable[[Point], Point]) -> Profile:
    points = list(profile.points)
    points[index] = change(points[index])
    return replace(profile, points=tuple(points))


def changed(**changes: object) -> Callable[[Point], Point]:
    return lambda point: replace(point, **changes)


GATE = Gate(point="state", equals="normal", otherwise="device_falt")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_the_shipped_ones_are_sound(profile: Profile) -> None:
    assert check_profile(profile) == ()


def test_a_profile_with_every_kind_of_layout_is_sound() -> None:
    assert check_profile(stream_profile()) == ()


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        (
            replace(UG3, points=UG3.points[:2] * 2, rules=()),
            "points[2].id: 'mounted' is the id of points[0] too",
        ),
        (
            replace(UG3, rules=UG3.rules * 2),
            "rules[6].id: 'smoke' is the id of rules[0] too",
        ),
        (
            with_point(UG3, 0, changed(register=None)),
            "points[0].register: is missing: 'mounted' says nowhere where it is read",
        ),
        (
            with_point(RADAR, 4, changed(register=UG3.points[0].register)),
            "points[4].register: does not go with this transport, but field does",
        ),
        (
            with_point(UG3, 0, changed(id="link_bad")),
            (
                "points[0].id: is 'link_bad': the gateway tells of its link to each device under "
                "such names: take another"
            ),
        ),
        (with_point(UG3, 0, changed(unit="m")), "points[0].unit: a state has none"),
        (
            with_point(RADAR, 4, changed(unit="%LEL")),
            "points[4].unit: is '%LEL', not a primary SenML unit: write '/' and scale = 0.01",
        ),
        (
            with_point(RADAR, 4, changed(unit="furlong")),
            (
                "points[4].unit: is 'furlong', not a primary SenML unit such as m, /, deg, Cel, "
                "V, s, count, 1/min, beat/min"
            ),
        ),
        (
            with_point(RADAR, 4, changed(unit=None)),
            (
                "points[4].unit: is missing: a number has a primary SenML unit such as m, /, deg, "
                "Cel, V, s, count, 1/min, beat/min"
            ),
        ),
        (
            with_point(WIT, 1, changed(tilt=WIT.points[0].tilt)),
            "points[1].register: does not go with a derived point: leave one of them",
        ),
        (
            with_point(SEN, 0, changed(ceiling="roof")),
            "points[0].ceiling: 'roof' is not a number in the same unit",
        ),
        (with_point(SEN, 0, changed(ceiling="level")), "points[0].ceiling: is the point itself"),
        (
            with_point(UG3, 0, changed(report=Report(max_interval=1, min_interval=2))),
            "points[0].report.min_interval: is longer than max_interval",
        ),
        (
            with_point(UG3, 0, changed(report=Report(deadband=1.0))),
            "points[0].report.deadband: is for numbers, not for a state",
        ),
        (
            with_point(XCD, 0, changed(valid_when=(GATE,))),
            (
                "points[0].valid_when[0].otherwise: 'device_falt' is not a reason; "
                "did you mean 'device_fault'?"
            ),
        ),
        (
            replace(UG3, examples=(Example(title=UG3.title, frame="01 02"),)),
            "examples[0].request: is missing: a reply means nothing without it",
        ),
        (
            replace(RADAR, examples=(Example(title=UG3.title, frame="", request="01"),)),
            "examples[0].frame: is empty",
        ),
        (
            replace(RADAR, examples=(Example(title=UG3.title, frame="01", request="01"),)),
            "examples[0].request: does not go with a stream: its frames name themselves",
        ),
    ],
)
def test_a_contradiction_is_named(profile: Profile, told: str) -> None:
    assert told in [str(problem) for problem in check_profile(profile)]


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
    is_missed = isinstance(profile.transport, Modbus) or profile.transport.liveness is not None
    assert any(isinstance(rule, AbsenceRule) for rule in profile.rules) is is_missed
    hazards = [rule for rule in profile.rules if rule.alarm_class is AlarmClass.HAZARD]
    assert hazards
    # A radar that sees who is there, but no fall, may say that somebody should look.
    is_lookout = profile.kind == "radar" and all(point.id != "fall" for point in profile.points)
    assert is_lookout or any(rule.life_safety for rule in hazards)
    assert all(rule.latched for rule in hazards) or profile.kind in {"water", "radar"}
    for rule in profile.rules:
        for words in (rule.title, rule.guidance):
            assert isinstance(words, Words)
            assert any("\u4e00" <= one <= "\u9fff" for one in words.zh)
    assert profile.evidence.verify_on_hardware
