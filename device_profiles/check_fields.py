"""Cross-checks of points in a stream: each field against the layouts that bring it."""

from collections.abc import Iterator

from device_profiles.encoding import SIZES, Field, NumberType
from device_profiles.frame_codes import carriers, kinds_of
from device_profiles.framing import BinaryFrame, Layout, LineFrame, TextFrame
from device_profiles.model import Profile
from device_profiles.pattern import unsafe
from device_profiles.transport import Stream
from device_profiles.typed_toml import Problem

_COLUMNS = frozenset({NumberType.DECIMAL, NumberType.HEX, NumberType.STRING})


def check_fields(transport: Stream, profile: Profile) -> Iterator[Problem]:
    """What contradicts itself between the points and the frames that they stand in."""
    lengths: dict[str, tuple[int, Field]] = {}
    for index, point in enumerate(profile.points):
        field = point.field
        if field is None:
            continue
        table = f"points[{index}].field"
        yield from _field(field, transport, table)
        for code in field.frames:
            first, other = lengths.setdefault(code, (index, field))
            if not _agree(field, other):
                message = f"of {code!r} is {other.length} in points[{first}]"
                yield Problem(table, "length", message)


def _agree(one: Field, other: Field) -> bool:
    """Newer firmware may send more: the shorter field says `longer`, or the longer `or_absent`."""
    short, long = sorted((one, other), key=lambda field: field.length)
    may_differ = short.longer or short.or_absent or long.or_absent
    return short.length == long.length or may_differ


def _field(field: Field, transport: Stream, table: str) -> Iterator[Problem]:
    if field.type in {NumberType.BIT, NumberType.BCD_MIXED}:
        yield Problem(table, "type", f"{field.type} is known in registers only")
        return
    if field.pattern is not None:
        wrong = unsafe(field.pattern)
        if wrong is not None:
            yield Problem(table, "pattern", wrong)
    for index, code in enumerate(field.frames):
        layouts = carriers(code, transport.layouts)
        if not layouts:
            message = f"no layout has {code!r}: write {kinds_of(transport.layouts)}"
            yield Problem(table, f"frames[{index}]", message)
            continue
        found = [list(_in_layout(field, layout, table)) for layout in layouts]
        yield from min(found, key=len)
        if found != [[]]:
            return  # the other frames would say the same again


def _in_layout(field: Field, layout: Layout, table: str) -> Iterator[Problem]:
    match layout:
        case BinaryFrame():
            yield from _in_binary(field, layout, table)
        case LineFrame():
            yield from _in_line(field, layout, table)
        case TextFrame():
            yield from _in_text(field, table)


def _in_binary(field: Field, layout: BinaryFrame, table: str) -> Iterator[Problem]:
    yield from _only_in_text(field, table)
    if field.type in {NumberType.DECIMAL, NumberType.HEX, NumberType.TEXT}:
        yield Problem(table, "type", f"{field.type} is for ASCII, but {layout.name!r} is binary")
        return
    if field.width and field.type is not NumberType.STRING:
        yield Problem(table, "width", f"is for ASCII; a {field.type} has as many bytes as it has")
    size = SIZES.get(field.type, max(1, field.width))
    if field.at + size > field.length:
        message = f"{field.type} from there does not fit into the length of {field.length}"
        yield Problem(table, "at", message)
    most = layout.fixed_length or layout.max_length
    if field.length > most:
        message = f"is {field.length}; frames of {layout.name!r} have at most {most} bytes of data"
        yield Problem(table, "length", message)
    elif layout.fixed_length is not None and field.length < most and not field.longer:
        message = f"is {field.length}, but all frames of {layout.name!r} have {most} bytes of data"
        yield Problem(table, "length", message)


def _in_line(field: Field, layout: LineFrame, table: str) -> Iterator[Problem]:
    yield from _only_in_text(field, table)
    if field.type not in _COLUMNS:
        message = f"{field.type} does not stand in a line: decimal, hex or string does"
        yield Problem(table, "type", message)
        return
    if not field.width:
        yield Problem(table, "width", "is missing: how many columns of the line it takes")
    if field.length != layout.length:
        message = f"is {field.length}: the data is the whole line, {layout.length} bytes"
        yield Problem(table, "length", message)
    elif field.at + field.width > layout.length - len(bytes.fromhex(layout.tail)):
        yield Problem(table, "at", f"{field.width} columns from there are past the end of the line")


def _only_in_text(field: Field, table: str) -> Iterator[Problem]:
    if field.pattern is not None:
        yield Problem(table, "pattern", "is searched in a record of text; elsewhere write at")


def _in_text(field: Field, table: str) -> Iterator[Problem]:
    if field.type is not NumberType.TEXT:
        yield Problem(table, "type", f"{field.type} does not stand in a record of text: text does")
        return
    if field.pattern is None and field.contains is None:
        yield Problem(table, "pattern", "is missing: it says which part of the record is meant")
    if field.width or field.at:
        yield Problem(table, "at", "and width do nothing in a record of text: write a pattern")
    if not field.longer:
        yield Problem(table, "longer", "must be true: a record of text has no fixed length")
