"""Raw words or bytes and an encoding to a value, or to bad with the reason."""

import math
import struct
from collections.abc import Sequence
from typing import NamedTuple

from device_profiles.encoding import BIT_TABLES, SIZES, Encoding, NumberType, Register, WordOrder
from device_profiles.model import Point, ValueKind
from wire.quality import GOOD, Limit, Quality, Reason, bad
from wire.reading import Value

_FORMATS = {
    NumberType.BIT: ">B",
    NumberType.U8: ">B",
    NumberType.U16: ">H",
    NumberType.S16: ">h",
    NumberType.U32: ">I",
    NumberType.S32: ">i",
    NumberType.F32: ">f",
}
_HIGHEST_DIGIT = 9
_FILLING = b"\x00 "


class Decoded(NamedTuple):
    """`value` is None exactly when the quality is bad."""

    value: Value | None
    quality: Quality = GOOD


def decode_words(point: Point, register: Register, words: Sequence[int]) -> Decoded:
    """`words`: bits or registers from this point on, at least as many as `register.count`."""
    if register.table in BIT_TABLES:
        return _meaning(point, register, words[0])
    mine = words[: register.count]
    ordered = mine if register.word_order is WordOrder.HIGH_FIRST else mine[::-1]
    raw = b"".join(word.to_bytes(2) for word in ordered)
    if register.type is NumberType.STRING:
        return _text(raw[: register.characters])
    # A byte stands in the low half of its register.
    return decode_bytes(point, register, raw[1:] if register.type is NumberType.U8 else raw)


def decode_bytes(point: Point, encoding: Encoding, raw: bytes) -> Decoded:
    """`raw`: the big-endian bytes of this point alone, as many as its type has."""
    number = _number(encoding.type, raw)
    if number is None or not math.isfinite(number):
        return Decoded(None, bad(Reason.SENSOR_FAULT))
    return _meaning(point, encoding, number)


def _number(type_: NumberType, raw: bytes) -> float | None:
    """None where a decimal digit is none."""
    if type_ is NumberType.BCD_MIXED:
        tens, ones = raw[1] >> 4, raw[1] & 0x0F
        is_decimal = tens <= _HIGHEST_DIGIT and ones <= _HIGHEST_DIGIT
        return 100 * raw[0] + 10 * tens + ones if is_decimal else None
    number: float = struct.unpack(_FORMATS[type_], raw[: SIZES[type_]])[0]
    return number


def _text(raw: bytes) -> Decoded:
    text = raw.rstrip(_FILLING)
    if not text or not text.isascii() or not text.decode("ascii").isprintable():
        return Decoded(None, bad(Reason.SENSOR_FAULT))
    return Decoded(text.decode("ascii"))


def _meaning(point: Point, encoding: Encoding, number: float) -> Decoded:
    key = str(number)
    if encoding.sentinels is not None and key in encoding.sentinels:
        return Decoded(None, bad(encoding.sentinels[key]))
    if encoding.enum is not None:
        return _named(encoding, encoding.enum.get(key))
    if point.value is ValueKind.STATE:
        return Decoded(_state(encoding, number) is not encoding.invert)
    return _scaled(encoding, number)


def _named(encoding: Encoding, value: bool | str | None) -> Decoded:  # noqa: FBT001 - a value
    if value is None:
        return Decoded(None, bad(Reason.OUT_OF_RANGE))
    return Decoded(value is not encoding.invert if isinstance(value, bool) else value)


def _state(encoding: Encoding, number: float) -> bool:
    if encoding.bits:
        return any(int(number) >> bit & 1 for bit in encoding.bits)
    return number != 0


def _scaled(encoding: Encoding, number: float) -> Decoded:
    # Ten digits: 260 x 0.01 is 2.6 for people, rules and the wire, not 2.6000000000000001.
    value = round(number * encoding.scale + encoding.offset, 10)
    if encoding.maximum is not None and value > encoding.maximum:
        return Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.HIGH))
    if encoding.minimum is not None and value < encoding.minimum:
        return Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.LOW))
    return Decoded(float(value))
