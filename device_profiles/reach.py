"""Which values a point can ever have: the range of its encoding, or its words."""

import math
from typing import Final, NamedTuple

from device_profiles.encoding import Encoding, NumberType
from device_profiles.model import Point, Profile, Rise, ValueKind
from runtime.likeness import nearest

_SECOND_US: Final = 1_000_000
_RANGES: Final = {
    NumberType.BIT: (0, 1),
    NumberType.U8: (0, 0xFF),
    NumberType.S8: (-0x80, 0x7F),
    NumberType.U16: (0, 0xFFFF),
    NumberType.S16: (-0x8000, 0x7FFF),
    NumberType.U32: (0, 0xFFFFFFFF),
    NumberType.S32: (-0x80000000, 0x7FFFFFFF),
    NumberType.BCD_MIXED: (0, 25_599),
    NumberType.SIGN_MAGNITUDE_16: (-0x7FFF, 0x7FFF),
    NumberType.MAGNITUDE_SIGN_16: (-0x7FFF, 0x7FFF),
}
_PYTHON: Final = {ValueKind.STATE: bool, ValueKind.TEXT: str, ValueKind.NUMBER: float}


class Reach(NamedTuple):
    """The lowest and the highest value that can be told; infinite where nothing bounds it."""

    low: float
    high: float

    @property
    def span(self) -> float:
        return self.high - self.low


ANY: Final = Reach(-math.inf, math.inf)


def raw_reach(encoding: Encoding, width: int = 0) -> Reach:
    """Of the raw number; `width`: its columns in an ASCII line."""
    if encoding.type is NumberType.DECIMAL and width:
        return Reach(1.0 - 10.0 ** (width - 1), 10.0**width - 1)
    if encoding.type is NumberType.HEX and width:
        low, high = 0, 16**width - 1
    elif encoding.type in _RANGES:
        low, high = _RANGES[encoding.type]
    else:
        return ANY
    if encoding.mask is not None:
        low, high = 0, encoding.mask if low < 0 else min(high, encoding.mask)
    return Reach(low >> encoding.shift, high >> encoding.shift)


def reach_of(point: Point, profile: Profile) -> Reach:
    """Of a number, in its unit; what is pinned beyond it is bad/out_of_range, not a value."""
    encoding = point.register or point.field
    if encoding is not None:
        return _encoded(encoding, 0 if point.field is None else point.field.width)
    if point.tilt is not None:
        return Reach(0.0, 180.0)
    if point.held is not None:
        return Reach(0.0, math.inf)
    return ANY if point.rise is None else _rising(point, point.rise, profile)


def _encoded(encoding: Encoding, width: int) -> Reach:
    raw = raw_reach(encoding, width)
    if encoding.scale_from is not None:
        most = max([*map(abs, encoding.scale_from.factors.values()), 1.0])
        raw = Reach(min(0.0, raw.low * most), max(0.0, raw.high * most))
    ends = sorted(end * encoding.scale + encoding.offset for end in raw if encoding.scale)
    low, high = ends or (encoding.offset, encoding.offset)
    return Reach(
        low if encoding.minimum is None else max(low, encoding.minimum),
        high if encoding.maximum is None else min(high, encoding.maximum),
    )


def _rising(point: Point, rise: Rise, profile: Profile) -> Reach:
    source = next((one for one in profile.points if one.id == rise.of and one != point), None)
    if source is None or source.is_derived or not rise.over:
        return ANY
    most = reach_of(source, profile).span / (rise.over / _SECOND_US)
    return Reach(-most, most)


def words_of(point: Point) -> tuple[bool | str, ...]:
    """The states or texts that a list in the profile gives it; empty when no list bounds them."""
    encoding = point.register or point.field
    if encoding is None:
        return ()
    return tuple((encoding.enum or encoding.contains or {}).values())


def never_is(point: Point, wanted: bool | float | str, profile: Profile) -> str | None:  # noqa: FBT001 - a value
    """Why the point never has this value; None when it may have it."""
    kind = type(wanted) if isinstance(wanted, bool | str) else float
    if kind is not _PYTHON[point.value]:
        return f"{wanted!r} is never a value of a {point.value}"
    words = words_of(point)
    if words and wanted not in words:
        return f"{wanted!r} is not one of {', '.join(map(str, words))}"
    if isinstance(wanted, bool | str):
        return None
    low, high = reach_of(point, profile)
    if low <= wanted <= high:
        return None
    return f"{wanted!r} is never told: {point.id!r} reaches from {low:g} to {high:g}"


def no_such_point(name: str, profile: Profile) -> str:
    """The sentence about a name that is none of the profile's points, with the nearest one."""
    near = nearest(name, [point.id for point in profile.points])
    remedy = f"; did you mean {near[0]!r}?" if near else ""
    return f"{name!r} is not a point of this profile{remedy}"
