"""Cross-checks of one profile: what the types alone can not see."""

from collections import Counter
from collections.abc import Iterator

from device_profiles.check_modbus import check_modbus
from device_profiles.check_rules import check_rules
from device_profiles.check_stream import check_stream
from device_profiles.encoding import BIT_TABLES, SIZES, Encoding, Field, NumberType, Register
from device_profiles.model import SCHEMA, Grade, Point, Profile, ValueKind
from device_profiles.transport import Modbus
from device_profiles.typed_toml import Problem
from wire.quantity import PRIMARY_UNITS

_LAST_ADDRESS = 0xFFFF
_WHOLE = frozenset({NumberType.BCD_MIXED, NumberType.STRING})  # types that have no single bits


def check_profile(profile: Profile) -> tuple[Problem, ...]:
    """Every contradiction in the profile; empty when it is sound."""
    return (
        *_identity(profile),
        *_doubles("points", [point.id for point in profile.points]),
        *_doubles("rules", [rule.id for rule in profile.rules]),
        *_doubles("actions", [action.id for action in profile.actions]),
        *_points(profile),
        *_transport(profile),
        *check_rules(profile),
        *_actions(profile),
    )


def _identity(profile: Profile) -> Iterator[Problem]:
    if profile.schema != SCHEMA:
        yield Problem("", "schema", f"is {profile.schema}, this program reads {SCHEMA}")
    if profile.evidence.grade is Grade.C:
        yield Problem("evidence", "grade", "is C: what is only remembered is not shipped")


def _doubles(table: str, ids: list[str]) -> Iterator[Problem]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield Problem(table, "id", f"{name!r} is given {times} times")


def _points(profile: Profile) -> Iterator[Problem]:
    for index, point in enumerate(profile.points):
        table = f"points[{index}]"
        yield from _source(point, profile, table)
        yield from _unit(point, table)
        encoding = point.register or point.field
        if encoding is not None:
            yield from _encoding(point, encoding, table)
        if point.tilt is not None and (point.value, point.unit) != (ValueKind.NUMBER, "deg"):
            yield Problem(table, "tilt", "is a number in deg")


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
        yield Problem(table, "unit", f"is {point.unit!r}, not a primary SenML unit")


def _encoding(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    low, high = encoding.minimum, encoding.maximum
    if low is not None and high is not None and low >= high:
        yield Problem(table, "minimum", f"{low} is not below maximum {high}")
    if encoding.scale == 0:
        yield Problem(table, "scale", "is 0: every value would be the same")
    yield from _bits(point, encoding, table)
    yield from _enum(point, encoding, table)
    if isinstance(encoding, Register):
        yield from _register(encoding, table)
    elif isinstance(encoding, Field):
        yield from _field(encoding, table)


def _bits(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    if not encoding.bits:
        return
    if point.value is not ValueKind.STATE:
        yield Problem(table, "bits", f"make a state, but the point is a {point.value}")
    size = 0 if encoding.type in _WHOLE else SIZES.get(encoding.type, 0)
    if any(bit >= 8 * size for bit in encoding.bits):
        yield Problem(table, "bits", f"{list(encoding.bits)} do not fit into {encoding.type}")


def _field(field: Field, table: str) -> Iterator[Problem]:
    if field.type is NumberType.BCD_MIXED:
        yield Problem(table, "type", f"{field.type} is known in registers only")
    elif field.at + SIZES.get(field.type, field.width) > field.length:
        yield Problem(table, "at", f"{field.type} from there does not fit into the length")


def _enum(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    if encoding.enum is None:
        is_text, is_string = point.value is ValueKind.TEXT, encoding.type is NumberType.STRING
        if is_text and not is_string:
            yield Problem(table, "enum", "is missing: a text point takes its words from it")
        if is_string and not is_text:
            yield Problem(table, "type", f"string does not give a {point.value}")
        return
    wanted = bool if point.value is ValueKind.STATE else str
    if point.value is ValueKind.NUMBER or any(
        type(v) is not wanted for v in encoding.enum.values()
    ):
        yield Problem(table, "enum", f"does not give a {point.value}")


def _register(register: Register, table: str) -> Iterator[Problem]:
    if (register.table in BIT_TABLES) != (register.type is NumberType.BIT):
        yield Problem(table, "type", f"{register.type} can not stand in {register.table}")
    if (register.type is NumberType.STRING) is not (register.characters > 0):
        yield Problem(table, "characters", "are the length of a string, and only of a string")
    if register.address + register.count - 1 > _LAST_ADDRESS:
        yield Problem(table, "address", f"{register.address} + {register.count} is past 65535")


def _actions(profile: Profile) -> Iterator[Problem]:
    wanted = "writes" if isinstance(profile.transport, Modbus) else "sends"
    other = "sends" if wanted == "writes" else "writes"
    for index, action in enumerate(profile.actions):
        if not getattr(action, wanted) or getattr(action, other):
            yield Problem(f"actions[{index}]", wanted, "and only these, belong to this transport")
