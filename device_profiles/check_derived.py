"""Cross-checks of points that are computed from others: which ones, what they are, no circle."""

from collections.abc import Iterator

from device_profiles.encoding import Encoding, NumberType, Register, ScaleFrom
from device_profiles.model import Held, Point, Profile, Rise, Tilt, ValueKind
from device_profiles.reach import never_is, no_such_point
from device_profiles.typed_toml import Problem
from wire.quantity import PRIMARY_UNITS

_WHOLE = frozenset(
    {NumberType.U8, NumberType.S8, NumberType.U16, NumberType.S16, NumberType.U32, NumberType.S32}
)
_FUNCTIONS = ("tilt", "rise", "held")


def check_derived(profile: Profile) -> Iterator[Problem]:
    """What contradicts itself between a computed value and what it is computed from."""
    for index, point in enumerate(profile.points):
        table = f"points[{index}]"
        yield from _one_function(point, table)
        yield from _existing(point, profile, table)
        if point.tilt is not None:
            yield from _tilt(point, point.tilt, profile, table)
        if point.rise is not None:
            yield from _rise(point, point.rise, profile, table)
        if point.held is not None:
            yield from _held(point, point.held, profile, table)
        encoding = point.register or point.field
        if encoding is not None:
            yield from _scale_from(encoding, profile, table)
    yield from _circles(profile)


def _one_function(point: Point, table: str) -> Iterator[Problem]:
    given = [name for name in _FUNCTIONS if getattr(point, name) is not None]
    if len(given) > 1:
        yield Problem(table, given[1], f"and {given[0]}: a point is derived by one of them")


def sources_of(point: Point) -> dict[str, str]:
    """By key, the points that a derived one is computed from."""
    found: dict[str, str] = {}
    if point.tilt is not None:
        found |= {f"tilt.{axis}": getattr(point.tilt, axis) for axis in ("x", "y", "z")}
    if point.rise is not None:
        found["rise.of"] = point.rise.of
    if point.held is not None:
        found |= {f"held.all[{at}].point": one.point for at, one in enumerate(point.held.all)}
    return found


def _named(name: str, profile: Profile) -> Point | None:
    return next((point for point in profile.points if point.id == name), None)


def _existing(point: Point, profile: Profile, table: str) -> Iterator[Problem]:
    for key, name in sources_of(point).items():
        if _named(name, profile) is None:
            yield Problem(table, key, no_such_point(name, profile))


def _tilt(point: Point, tilt: Tilt, profile: Profile, table: str) -> Iterator[Problem]:
    if (point.value, point.unit) != (ValueKind.NUMBER, "deg"):
        yield Problem(table, "tilt", "is a number in deg")
    if len({tilt.x, tilt.y, tilt.z}) < len("xyz"):
        yield Problem(table, "tilt", "names an axis twice")
    for axis in ("x", "y", "z"):
        source = _named(getattr(tilt, axis), profile)
        if source is not None and source.value is not ValueKind.NUMBER:
            yield Problem(table, f"tilt.{axis}", f"{source.id!r} is a {source.value}, not a number")


def _rise(point: Point, rise: Rise, profile: Profile, table: str) -> Iterator[Problem]:
    if not rise.over:
        yield Problem(table, "rise.over", "must be longer than nothing")
    if point.value is not ValueKind.NUMBER:
        yield Problem(table, "value", "a rise is a number")
    source = _named(rise.of, profile)
    if source is None:
        return
    if source.value is not ValueKind.NUMBER:
        yield Problem(table, "rise.of", f"{rise.of!r} is a {source.value}, not a number")
        return
    unit = "1/s" if source.unit in {"/", "count"} else f"{source.unit}/s"
    if unit in PRIMARY_UNITS and point.unit != unit:
        message = f"is {point.unit!r}; a rise of {source.unit} is in {unit}"
        yield Problem(table, "unit", message)


def _held(point: Point, held: Held, profile: Profile, table: str) -> Iterator[Problem]:
    if (point.value, point.unit) != (ValueKind.NUMBER, "s"):
        yield Problem(table, "held", "is a number in s")
    for index, condition in enumerate(held.all):
        source = _named(condition.point, profile)
        wrong = None if source is None else never_is(source, condition.equals, profile)
        if wrong is not None:
            yield Problem(f"{table}.held.all[{index}]", "equals", wrong)


def _circles(profile: Profile) -> Iterator[Problem]:
    """A value that needs itself is never there."""
    needs = {point.id: set(sources_of(point).values()) for point in profile.points}
    for index, point in enumerate(profile.points):
        if point.id in _all_below(point.id, needs):
            message = f"{point.id!r} is derived from itself, at the end of the circle"
            yield Problem(f"points[{index}]", "id", message)


def _all_below(name: str, needs: dict[str, set[str]]) -> set[str]:
    below: set[str] = set()
    waiting = [*needs[name]]
    while waiting:
        one = waiting.pop()
        if one not in below:
            below.add(one)
            waiting += needs.get(one, ())
    return below


def _scale_from(encoding: Encoding, profile: Profile, table: str) -> Iterator[Problem]:
    source = encoding.scale_from
    if source is None:
        return
    place = f"{table}.{'register' if isinstance(encoding, Register) else 'field'}.scale_from"
    if source.decimals is None and source.unit is None:
        yield Problem(place, "decimals", "or unit is missing: the scale comes from nowhere")
    for key in ("decimals", "unit"):
        name = getattr(source, key)
        if name is not None:
            yield from _whole(name, profile, place, key)
    yield from _factors(source, place)


def _whole(name: str, profile: Profile, place: str, key: str) -> Iterator[Problem]:
    point = _named(name, profile)
    encoding = None if point is None else point.register or point.field
    if encoding is None:
        yield Problem(place, key, f"{name!r} is not a point that is read")
    elif encoding.type not in _WHOLE:
        yield Problem(place, key, f"{name!r} is a {encoding.type}, should be a whole number")


def _factors(source: ScaleFrom, place: str) -> Iterator[Problem]:
    if (source.unit is None) is not (not source.factors):
        yield Problem(place, "factors", "and unit belong together: what each unit multiplies by")
    if 0 in source.factors.values():
        yield Problem(place, "factors", "has a 0: every value in that unit would be 0")
