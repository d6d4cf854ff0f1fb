"""Where one frame of a layout ends, and why something is none: one shape for each kind of layout.

What a layout without a checksum can not tell. Its sync, its tail, the length and whatever bytes
stand between the data and the tail are compared, so a lost or added byte is refused; a byte that
is *changed* inside the data is not seen, and the value is wrong. A record of text has neither
length nor checksum: a lost byte inside it is not seen either, unless what is read from it no longer
fits. (Eight bits of checksum let one damage in 256 pass.)
"""

from enum import StrEnum
from typing import NamedTuple, Protocol

from device_profiles.framing import (
    CHECKSUM_SIZES,
    BinaryFrame,
    Layout,
    LineFrame,
    TextFrame,
)
from edge_agent.driver.checksum import checksum_of

_BLANK = ord(" ")
_WEAK = 2
"""Bytes of sync, checksums and tail together."""


class Refused(StrEnum):
    """Why bytes were thrown away. Each may have been a report that is never repeated."""

    GARBAGE = "garbage"  # no frame begins here
    HEADER_CHECKSUM = "header_checksum"
    CHECKSUM = "checksum"
    CODE = "code"  # no frame of this layout has such a code
    TAIL = "tail"
    COLUMNS = "columns"  # something stands between two columns of a line
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    CUT_SHORT = "cut_short"  # the rest of the frame never came
    NOT_FOLLOWED = "not_followed"  # sound after damage, but followed by no frame: by chance


class Found(NamedTuple):
    """A whole frame: what kind it is, its data, and the bytes that it takes."""

    code: str
    data: bytes
    size: int


Judgement = Found | Refused | None
"""None: more bytes are needed to tell."""


class Shape(Protocol):
    """A layout at work. `most`: bytes of its longest frame.

    `is_weak`: so few bytes prove a frame that broken ones look like it every now and then.
    """

    sync: bytes
    most: int
    is_weak: bool

    def judge(self, held: bytearray, at: int) -> Judgement:
        """What begins at `at`, where the sync stands or what has come of it."""
        ...

    def encode(self, code: str, data: bytes) -> bytes:
        """The bytes on the wire; raise ValueError for what this layout can not say."""
        ...


def shape_of(layout: Layout) -> Shape:
    match layout:
        case BinaryFrame():
            return BinaryShape(layout)
        case LineFrame():
            return LineShape(layout)
        case TextFrame():
            return TextShape(layout)


class BinaryShape:
    """By length, never by tail: nothing is escaped, so any byte may stand in the data."""

    def __init__(self, layout: BinaryFrame) -> None:
        self._layout = layout
        self.sync = bytes.fromhex(layout.sync)
        self._tail = b"" if layout.tail is None else bytes.fromhex(layout.tail)
        self._check = CHECKSUM_SIZES[layout.checksum]
        self._header_check = CHECKSUM_SIZES[layout.header_checksum]
        self._trailer = self._check + len(self._tail)
        self._code_end = 0 if layout.code_at is None else layout.code_at + layout.code_size
        length_end = 0 if layout.length_at is None else layout.length_at + layout.length_size
        self._head = max(layout.data_at, length_end, len(self.sync))
        self._least = max(self._head, self._code_end)  # before this the data can not end
        self.most = layout.data_at + (layout.fixed_length or layout.max_length) + self._trailer
        self.is_weak = len(self.sync) + self._header_check + self._trailer <= _WEAK

    def judge(self, held: bytearray, at: int) -> Judgement:
        if len(held) - at < self._head:
            return None
        length = self._length(held, at)
        if isinstance(length, Refused):
            return length
        begin = at + self._layout.data_at
        is_bare = length == 0 and self._layout.zero_length_has_no_trailer
        size = self._layout.data_at + length + (0 if is_bare else self._trailer)
        if len(held) - at < size:
            return None
        refused = None if is_bare else self._trailed(held, at, begin + length)
        if refused is not None:
            return refused
        code = self._code(held, at)
        if self._layout.codes and code not in self._layout.codes:
            return Refused.CODE
        return Found(code, bytes(held[begin : begin + length]), size)

    def _length(self, held: bytearray, at: int) -> int | Refused:
        """Bytes of data, once the header has come and is found sound."""
        layout = self._layout
        end = at + layout.data_at - self._header_check
        if checksum_of(layout.header_checksum, held[at:end]) != held[end : at + layout.data_at]:
            return Refused.HEADER_CHECKSUM
        if layout.length_at is None:
            return layout.fixed_length or 0
        start = at + layout.length_at
        raw = int.from_bytes(held[start : start + layout.length_size], layout.length_order.value)
        length = raw - layout.length_extra
        if layout.data_at + max(length, -1) < self._least:
            return Refused.TOO_SHORT
        return Refused.TOO_LONG if length > layout.max_length else length

    def _trailed(self, held: bytearray, at: int, end: int) -> Refused | None:
        covered = held[at + self._layout.checksum_from : end]
        if checksum_of(self._layout.checksum, covered) != held[end : end + self._check]:
            return Refused.CHECKSUM
        tail = held[end + self._check : end + self._trailer]
        return None if tail == self._tail else Refused.TAIL

    def _code(self, held: bytearray, at: int) -> str:
        layout = self._layout
        if layout.code_at is None:
            return layout.code or ""
        start = at + layout.code_at
        return held[start : start + layout.code_size].hex(" ").upper()

    def encode(self, code: str, data: bytes) -> bytes:
        layout = self._layout
        frame = bytearray(layout.data_at) + data
        frame[: len(self.sync)] = self.sync
        if layout.length_at is not None:
            raw = len(data) + layout.length_extra
            place = slice(layout.length_at, layout.length_at + layout.length_size)
            frame[place] = raw.to_bytes(layout.length_size, layout.length_order.value)
        if layout.code_at is not None:
            frame[layout.code_at : self._code_end] = bytes.fromhex(code)
        start = layout.data_at - self._header_check
        frame[start : layout.data_at] = checksum_of(layout.header_checksum, frame[:start])
        if data or not layout.zero_length_has_no_trailer:
            frame += checksum_of(layout.checksum, frame[layout.checksum_from :]) + self._tail
        return _proven(self, bytes(frame), Found(code, data, len(frame)))


