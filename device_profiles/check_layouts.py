"""Cross-checks of layouts: whether the parts of a frame have room beside each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from device_profiles.frame_codes import command_of
from device_profiles.framing import (
    CHECKSUM_SIZES,
    BinaryFrame,
    Checksum,
    Layout,
    LineFrame,
    TextFrame,
)
from device_profiles.transport import Stream
from device_profiles.typed_toml import Problem


class _Part(NamedTuple):
    """Bytes `begin` to before `end` of a frame, and the key that puts them there."""

    begin: int
    end: int
    key: str

    def __str__(self) -> str:
        return f"bytes {self.begin} to {self.end - 1} ({self.key})"


def check_layouts(transport: Stream) -> Iterator[Problem]:
    """What contradicts itself in the layouts of a stream."""
    layouts = transport.layouts
    for index, layout in enumerate(layouts):
        table = f"transport.layouts[{index}]"
        match layout:
            case BinaryFrame():
                yield from _binary(layout, table)
            case LineFrame():
                yield from _line(layout, table)
            case TextFrame():
                yield from _text(layout, table)
    yield from _doubles("name", [layout.name for layout in layouts])
    yield from _doubles("code", [_constant(layout) for layout in layouts])
    if transport.command is not None and command_of(transport) is None:
        known = [one.name for one in layouts if isinstance(one, BinaryFrame)]
        remedy = f"one of {', '.join(known)}" if known else "leave it out: none of them is binary"
        message = f"{transport.command!r} is not a binary layout; {remedy}"
        yield Problem("transport", "command", message)


def _constant(layout: Layout) -> str | None:
    return layout.code


def _doubles(key: str, given: Sequence[str | None]) -> Iterator[Problem]:
    counted = Counter(one for one in given if one is not None)
    for index, one in enumerate(given):
        if one is not None and counted[one] > 1 and one in given[:index]:
            first = given.index(one)
            message = f"{one!r} is that of layouts[{first}] too: give it another"
            yield Problem(f"transport.layouts[{index}]", key, message)


def _binary(layout: BinaryFrame, table: str) -> Iterator[Problem]:
    yield from _either(layout, table)
    yield from _parts(layout, table)
    yield from _lengths(layout, table)
    if layout.checksum_from > layout.data_at:
        yield Problem(table, "checksum_from", "is after data_at: it covers all of the data")
    if layout.checksum is Checksum.NONE and layout.tail is None:
        remedy = "say how a frame ends, by checksum or tail"
        yield Problem(table, "checksum", f"and tail are missing: nothing proves a frame; {remedy}")
    if layout.checksum is Checksum.NONE and layout.checksum_from:
        yield Problem(table, "checksum_from", "does nothing without a checksum")


def _either(layout: BinaryFrame, table: str) -> Iterator[Problem]:
    if (layout.code_at is None) is (layout.code is None):
        yield Problem(table, "code_at", "or code: one of them, and not both, tells the kind")
    if layout.codes and layout.code_at is None:
        yield Problem(table, "codes", "does nothing without code_at: all frames are of one kind")
    for index, code in enumerate(layout.codes):
        if layout.code_at is not None and len(code.split(" ")) != layout.code_size:
            message = f"{code!r} is not of {layout.code_size} bytes, as code_size says"
            yield Problem(table, f"codes[{index}]", message)
    if (layout.length_at is None) is (layout.fixed_length is None):
        yield Problem(table, "length_at", "or fixed_length: one of them, and not both")


def _parts(layout: BinaryFrame, table: str) -> Iterator[Problem]:
    """Nothing overlaps; the code may stand in the data, all else stands before it."""
    head = _head(layout)
    for part in head:
        if part.end > layout.data_at:
            yield Problem(table, "data_at", f"is {layout.data_at}, within {part}")
    code = _code(layout)
    if code is not None and code.begin < layout.data_at < code.end:
        yield Problem(table, "data_at", f"is {layout.data_at}, within {code}")
    for one, other in pairwise(sorted([*head, *([] if code is None else [code])])):
        if other.begin < one.end:
            yield Problem(table, other.key, f"puts {other} over {one}")


def _head(layout: BinaryFrame) -> list[_Part]:
    parts = [_Part(0, len(bytes.fromhex(layout.sync)), "sync")]
    if layout.length_at is not None:
        end = layout.length_at + layout.length_size
        parts.append(_Part(layout.length_at, end, "length_at"))
    size = CHECKSUM_SIZES[layout.header_checksum]
    if size:
        parts.append(_Part(layout.data_at - size, layout.data_at, "header_checksum"))
    return parts


def _code(layout: BinaryFrame) -> _Part | None:
    if layout.code_at is None:
        return None
    return _Part(layout.code_at, layout.code_at + layout.code_size, "code_at")


def _lengths(layout: BinaryFrame, table: str) -> Iterator[Problem]:
    fixed = layout.fixed_length
    if fixed is not None:
        if layout.zero_length_has_no_trailer:
            message = "does nothing with fixed_length: no frame is without data"
            yield Problem(table, "zero_length_has_no_trailer", message)
        if layout.length_extra:
            yield Problem(table, "length_extra", "does nothing with fixed_length")
        code = _code(layout)
        if code is not None and code.end > layout.data_at + fixed:
            yield Problem(table, "code_at", f"puts {code} after the data of {fixed} bytes")


def _line(layout: LineFrame, table: str) -> Iterator[Problem]:
    sync, tail = len(bytes.fromhex(layout.sync)), len(bytes.fromhex(layout.tail))
    last = layout.length - tail
    if sync > last:
        yield Problem(table, "length", f"is {layout.length}: sync and tail alone are longer")
    yield from _blanks(layout, table, range(sync, last))
    begin, end = layout.checksum_from, layout.checksum_to
    if layout.checksum is Checksum.NONE:
        if begin or end or layout.checksum_at:
            yield Problem(table, "checksum", "is missing, but its place is given")
        return
    if begin >= end or end > last:
        yield Problem(table, "checksum_to", f"is {end}, not between checksum_from and the tail")
    digits = _Part(
        layout.checksum_at, layout.checksum_at + 2 * CHECKSUM_SIZES[layout.checksum], "checksum_at"
    )
    if digits.end > last:
        yield Problem(table, "checksum_at", f"puts {digits} into the tail or beyond the line")
    elif digits.begin < end and begin < digits.end:
        yield Problem(table, "checksum_at", f"puts {digits} into what it is the checksum of")


def _blanks(layout: LineFrame, table: str, columns: range) -> Iterator[Problem]:
    for index, blank in enumerate(layout.blanks):
        if blank not in columns:
            yield Problem(table, f"blanks[{index}]", f"is {blank}, in sync or tail or beyond them")


def _text(layout: TextFrame, table: str) -> Iterator[Problem]:
    ends = len(bytes.fromhex(layout.sync)) + len(bytes.fromhex(layout.tail))
    if layout.max_length <= ends:
        yield Problem(
            table, "max_length", f"is {layout.max_length}: sync and tail alone are {ends}"
        )
