"""Cross-checks of one profile: what the types alone can not see."""

from collections import Counter
from collections.abc import Iterator

from alarm_rules.rule import AbsenceRule, AlarmClass, QualityRule, Rule, StateRule, points_of
from device_profiles.encoding import BIT_TABLES, SIZES, Encoding, NumberType, Register
from device_profiles.model import SCHEMA, Grade, Point, Profile, ValueKind
from device_profiles.transport import R60, Modbus
from device_profiles.typed_toml import Problem
from wire.quantity import PRIMARY_UNITS

_LAST_ADDRESS = 0xFFFF


def check_profile(profile: Profile) -> tuple[Problem, ...]:
    """Every contradiction in the profile; empty when it is sound."""
    return (
        *_identity(profile),
        *_doubles("points", [point.id for point in profile.points]),
        *_doubles("rules", [rule.id for rule in profile.rules]),
        *_doubles("actions", [action.id for action in profile.actions]),
        *_points(profile),
        *_transport(profile),
        *_rules(profile),
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
    yield from _overlaps(profile)


def _source(point: Point, profile: Profile, table: str) -> Iterator[Problem]:
    wanted, other = (
        ("register", "field") if isinstance(profile.transport, Modbus) else ("field", "register")
    )
    if getattr(point, wanted) is None:
        yield Problem(table, wanted, f"is missing: {point.id!r} says nowhere where it is read")
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
    if encoding.bits and point.value is not ValueKind.STATE:
        yield Problem(table, "bits", f"make a state, but the point is a {point.value}")
    if any(bit >= 8 * SIZES[encoding.type] for bit in encoding.bits):
        yield Problem(table, "bits", f"{list(encoding.bits)} do not fit into {encoding.type}")
    yield from _enum(point, encoding, table)
    if isinstance(encoding, Register):
        yield from _register(encoding, table)
    elif point.field is not None and point.field.at + SIZES[encoding.type] > point.field.length:
        yield Problem(table, "at", f"{encoding.type} from there does not fit into the length")


def _enum(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    if encoding.enum is None:
        if point.value is ValueKind.TEXT:
            yield Problem(table, "enum", "is missing: a text point takes its words from it")
        return
    wanted = bool if point.value is ValueKind.STATE else str
    if point.value is ValueKind.NUMBER or any(
        type(v) is not wanted for v in encoding.enum.values()
    ):
        yield Problem(table, "enum", f"does not give a {point.value}")


def _register(register: Register, table: str) -> Iterator[Problem]:
    if (register.table in BIT_TABLES) != (register.type is NumberType.BIT):
        yield Problem(table, "type", f"{register.type} can not stand in {register.table}")
    if register.address + register.count - 1 > _LAST_ADDRESS:
        yield Problem(table, "address", f"{register.address} + {register.count} is past 65535")


def _overlaps(profile: Profile) -> Iterator[Problem]:
    """Two values may share a register only as bits of it; else one map is misread."""
    taken: dict[tuple[str, int], tuple[int, Register]] = {}
    for index, point in enumerate(profile.points):
        register = point.register
        if register is None:
            continue
        for address in range(register.address, register.address + register.count):
            other = taken.setdefault((register.table, address), (index, register))
            if other[0] != index and not (register.bits and other[1].bits):
                text = f"{register.table} {address} is read by points[{other[0]}] too"
                yield Problem(f"points[{index}]", "register", text)


def _transport(profile: Profile) -> Iterator[Problem]:
    transport = profile.transport
    if isinstance(transport, R60):
        yield from _stream(transport, profile)
        return
    if not transport.first_unit <= transport.default_unit <= transport.last_unit:
        yield Problem("transport", "default_unit", "is not between first_unit and last_unit")
    if not transport.timeout or not transport.poll_period:
        yield Problem("transport", "timeout", "and poll_period must be longer than nothing")


def _stream(transport: R60, profile: Profile) -> Iterator[Problem]:
    lengths: dict[str, int] = {}
    for index, point in enumerate(profile.points):
        for code, length in _frames(point):
            if lengths.setdefault(code, length) != length:
                yield Problem(f"points[{index}]", "length", f"of {code!r} is another elsewhere")
    for key, codes in (("resync", transport.resync), ("settings", transport.settings)):
        for code in set(codes) - set(lengths):
            yield Problem("transport", key, f"{code!r} is asked, but no point reads the answer")
    yield from _named_points(transport, profile)


def _named_points(transport: R60, profile: Profile) -> Iterator[Problem]:
    ids = {point.id for point in profile.points}
    for key in ("heartbeat_point", "uptime_point"):
        if getattr(transport, key) not in ids:
            yield Problem("transport", key, f"{getattr(transport, key)!r} is not a point")


def _frames(point: Point) -> list[tuple[str, int]]:
    return [(code, point.field.length) for code in point.field.frames] if point.field else []


def _rules(profile: Profile) -> Iterator[Problem]:
    for index, rule in enumerate(profile.rules):
        table = f"rules[{index}]"
        for name in points_of(rule):
            point = next((point for point in profile.points if point.id == name), None)
            if point is None:
                yield Problem(table, "point", f"{name!r} is not a point of this profile")
            elif isinstance(rule, StateRule):
                yield from _equals(rule, point, table)
        yield from _rule(rule, profile, table)


def _rule(rule: Rule, profile: Profile, table: str) -> Iterator[Problem]:
    if rule.life_safety and rule.alarm_class is not AlarmClass.HAZARD:
        yield Problem(table, "life_safety", "belongs to hazards only")
    if isinstance(rule, QualityRule) and rule.alarm_class is AlarmClass.HAZARD:
        yield Problem(table, "alarm_class", "a bad value is sensor health, not a hazard")
    if rule.caps.on_delay is not None and rule.caps.on_delay < rule.on_delay:
        yield Problem(f"{table}.caps", "on_delay", "is shorter than the default itself")
    if isinstance(rule, AbsenceRule):
        often = min(point.report.max_interval for point in profile.points)
        if rule.duration < 2 * often:
            yield Problem(table, "duration", "is shorter than two reports of the liveliest point")


def _equals(rule: StateRule, point: Point, table: str) -> Iterator[Problem]:
    encoding = point.register or point.field
    words = () if encoding is None or encoding.enum is None else tuple(encoding.enum.values())
    wanted = {ValueKind.STATE: bool, ValueKind.TEXT: str, ValueKind.NUMBER: float}[point.value]
    if type(rule.equals) is not wanted:
        yield Problem(table, "equals", f"{rule.equals!r} is never a value of a {point.value}")
    elif words and rule.equals not in words:
        yield Problem(
            table, "equals", f"{rule.equals!r} is not one of {', '.join(map(str, words))}"
        )


def _actions(profile: Profile) -> Iterator[Problem]:
    wanted = "writes" if isinstance(profile.transport, Modbus) else "sends"
    other = "sends" if wanted == "writes" else "writes"
    for index, action in enumerate(profile.actions):
        if not getattr(action, wanted) or getattr(action, other):
            yield Problem(f"actions[{index}]", wanted, "and only these, belong to this transport")