class LineShape:
    """A line that ends early was cut; its data is all of it, so that columns count from 0."""

    def __init__(self, layout: LineFrame) -> None:
        self._layout = layout
        self.sync = bytes.fromhex(layout.sync)
        self._tail = bytes.fromhex(layout.tail)
        self._check = 2 * CHECKSUM_SIZES[layout.checksum]
        self.most = layout.length
        self.is_weak = False

    def judge(self, held: bytearray, at: int) -> Judgement:
        layout = self._layout
        end, last = at + layout.length, at + layout.length - len(self._tail)
        tail = held.find(self._tail, at, end)
        if 0 <= tail < last:
            return Refused.TOO_SHORT
        if len(held) < end:
            return None
        if tail < 0:
            return Refused.TAIL
        start = at + layout.checksum_at
        if held[start : start + self._check].upper() != self._digits(held[at:end]):
            return Refused.CHECKSUM
        if any(held[at + blank] != _BLANK for blank in layout.blanks):
            return Refused.COLUMNS
        return Found(layout.code, bytes(held[at:end]), layout.length)

    def _digits(self, line: bytearray) -> bytes:
        covered = line[self._layout.checksum_from : self._layout.checksum_to]
        return checksum_of(self._layout.checksum, covered).hex().upper().encode("ascii")

    def encode(self, code: str, data: bytes) -> bytes:
        """`data`: the whole line; its blanks and the columns of its checksum are filled in."""
        line = bytearray(data)
        for blank in self._layout.blanks:
            line[blank] = _BLANK
        start = self._layout.checksum_at
        line[start : start + self._check] = self._digits(line)
        return _proven(self, bytes(line), Found(code, bytes(line), len(data)))


class TextShape:
    """A record in which another one begins was cut; its data is all of it."""

    def __init__(self, layout: TextFrame) -> None:
        self._layout = layout
        self.sync = bytes.fromhex(layout.sync)
        self._tail = bytes.fromhex(layout.tail)
        self.most = layout.max_length
        self.is_weak = False  # what follows a record proves nothing: text may follow text

    def judge(self, held: bytearray, at: int) -> Judgement:
        start, most = at + len(self.sync), at + self.most
        tail = held.find(self._tail, start, most)
        end = most if tail < 0 else tail
        if held.find(self.sync, start, end) >= 0:
            return Refused.CUT_SHORT
        if tail < 0:
            return None if len(held) < most else Refused.TOO_LONG
        size = tail + len(self._tail) - at
        return Found(self._layout.code, bytes(held[at : at + size]), size)

    def encode(self, code: str, data: bytes) -> bytes:
        """`data`: the whole record."""
        return _proven(self, data, Found(code, data, len(data)))


def _proven(shape: Shape, frame: bytes, wanted: Found) -> bytes:
    """What is sent must be read as what was meant: no length, code or tail of another layout."""
    if not frame.startswith(shape.sync) or shape.judge(bytearray(frame), 0) != wanted:
        raise ValueError(f"{wanted.code!r} with {len(wanted.data)} bytes of data is no such frame")
    return frame
