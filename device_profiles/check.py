"""Cross-checks of one profile: what the types alone can not see."""

from collections.abc import Iterator

from device_profiles.check_derived import check_derived
from device_profiles.check_encoding import check_encoding, misspelt
from device_profiles.check_evidence import check_evidence
from device_profiles.check_modbus import check_modbus
from device_profiles.check_orders import check_orders
from device_profiles.check_reports import check_reports
from device_profiles.check_rules import check_rules
from device_profiles.check_stream import check_stream
from device_profiles.model import Point, Profile, ValueKind
from device_profiles.transport import Modbus
from device_profiles.typed_toml import Problem
from wire.quantity import PRIMARY_UNITS
from wire.reading import is_of_link

_NOT_PRIMARY = {  # what people write: the unit that travels, and what makes it that
    "mm": ("m", 0.001),
    "cm": ("m", 0.01),
    "%": ("/", 0.01),
    "%LEL": ("/", 0.01),
    "LEL": ("/", 0.01),
    "ppm": ("/", 0.000001),
    "mV": ("V", 0.001),
    "mA": ("A", 0.001),
    "°C": ("Cel", 1.0),
    "℃": ("Cel", 1.0),
    "C": ("Cel", 1.0),
    "°": ("deg", 1.0),
    "ms": ("s", 0.001),
    "min": ("s", 60.0),
    "h": ("s", 3600.0),
    "bpm": ("beat/min", 1.0),
    "kPa": ("Pa", 1000.0),
    "bar": ("Pa", 100000.0),
}


def check_profile(profile: Profile) -> tuple[Problem, ...]:
    """Every contradiction in the profile; empty when it is sound."""
    return (
        *check_evidence(profile),
        *_doubles("points", [point.id for point in profile.points]),
        *_doubles("rules", [rule.id for rule in profile.rules]),
        *_doubles("actions", [action.id for action in profile.actions]),
        *_doubles("settings", [setting.id for setting in profile.settings]),
        *_points(profile),
        *check_derived(profile),
        *_transport(profile),
        *check_rules(profile),
        *check_reports(profile),
        *check_orders(profile),
        *_examples(profile),
    )


def _doubles(table: str, ids: list[str]) -> Iterator[Problem]:
    for index, name in enumerate(ids):
        first = ids.index(name)
        if first != index:
            message = f"{name!r} is the id of {table}[{first}] too"
            yield Problem(f"{table}[{index}]", "id", message)


def _points(profile: Profile) -> Iterator[Problem]:
    for index, point in enumerate(profile.points):
        table = f"points[{index}]"
        if is_of_link(point.id):
            remedy = "the gateway tells of its link to each device under such names: take another"
            yield Problem(table, "id", f"is {point.id!r}: {remedy}")
        yield from _source(point, profile, table)
        yield from _unit(point, table)
        if point.register is not None:
            yield from check_encoding(point, point.register, f"{table}.register")
        if point.field is not None:
            yield from check_encoding(point, point.field, f"{table}.field")
        yield from _report(point, table)
        yield from _ceiling(point, profile, table)
        for at, gate in enumerate(point.valid_when):
            place = f"{table}.valid_when[{at}]"
            yield from misspelt([gate.otherwise], place, "otherwise")
            yield from misspelt(gate.reasons.values(), place, "reasons")


def _transport(profile: Profile) -> Iterator[Problem]:
    transport = profile.transport
    if isinstance(transport, Modbus):
        return check_modbus(transport, profile)
    return check_stream(transport, profile)


def _source(point: Point, profile: Profile, table: str) -> Iterator[Problem]:
    wanted, other = (
        ("register", "field") if isinstance(profile.transport, Modbus) else ("field", "register")
    )
    if getattr(point, wanted) is None and not point.is_derived:
        yield Problem(table, wanted, f"is missing: {point.id!r} says nowhere where it is read")
    if getattr(point, wanted) is not None and point.is_derived:
        yield Problem(table, wanted, "does not go with a derived point: leave one of them")
    if getattr(point, other) is not None:
        yield Problem(table, other, f"does not go with this transport, but {wanted} does")


def _unit(point: Point, table: str) -> Iterator[Problem]:
    if point.value is not ValueKind.NUMBER:
        if point.unit is not None:
            yield Problem(table, "unit", f"a {point.value} has none")
    elif point.unit not in PRIMARY_UNITS:
        yield Problem(table, "unit", _unit_remedy(point.unit))


def _unit_remedy(unit: str | None) -> str:
    such_as = "such as m, /, deg, Cel, V, s, count, 1/min, beat/min"
    if unit is None:
        return f"is missing: a number has a primary SenML unit {such_as}"
    if unit in _NOT_PRIMARY:
        right, scale = _NOT_PRIMARY[unit]
        return f"is {unit!r}, not a primary SenML unit: write {right!r} and scale = {scale}"
    return f"is {unit!r}, not a primary SenML unit {such_as}"


def _report(point: Point, table: str) -> Iterator[Problem]:
    report = point.report
    if report.min_interval > report.max_interval:
        yield Problem(f"{table}.report", "min_interval", "is longer than max_interval")
    if point.value is not ValueKind.NUMBER and (report.deadband or report.relative):
        yield Problem(f"{table}.report", "deadband", f"is for numbers, not for a {point.value}")


def _examples(profile: Profile) -> Iterator[Problem]:
    is_modbus = isinstance(profile.transport, Modbus)
    for index, example in enumerate(profile.examples):
        table = f"examples[{index}]"
        if not example.frame:
            yield Problem(table, "frame", "is empty")
        if is_modbus and not example.request:
            yield Problem(table, "request", "is missing: a reply means nothing without it")
        if example.request is not None and not is_modbus:
            yield Problem(table, "request", "does not go with a stream: its frames name themselves")


def _ceiling(point: Point, profile: Profile, table: str) -> Iterator[Problem]:
    if point.ceiling is None:
        return
    other = next((one for one in profile.points if one.id == point.ceiling), None)
    if other is None or other.value is not ValueKind.NUMBER or other.unit != point.unit:
        yield Problem(table, "ceiling", f"{point.ceiling!r} is not a number in the same unit")
    elif other == point:
        yield Problem(table, "ceiling", "is the point itself")
