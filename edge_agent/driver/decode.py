"""Raw words or bytes and an encoding to a value, or to bad with the reason."""

from collections.abc import Mapping

import msgspec

from device_profiles.encoding import Encoding, Field, NumberType, ScaleFrom
from device_profiles.model import Point, ValueKind
from edge_agent.driver.frame import Frame
from edge_agent.driver.raw import Number, Raw, number_in, raw_of_data
from wire.quality import GOOD, Limit, Quality, Reason, bad
from wire.reading import Value

_MOST_DECIMALS = 9


class Decoded(msgspec.Struct, frozen=True):
    """`value` is None exactly when the quality is bad."""

    value: Value | None
    quality: Quality = GOOD


def decode_field(point: Point, field: Field, frame: Frame) -> Decoded:
    """What a frame says of this point; bad/configuration when it has not the length it should.

    A record in which the pattern finds nothing, and a frame of another length than a field wants
    that may be absent, do not tell the point: bad/never_read.
    """
    raw = raw_of_data(field, frame.data, frame.layout)
    if raw is None:
        return Decoded(None, bad(Reason.NEVER_READ if field.or_absent else Reason.CONFIGURATION))
    return decode_raw(point, field, raw)


def decode_raw(point: Point, encoding: Encoding, raw: Raw, factor: float | None = None) -> Decoded:
    """The meaning of a raw value; what can not be read is bad/sensor_fault.

    `factor`: what `factor_of` found, for an encoding that takes its scale from other points.
    """
    if raw.text is not None:
        return _text(point, encoding, raw.text)
    if raw.number is None:
        is_absent = encoding.type is NumberType.TEXT
        return Decoded(None, bad(Reason.NEVER_READ if is_absent else Reason.SENSOR_FAULT))
    return _meaning(point, encoding, raw.number, factor)


def factor_of(source: ScaleFrom, raws: Mapping[str, Raw]) -> float | None:
    """What multiplies the raw number, by the raw numbers of other points read with it.

    None when one of them is not there, the unit is unknown, or the decimals are not 0 to 9.
    """
    factor = 1.0
    if source.unit is not None:
        known = source.factors.get(_key(_number_of(source.unit, raws)))
        if known is None:
            return None
        factor = known
    if source.decimals is None:
        return factor
    decimals = _number_of(source.decimals, raws)
    if not isinstance(decimals, int) or not 0 <= decimals <= _MOST_DECIMALS:
        return None
    return factor / 10.0**decimals


def _number_of(point: str, raws: Mapping[str, Raw]) -> Number | None:
    return raws[point].number if point in raws else None


def _key(number: Number | None) -> str:
    """As sentinels and enums write it: whole numbers without a point, whatever their type."""
    is_whole = isinstance(number, float) and number.is_integer()
    return str(int(number) if is_whole and number is not None else number)


def _text(point: Point, encoding: Encoding, text: str) -> Decoded:
    if not text or not text.isprintable() or _is_broken(encoding, text):
        return Decoded(None, bad(Reason.SENSOR_FAULT))
    if encoding.contains is not None:
        return _named(encoding, _contained(encoding.contains, text))
    if point.value is not ValueKind.NUMBER:
        return Decoded(text)
    number = number_in(text)
    if number is None:
        return Decoded(None, bad(Reason.SENSOR_FAULT))
    return _meaning(point, encoding, number, None)


def _is_broken(encoding: Encoding, text: str) -> bool:
    return encoding.type is NumberType.STRING and not text.isascii()


def _contained(words: Mapping[str, bool | str], text: str) -> bool | str | None:
    return next((value for word, value in words.items() if word in text), None)


def _meaning(point: Point, encoding: Encoding, number: Number, factor: float | None) -> Decoded:
    key = _key(number)
    if encoding.sentinels is not None and key in encoding.sentinels:
        return Decoded(None, bad(encoding.sentinels[key]))
    if encoding.enum is not None:
        return _named(encoding, encoding.enum.get(key))
    if point.value is ValueKind.STATE:
        return Decoded(_state(encoding, number) is not encoding.invert)
    if encoding.scale_from is None:
        return scaled(encoding, number)
    if factor is None:
        return Decoded(None, bad(Reason.CONFIGURATION))
    return scaled(encoding, number * factor)


def _named(encoding: Encoding, value: bool | str | None) -> Decoded:  # noqa: FBT001 - a value
    if value is None:
        return Decoded(None, bad(Reason.OUT_OF_RANGE))
    return Decoded(value is not encoding.invert if isinstance(value, bool) else value)


def _state(encoding: Encoding, number: Number) -> bool:
    if encoding.bits:
        return any(int(number) >> bit & 1 for bit in encoding.bits)
    return number != 0


def scaled(encoding: Encoding, number: Number) -> Decoded:
    """The number in the point's unit, bad/out_of_range beyond what its encoding allows."""
    # Ten digits: 260 x 0.01 is 2.6 for people, rules and the wire, not 2.6000000000000001.
    value = round(number * encoding.scale + encoding.offset, 10)
    if encoding.maximum is not None and value > encoding.maximum:
        return Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.HIGH))
    if encoding.minimum is not None and value < encoding.minimum:
        return Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.LOW))
    return Decoded(float(value))
