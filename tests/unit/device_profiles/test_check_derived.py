from typing import Any

import pytest
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.check_derived import check_derived, sources_of
from device_profiles.encoding import ScaleFrom
from device_profiles.model import Condition, Held, Point, Profile, Rise, Tilt, ValueKind
from tests.shipped import PROFILES
from tests.stream_profile import stream_profile

WIT = PROFILES["witmotion_485"]
SEN = PROFILES["dfrobot_sen0676"]
PROFILE = stream_profile()  # presence, height, lel, event
TITLE = Words("Derived", "派生")
RISING = Point(
    id="rising",
    value=ValueKind.NUMBER,
    unit="m/s",
    title=TITLE,
    rise=Rise(of="height", over=60_000_000),
)
THERE = Condition(point="presence", equals=True)
PRESENT = Point(
    id="present_for",
    value=ValueKind.NUMBER,
    unit="s",
    title=TITLE,
    held=Held(all=(THERE,)),
)
TILT = Tilt(x="height", y="lel", z="other")


def told(*points: Point, profile: Profile = PROFILE) -> list[str]:
    whole = replace(profile, points=(*profile.points, *points))
    return [str(problem) for problem in check_derived(whole)]


def test_these_are_sound() -> None:
    assert told(RISING, PRESENT) == []
    assert told(profile=WIT) == []
    assert told(replace(RISING, unit="1/s", rise=Rise(of="lel", over=1))) == []


@pytest.mark.parametrize(
    ("point", "first"),
    [
        (replace(RISING, held=PRESENT.held), "held: and rise: a point is derived by one of them"),
        (replace(RISING, rise=Rise(of="gone", over=1)), "rise.of: 'gone' is not a point of this"),
        (replace(RISING, rise=Rise(of="presence", over=1)), "rise.of: 'presence' is a state, not"),
        (replace(RISING, rise=Rise(of="height", over=0)), "rise.over: must be longer than nothing"),
        (replace(RISING, unit="m"), "unit: is 'm'; a rise of m is in m/s"),
        (replace(RISING, value=ValueKind.STATE), "value: a rise is a number"),
        (replace(PRESENT, unit="count"), "held: is a number in s"),
        (
            replace(PRESENT, held=Held(all=(THERE, Condition(point="presence", equals=1.0)))),
            "held.all[1].equals: 1.0 is never a value of a state",
        ),
        (
            replace(PRESENT, held=Held(all=(Condition(point="gone", equals=True),))),
            "held.all[0].point: 'gone' is not a point of this profile",
        ),
        (replace(RISING, rise=None, tilt=TILT), "tilt: is a number in deg"),
        (replace(RISING, rise=None, tilt=TILT), "tilt.z: 'other' is not a point of this profile"),
        (replace(RISING, rise=None, tilt=replace(TILT, y="height")), "tilt: names an axis twice"),
        (
            replace(RISING, rise=None, tilt=replace(TILT, z="event")),
            "tilt.z: 'event' is a text, not a number",
        ),
    ],
)
def test_a_contradiction_is_named(point: Point, first: str) -> None:
    found = told(point)
    assert any(one.startswith(f"points[4].{first}") for one in found), found


def test_a_circle_is_named_at_each_of_its_points() -> None:
    one = replace(RISING, id="one", rise=Rise(of="two", over=1))
    two = replace(RISING, id="two", unit="m", rise=Rise(of="one", over=1))
    message = "is derived from itself, at the end of the circle"
    found = told(one, two, RISING)
    assert [text for text in found if text.endswith(message)] == [
        f"points[4].id: 'one' {message}",
        f"points[5].id: 'two' {message}",
    ]


def scaled(**source: Any) -> Profile:
    first, *others = SEN.points
    register = replace(first.register, scale_from=ScaleFrom(**source))  # type: ignore[type-var]  # it has one
    return replace(SEN, points=(replace(first, register=register), *others))


@pytest.mark.parametrize(
    ("profile", "first"),
    [
        (scaled(), "decimals: or unit is missing: the scale comes from nowhere"),
        (scaled(decimals="gone"), "decimals: 'gone' is not a point that is read"),
        (scaled(unit="distance"), "factors: and unit belong together: what each unit multiplies"),
        (scaled(unit="distance", factors={"1": 0.0}), "factors: has a 0: every value in that unit"),
    ],
)
def test_a_scale_comes_from_whole_numbers(profile: Profile, first: str) -> None:
    found = told(profile=profile)
    assert any(one.startswith(f"points[0].register.scale_from.{first}") for one in found), found


def test_a_scale_does_not_come_from_words() -> None:
    first, *others = PROFILE.points
    field = replace(first.field, scale_from=ScaleFrom(decimals="lel"))  # type: ignore[type-var]  # it has one
    profile = replace(PROFILE, points=(replace(first, field=field), *others))
    assert told(profile=profile) == [
        "points[0].field.scale_from.decimals: 'lel' is a decimal, should be a whole number"
    ]


def test_the_sources_of_a_point_are_named_by_their_keys() -> None:
    assert sources_of(RISING) == {"rise.of": "height"}
    assert sources_of(PRESENT) == {"held.all[0].point": "presence"}
    assert sources_of(WIT.points[0]) == {
        "tilt.x": "acceleration_x",
        "tilt.y": "acceleration_y",
        "tilt.z": "acceleration_z",
    }
