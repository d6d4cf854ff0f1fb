"""Cross-checks of how a raw value becomes a point's value, in registers and frames alike."""

from collections.abc import Iterable, Iterator

from device_profiles.encoding import BIT_TABLES, SIZES, Encoding, NumberType, Register
from device_profiles.model import Point, ValueKind
from device_profiles.typed_toml import Problem
from runtime.likeness import nearest
from wire.quality import Reason

_LAST_ADDRESS = 0xFFFF
_TEXTS = frozenset({NumberType.STRING, NumberType.TEXT})
_COLUMNS = frozenset({NumberType.DECIMAL, NumberType.HEX, NumberType.TEXT})
_NO_BITS = frozenset({NumberType.BCD_MIXED, NumberType.F32, NumberType.DECIMAL, *_TEXTS})
_NO_MASK = frozenset({NumberType.F32, *_TEXTS})
_REASONS = [reason.value for reason in Reason]


def check_encoding(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    """What contradicts itself in one value, and between it and what the point is."""
    yield from _kind(point, encoding, table)
    yield from _numbers(point, encoding, table)
    yield from _bits(point, encoding, table)
    yield from _words(point, encoding, table)
    yield from misspelt((encoding.sentinels or {}).values(), table, "sentinels")
    if isinstance(encoding, Register):
        yield from _register(encoding, table)


def misspelt(reasons: Iterable[str], table: str, key: str) -> Iterator[Problem]:
    """Any word may be a reason, but one that is almost ours is meant to be ours."""
    for word in reasons:
        near = [] if word in _REASONS else nearest(word, _REASONS, least=0.8)
        if near:
            yield Problem(table, key, f"{word!r} is not a reason; did you mean {near[0]!r}?")


def _kind(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    """Which types can give a state, a number, a text."""
    has_words = encoding.enum is not None or encoding.contains is not None
    if point.value is ValueKind.TEXT and not has_words and encoding.type not in _TEXTS:
        yield Problem(table, "enum", "is missing: a text point takes its words from it")
    if point.value is ValueKind.STATE and not has_words and encoding.type in _TEXTS:
        yield Problem(table, "contains", "is missing: it says which words make the state")
    if point.value is ValueKind.NUMBER and encoding.type is NumberType.STRING:
        yield Problem(table, "type", f"string does not give a {point.value}")
    if encoding.invert and point.value is not ValueKind.STATE:
        yield Problem(table, "invert", f"turns a state over, but the point is a {point.value}")


def _numbers(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    low, high = encoding.minimum, encoding.maximum
    if low is not None and high is not None and low >= high:
        yield Problem(table, "minimum", f"{low} is not below maximum {high}")
    if encoding.scale == 0:
        yield Problem(table, "scale", "is 0: every value would be the same")
    if point.value is ValueKind.NUMBER:
        return
    plain = Encoding(type=encoding.type)
    for key in ("scale", "offset", "minimum", "maximum", "scale_from"):
        if getattr(encoding, key) != getattr(plain, key):
            yield Problem(table, key, f"is for numbers, but the point is a {point.value}")


def _bits(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    if encoding.type in _NO_MASK and (encoding.mask is not None or encoding.shift):
        yield Problem(table, "mask", f"and shift are for whole numbers, not for {encoding.type}")
    if not encoding.bits:
        return
    if encoding.enum is not None:
        yield Problem(table, "bits", "or enum: one of them, and not both, makes the state")
    if point.value is not ValueKind.STATE:
        yield Problem(table, "bits", f"make a state, but the point is a {point.value}")
    size = 0 if encoding.type in _NO_BITS else 8 * SIZES.get(encoding.type, 4)
    if any(bit >= size for bit in encoding.bits):
        yield Problem(table, "bits", f"{list(encoding.bits)} do not fit into {encoding.type}")


def _words(point: Point, encoding: Encoding, table: str) -> Iterator[Problem]:
    wanted = bool if point.value is ValueKind.STATE else str
    for key in ("enum", "contains"):
        words = getattr(encoding, key)
        if words is None:
            continue
        if point.value is ValueKind.NUMBER or any(type(v) is not wanted for v in words.values()):
            words = {ValueKind.STATE: ": write true and false", ValueKind.TEXT: ": write words"}
            message = f"does not give a {point.value}{words.get(point.value, '')}"
            yield Problem(table, key, message)
    if encoding.enum is not None and encoding.type in _TEXTS:
        yield Problem(table, "enum", f"is of raw numbers, not of a {encoding.type}: see contains")
    if encoding.contains is not None and encoding.type not in _TEXTS:
        yield Problem(table, "contains", f"is of a text, not of a {encoding.type}: see enum")


def _register(register: Register, table: str) -> Iterator[Problem]:
    if register.type in _COLUMNS:
        yield Problem(table, "type", f"{register.type} is known in frames only")
        return
    if (register.table in BIT_TABLES) != (register.type is NumberType.BIT):
        yield Problem(table, "type", f"{register.type} can not stand in {register.table}")
    if (register.type is NumberType.STRING) is not (register.characters > 0):
        yield Problem(table, "characters", "are the length of a string, and only of a string")
    elif register.address + register.count - 1 > _LAST_ADDRESS:
        yield Problem(table, "address", f"{register.address} + {register.count} is past 65535")
