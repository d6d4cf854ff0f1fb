"""The raw number or text of a value: which bytes, in which order, of which type."""

import math
import re
import struct
from collections.abc import Sequence
from typing import NamedTuple

from device_profiles.encoding import (
    BIT_TABLES,
    SIZES,
    ByteOrder,
    Encoding,
    Field,
    NumberType,
    Register,
    WordOrder,
)
from device_profiles.framing import BinaryFrame, Layout, TextEncoding, TextFrame

Number = int | float

_FORMATS = {
    NumberType.BIT: ">B",
    NumberType.U8: ">B",
    NumberType.S8: ">b",
    NumberType.U16: ">H",
    NumberType.S16: ">h",
    NumberType.U32: ">I",
    NumberType.S32: ">i",
    NumberType.F32: ">f",
    NumberType.SIGN_MAGNITUDE_16: ">H",
    NumberType.MAGNITUDE_SIGN_16: ">H",
}
_TEXTS = frozenset({NumberType.STRING, NumberType.DECIMAL, NumberType.HEX, NumberType.TEXT})
_SIGN = 0x8000
_HIGHEST_DIGIT = 9
_FILLING = b"\x00 "
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_F32_DIGITS = range(6, 10)  # nine tell any two apart, six are always kept


class Raw(NamedTuple):
    """`number` or `text` as the type reads `data`, the bytes of this value alone; or neither."""

    data: bytes
    number: Number | None = None
    text: str | None = None


def raw_of_words(register: Register, words: Sequence[int]) -> Raw:
    """`words`: bits or registers from this value on, at least as many as `register.count`."""
    if register.table in BIT_TABLES:
        return Raw(bytes([words[0]]), _masked(register, words[0]))
    order = register.byte_order or ByteOrder.BIG
    mine = [word.to_bytes(2, order.value) for word in words[: register.count]]
    if register.type is NumberType.STRING:
        data = b"".join(mine)[: register.characters]
        return Raw(data, text=_filled(data))
    data = b"".join(mine if register.word_order is WordOrder.HIGH_FIRST else mine[::-1])
    # A byte stands in the low half of its register.
    data = data[-SIZES[register.type] :]
    return raw_of_bytes(register, data)


def raw_of_data(field: Field, data: bytes, layout: Layout) -> Raw | None:
    """None where the data is not as long as the field says that it is."""
    if len(data) < field.length or (len(data) > field.length and not field.longer):
        return None
    if field.type in _TEXTS:
        return _columns(field, data, layout)
    order = field.byte_order or (
        layout.byte_order if isinstance(layout, BinaryFrame) else ByteOrder.BIG
    )
    mine = data[field.at : field.at + SIZES[field.type]]
    ordered = mine if order is ByteOrder.BIG else mine[::-1]
    return Raw(mine, raw_of_bytes(field, ordered).number)


def raw_of_bytes(encoding: Encoding, data: bytes) -> Raw:
    """Of a number whose high byte comes first, in the first bytes of `data`."""
    mine = data[: SIZES[encoding.type]]
    return Raw(mine, _number(encoding, mine))


def _columns(field: Field, data: bytes, layout: Layout) -> Raw:
    """Without a width it is all from there on; a pattern searches all of the record."""
    if field.type is NumberType.TEXT:
        text = _searched(field, data, layout)
        return Raw(data if text is None else text.encode(_encoding(layout), "replace"), text=text)
    mine = data[field.at : field.at + field.width] if field.width else data[field.at :]
    if field.type is NumberType.STRING:
        return Raw(mine, text=_filled(mine))
    return Raw(mine, _masked(field, _digits(field.type, mine)))


def _searched(field: Field, data: bytes, layout: Layout) -> str | None:
    record = data.decode(_encoding(layout), "replace")
    if field.pattern is None:
        return record.strip()
    found = re.search(field.pattern, record)
    return None if found is None or found[1] is None else found[1].strip()


def _encoding(layout: Layout) -> str:
    return (layout.encoding if isinstance(layout, TextFrame) else TextEncoding.ASCII).value


def _filled(data: bytes) -> str:
    """What is no ASCII is kept visible: whoever reads the text refuses it."""
    return data.rstrip(_FILLING).decode("ascii", "replace")


def _digits(type_: NumberType, columns: bytes) -> Number | None:
    text = columns.decode("ascii", "replace")
    return number_in(text) if type_ is NumberType.DECIMAL else _hex_digits(text)


def number_in(text: str) -> Number | None:
    """The decimal number that these characters are, blanks around it aside."""
    digits = text.strip(" ")
    if not _DECIMAL.fullmatch(digits):
        return None
    return float(digits) if "." in digits else int(digits)


def _hex_digits(text: str) -> int | None:
    return int(text, 16) if _HEX.fullmatch(text) else None


def _number(encoding: Encoding, data: bytes) -> Number | None:
    """Of bytes with the high one first; None where they are no number."""
    if encoding.type is NumberType.BCD_MIXED:
        return _masked(encoding, _bcd_mixed(data))
    if encoding.type is NumberType.F32:
        return _f32(data)
    number: int = struct.unpack(_FORMATS[encoding.type], data)[0]
    if encoding.type is NumberType.SIGN_MAGNITUDE_16:
        number = -(number ^ _SIGN) if number & _SIGN else number
    elif encoding.type is NumberType.MAGNITUDE_SIGN_16:
        number = number ^ _SIGN if number & _SIGN else -number
    return _masked(encoding, number)


def _bcd_mixed(data: bytes) -> int | None:
    tens, ones = data[1] >> 4, data[1] & 0x0F
    is_decimal = tens <= _HIGHEST_DIGIT and ones <= _HIGHEST_DIGIT
    return 100 * data[0] + 10 * tens + ones if is_decimal else None


def _f32(data: bytes) -> float | None:
    """The shortest decimal that the device's bits stand for: 20.3, not 20.299999237060547."""
    number: float = struct.unpack(">f", data)[0]
    if not math.isfinite(number):
        return None
    shorter = (float(f"{number:.{digits}g}") for digits in _F32_DIGITS)
    return next((one for one in shorter if _packed(one) == data), number)


def _packed(number: float) -> bytes:
    try:
        return struct.pack(">f", number)
    except OverflowError:  # the largest of all, rounded up
        return b""


def _masked(encoding: Encoding, number: Number | None) -> Number | None:
    if isinstance(number, int):
        return (number if encoding.mask is None else number & encoding.mask) >> encoding.shift
    return number
