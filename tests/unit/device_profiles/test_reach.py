import math
from typing import Any

import pytest
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.encoding import Encoding, NumberType, Register, ScaleFrom, Table
from device_profiles.model import Condition, Held, Point, Rise, ValueKind
from device_profiles.reach import ANY, Reach, never_is, no_such_point, raw_reach, reach_of, words_of
from tests.shipped import PROFILES

RADAR = PROFILES["micradar_r60afd1"]
WIT = PROFILES["witmotion_485"]
T = NumberType
LEVEL = Point(id="level", value=ValueKind.NUMBER, unit="m", title=Words("Level", "水位"))


def read(type_: NumberType, **more: Any) -> Point:
    register = Register(type=type_, table=Table.HOLDING_REGISTERS, address=0, **more)
    return replace(LEVEL, register=register)


@pytest.mark.parametrize(
    ("encoding", "width", "reach"),
    [
        (Encoding(type=T.U8), 0, (0, 255)),
        (Encoding(type=T.S16), 0, (-32768, 32767)),
        (Encoding(type=T.SIGN_MAGNITUDE_16), 0, (-32767, 32767)),
        (Encoding(type=T.BCD_MIXED), 0, (0, 25599)),
        (Encoding(type=T.U16, mask=0x0FF0, shift=4), 0, (0, 255)),
        (Encoding(type=T.DECIMAL), 4, (-999, 9999)),
        (Encoding(type=T.HEX), 2, (0, 255)),
        (Encoding(type=T.HEX, mask=0x1F), 2, (0, 31)),
        (Encoding(type=T.F32), 0, ANY),
    ],
)
def test_a_raw_number_reaches_as_far_as_its_type(
    encoding: Encoding, width: int, reach: tuple[float, float]
) -> None:
    assert raw_reach(encoding, width) == reach


@pytest.mark.parametrize(
    ("point", "reach"),
    [
        (read(T.U8, scale=0.5, offset=-10.0), (-10.0, 117.5)),
        (read(T.U8, scale=-1.0), (-255.0, 0.0)),
        (read(T.F32, maximum=1.0), (-math.inf, 1.0)),
        (read(T.U8, minimum=60.0, maximum=120.0), (60.0, 120.0)),
        (read(T.U8, scale=0.0, offset=3.0), (3.0, 3.0)),
        (read(T.U8, scale_from=ScaleFrom(unit="u", factors={"1": 0.1, "2": 10.0})), (0, 2550)),
        (read(T.S8, scale_from=ScaleFrom(decimals="d")), (-128, 127)),
        (replace(LEVEL, held=Held(all=(Condition(point="a", equals=True),))), (0.0, math.inf)),
        (WIT.point("tilt"), (0.0, 180.0)),
    ],
)
def test_a_point_reaches_as_far_as_it_is_read_or_derived(
    point: Point, reach: tuple[float, float]
) -> None:
    assert reach_of(point, WIT) == reach


def test_a_rise_reaches_as_far_as_its_source_can_change_in_its_time() -> None:
    rising = replace(LEVEL, id="rising", rise=Rise(of="level", over=10_000_000))
    profile = replace(WIT, points=(read(T.U8), rising))
    assert reach_of(rising, profile) == Reach(-25.5, 25.5)
    nowhere = replace(rising, rise=Rise(of="gone", over=1))
    assert reach_of(nowhere, profile) == ANY
    of_itself = replace(rising, rise=Rise(of="rising", over=1))
    assert reach_of(of_itself, replace(profile, points=(of_itself,))) == ANY


def test_words_are_those_of_the_list() -> None:
    assert words_of(RADAR.point("motion")) == ("none", "static", "active")
    assert words_of(RADAR.point("height")) == ()
    assert words_of(WIT.point("tilt")) == ()


@pytest.mark.parametrize(
    ("point", "wanted", "why"),
    [
        ("fall", True, None),
        ("motion", "static", None),
        ("sensitivity", 3.0, None),
        ("fall", 1.0, "1.0 is never a value of a state"),
        ("motion", "dancing", "'dancing' is not one of none, static, active"),
        ("sensitivity", 4.0, "4.0 is never told: 'sensitivity' reaches from 0 to 3"),
    ],
)
def test_a_value_that_never_comes_is_named(
    point: str, wanted: bool | float | str, why: str | None
) -> None:
    assert never_is(RADAR.point(point), wanted, RADAR) == why


def test_a_name_that_is_no_point_is_told_with_the_nearest() -> None:
    near = "'hight' is not a point of this profile; did you mean 'height'?"
    assert no_such_point("hight", RADAR) == near
    assert no_such_point("qqq", RADAR) == "'qqq' is not a point of this profile"
