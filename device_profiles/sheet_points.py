"""The points of a device on its sheet: where each is read, as what, and what its values mean."""

from collections.abc import Iterator

from device_profiles.encoding import ByteOrder, Encoding, Field, NumberType, Register, WordOrder
from device_profiles.encoding import Table as ModbusTable
from device_profiles.model import Condition, Gate, Point, Profile
from device_profiles.sheet import Section, Table, blocks
from device_profiles.sheet_units import time_text, unit_text
from device_profiles.sheet_words import heads, joined, listed, say, value_text
from device_profiles.transport import Modbus

_FEW = 2
READS = {
    ModbusTable.COILS: "01",
    ModbusTable.DISCRETE_INPUTS: "02",
    ModbusTable.HOLDING_REGISTERS: "03",
    ModbusTable.INPUT_REGISTERS: "04",
}
"""Function codes that read the tables."""


def points_section(profile: Profile, lang: str) -> Section:
    if isinstance(profile.transport, Modbus):
        places: tuple[str, ...] = ("doc", "function", "wire")
    else:
        places = ("frames", "bytes")
    titles = heads(lang, "point", "title", "unit_of", *places, "type", "meaning")
    rows = tuple(_row(point, lang, len(places)) for point in profile.points)
    return Section(say(lang, "points"), blocks(Table(titles, rows)))


def _row(point: Point, lang: str, places: int) -> tuple[str, ...]:
    return (
        point.id,
        point.title.zh if lang == "zh" else point.title.en,
        unit_text(lang, point.unit) if point.unit else say(lang, point.value),
        *_place(point, places),
        "" if point.is_derived else _type(point.register or point.field, lang),
        joined(lang, _meaning(point, lang)),
    )


def _place(point: Point, places: int) -> tuple[str, ...]:
    if point.register is not None:
        register = point.register
        return (register.doc_address or "", READS[register.table], hex_text(register.address))
    if point.field is not None:
        return (", ".join(point.field.frames), _bytes(point.field))
    return ("",) * places


def hex_text(address: int) -> str:
    """An address as the makers print it, in either way."""
    return f"{address} (0x{address:04X})"


def _bytes(field: Field) -> str:
    if field.type is NumberType.TEXT:
        return ""
    mark = "+" if field.longer else "?" if field.or_absent else ""
    return f"{field.at} / {field.length}{mark}"


def _type(encoding: Encoding | None, lang: str) -> str:
    if encoding is None:
        return ""
    parts: list[str] = [encoding.type]
    if isinstance(encoding, Register):
        parts += [f"({encoding.characters})"] if encoding.characters else []
        parts += [say(lang, "low_first")] if encoding.word_order is WordOrder.LOW_FIRST else []
    if isinstance(encoding, Field) and encoding.width:
        parts.append(f"({encoding.width})")
    parts += [say(lang, "little")] if encoding.byte_order is ByteOrder.LITTLE else []
    return " ".join(parts)


def _meaning(point: Point, lang: str) -> Iterator[str]:
    encoding = point.register or point.field
    if encoding is not None:
        yield from _words(encoding, lang)
        yield _arithmetic(encoding, lang)
        yield _range(encoding, lang)
    yield from _derived(point, lang)
    if point.valid_when:
        yield say(lang, "only_while", conditions=_conditions(point.valid_when, lang))
    if point.ceiling is not None:
        yield say(lang, "ceiling", point=point.ceiling)


def _words(encoding: Encoding, lang: str) -> Iterator[str]:
    pairs = {**(encoding.enum or {}), **(encoding.contains or {})}
    yield listed(lang, (f"{raw} = {value_text(lang, value)}" for raw, value in pairs.items()))
    if encoding.bits:
        yield say(lang, "bits", bits=_bits(encoding.bits, lang))
    if encoding.invert:
        yield say(lang, "inverted")
    sentinels = (encoding.sentinels or {}).items()
    yield listed(lang, (f"{raw} = bad/{reason}" for raw, reason in sentinels))
    if isinstance(encoding, Field) and encoding.pattern is not None:
        yield say(lang, "pattern", pattern=encoding.pattern)


def _bits(bits: tuple[int, ...], lang: str) -> str:
    """Any of them; three and more in a row as a range."""
    low, high = min(bits), max(bits)
    if len(bits) > _FEW and set(bits) == set(range(low, high + 1)):
        return say(lang, "range_is", low=low, high=high)
    return say(lang, "or").join(map(str, bits))


def _arithmetic(encoding: Encoding, lang: str) -> str:
    parts = []
    if encoding.mask is not None:
        parts.append(say(lang, "mask", mask=f"0x{encoding.mask:X}"))
    if encoding.shift:
        parts.append(say(lang, "shift", shift=encoding.shift))
    if encoding.scale != 1:
        parts.append(f"× {encoding.scale:.10g}")
    if encoding.offset:
        parts.append(f"{encoding.offset:+g}")
    source = encoding.scale_from
    if source is not None:
        names = [name for name in (source.decimals, source.unit) if name is not None]
        parts.append(say(lang, "scale_from", points=listed(lang, names)))
    return listed(lang, parts)


def _range(encoding: Encoding, lang: str) -> str:
    low, high = encoding.minimum, encoding.maximum
    if low is not None and high is not None:
        return say(lang, "range_is", low=f"{low:g}", high=f"{high:g}")
    if low is not None:
        return say(lang, "at_least", low=f"{low:g}")
    return "" if high is None else say(lang, "no_more", high=f"{high:g}")


def _derived(point: Point, lang: str) -> Iterator[str]:
    tilt, rise, held = point.tilt, point.rise, point.held
    if tilt is not None:
        yield say(lang, "derived_tilt", x=tilt.x, y=tilt.y, z=tilt.z)
    if rise is not None:
        yield say(lang, "derived_rise", of=rise.of, over=time_text(lang, rise.over))
    if held is not None:
        yield say(lang, "derived_held", conditions=_conditions(held.all, lang))


def _conditions(given: tuple[Gate, ...] | tuple[Condition, ...], lang: str) -> str:
    pairs = (f"{one.point} = {value_text(lang, one.equals)}" for one in given)
    return say(lang, "and").join(pairs)
