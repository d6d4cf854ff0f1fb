"""How a stream is cut into frames: binary frames, fixed ASCII lines, records of text."""

from enum import StrEnum
from typing import Annotated

import msgspec

from alarm_rules.rule import Name
from device_profiles.encoding import ByteOrder, FrameCode

_HEX = {"means": "bytes in hexadecimal, capitals, a blank between two, such as '53 59'"}
HexBytes = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-F]{2}( [0-9A-F]{2}){0,15}\Z", extra=_HEX)]
"""One to sixteen bytes in hexadecimal, as the manuals print them."""
NoBytesOrHex = Annotated[
    str, msgspec.Meta(pattern=r"\A([0-9A-F]{2}( [0-9A-F]{2}){0,255})?\Z", extra=_HEX)
]
_Place = Annotated[int, msgspec.Meta(ge=0, le=1023)]
_Length = Annotated[int, msgspec.Meta(ge=1, le=1024)]
_Width = Annotated[int, msgspec.Meta(ge=1, le=4)]


class Checksum(StrEnum):
    """What proves a frame, and how many bytes it takes (CHECKSUM_SIZES)."""

    NONE = "none"
    SUM8 = "sum8"  # low byte of the sum
    XOR8 = "xor8"
    XOR8_INVERTED = "xor8_inverted"
    CRC16 = "crc16"  # Modbus polynomial, low byte first


CHECKSUM_SIZES = {
    Checksum.NONE: 0,
    Checksum.SUM8: 1,
    Checksum.XOR8: 1,
    Checksum.XOR8_INVERTED: 1,
    Checksum.CRC16: 2,
}


class BinaryFrame(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="binary",
    omit_defaults=True,
):
    """`sync` … code … length … [header checksum] data [checksum] [tail]; offsets count from 0.

    The code is the `code_size` bytes at `code_at`, or the constant `code` where frames have none.
    `codes`: the only ones that there are; without a checksum another is damage, not news.
    The data begins at `data_at`; its length is what `length_at` says less `length_extra` (bytes
    that the device counts too), or `fixed_length`. `header_checksum` is of all before it and
    stands right before the data; `checksum` is of all from `checksum_from` to the end of the data.
    Bytes that nothing names are sent as 0. `zero_length_has_no_trailer`: a frame without data ends
    where the data would begin. `byte_order`: of the numbers in the data.
    """

    name: Name = "frame"
    sync: HexBytes
    code_at: _Place | None = None
    code_size: _Width = 2
    codes: tuple[FrameCode, ...] = ()
    code: FrameCode | None = None
    length_at: _Place | None = None
    length_size: Annotated[int, msgspec.Meta(ge=1, le=2)] = 2
    length_order: ByteOrder = ByteOrder.BIG
    length_extra: Annotated[int, msgspec.Meta(ge=0, le=16)] = 0
    fixed_length: _Length | None = None
    data_at: _Place
    header_checksum: Checksum = Checksum.NONE
    checksum: Checksum = Checksum.NONE
    checksum_from: _Place = 0
    zero_length_has_no_trailer: bool = False
    tail: HexBytes | None = None
    max_length: _Length = 64
    byte_order: ByteOrder = ByteOrder.BIG


class LineFrame(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="line",
    omit_defaults=True,
):
    """An ASCII line of fixed columns: `length` bytes in all, from `sync` to `tail`.

    The checksum, if any, is of the bytes `checksum_from` to before `checksum_to`, and stands at
    `checksum_at` as two hexadecimal digits. The data of such a frame is the whole line. `blanks`:
    columns that are blank in every sound line (the checksum need not cover them).
    """

    name: Name = "line"
    code: FrameCode
    sync: HexBytes
    tail: HexBytes = "0D 0A"
    length: _Length
    checksum: Checksum = Checksum.NONE
    checksum_from: _Place = 0
    checksum_to: _Place = 0
    checksum_at: _Place = 0
    blanks: tuple[_Place, ...] = ()


class TextEncoding(StrEnum):
    """How the characters of a record are written."""

    ASCII = "ascii"
    GBK = "gbk"
    UTF_8 = "utf-8"


class TextFrame(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="text",
    omit_defaults=True,
):
    """A record of text from `sync` to `tail`; its data is all of it.

    A byte that is no character is replaced by U+FFFD: there is no checksum that could tell.
    """

    name: Name = "record"
    code: FrameCode
    sync: HexBytes
    tail: HexBytes
    encoding: TextEncoding = TextEncoding.ASCII
    max_length: _Length = 512


Layout = BinaryFrame | LineFrame | TextFrame
