"""How raw bits and bytes become a point's value: the words of the catalogue, no arithmetic."""

from enum import StrEnum
from typing import Annotated

import msgspec

from alarm_rules.rule import Name


class NumberType(StrEnum):
    """How many bytes a raw value has and what they mean; big-endian unless the words say less."""

    BIT = "bit"
    U8 = "u8"
    S8 = "s8"
    U16 = "u16"
    S16 = "s16"
    U32 = "u32"
    S32 = "s32"
    F32 = "f32"
    BCD_MIXED = "bcd_mixed"  # high byte: whole hundreds, low byte: two packed decimal digits
    SIGN_MAGNITUDE_16 = "sign_magnitude_16"  # bit 15 set: negative
    MAGNITUDE_SIGN_16 = "magnitude_sign_16"  # the other way round, bit 15 set: positive
    STRING = "string"  # ASCII, two characters a register, filled up with NUL or blanks
    DECIMAL = "decimal"  # ASCII digits with sign and point, `width` columns of a line
    HEX = "hex"  # ASCII hexadecimal digits, `width` columns of a line
    TEXT = "text"  # what `pattern` finds in a record of text


SIZES = {
    NumberType.BIT: 1,
    NumberType.U8: 1,
    NumberType.S8: 1,
    NumberType.U16: 2,
    NumberType.S16: 2,
    NumberType.U32: 4,
    NumberType.S32: 4,
    NumberType.F32: 4,
    NumberType.BCD_MIXED: 2,
    NumberType.SIGN_MAGNITUDE_16: 2,
    NumberType.MAGNITUDE_SIGN_16: 2,
}
"""Bytes of each type; a bit counts as one. The others have as many as their place says."""


class ByteOrder(StrEnum):
    """Which byte of a number comes first."""

    BIG = "big"
    LITTLE = "little"


class WordOrder(StrEnum):
    """Which register of a 32-bit value comes first (Modbus leaves it to the maker)."""

    HIGH_FIRST = "high_first"
    LOW_FIRST = "low_first"


class Table(StrEnum):
    """The four tables of Modbus; the same words as the gateway's bus uses."""

    COILS = "coils"
    DISCRETE_INPUTS = "discrete_inputs"
    HOLDING_REGISTERS = "holding_registers"
    INPUT_REGISTERS = "input_registers"


BIT_TABLES = frozenset({Table.COILS, Table.DISCRETE_INPUTS})
Address = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
RawText = Annotated[
    str,
    msgspec.Meta(
        pattern=r"\A-?[0-9]{1,10}\Z",
        extra={"means": "raw numbers as keys, decimal and whole, such as { 0 = …, 15 = … }"},
    ),
]
FrameCode = Annotated[
    str,
    msgspec.Meta(
        pattern=r"\A([0-9A-F]{2}( [0-9A-F]{2}){0,3}|[a-z][a-z0-9_]{0,15})\Z",
        extra={"means": "bytes in hexadecimal, capitals, such as '83 01', or a small name"},
    ),
]
"""What tells one kind of frame from another: its bytes in hexadecimal, as the manuals print them,
or a name where a layout has only one kind."""


class ScaleFrom(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The scale stands in other points, read in the same reply.

    The number is divided by 10 to the power of the point `decimals`, then multiplied by the factor
    that `factors` has for the raw number of the point `unit`; a unit that is not there makes the
    value bad/configuration.
    """

    decimals: Name | None = None
    unit: Name | None = None
    factors: dict[RawText, float] = {}


class Encoding(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Raw value to value: sentinels, mask and shift, enum or bits, scale and offset, range.

    `enum` maps the raw number to a state or a text; a number outside it is bad/out_of_range.
    `bits`: positions OR-ed into a state. `invert`: the state is the opposite of what is read.
    `sentinels` map a raw number to the reason (wire.quality) of a bad value. `minimum`, `maximum`
    bound the scaled value, in the point's unit; beyond is bad/out_of_range with its limit bit. A
    digit that is none, and a string that is empty or not ASCII, is bad/sensor_fault. `mask` and
    `shift`: only these bits of the raw number count, moved to the right by `shift`. `byte_order`:
    of this number, where it differs from the table's or the layout's. `contains`: words that a
    text may contain, the first found decides the value; a text that has none is bad/out_of_range.
    """

    type: NumberType
    byte_order: ByteOrder | None = None
    mask: Annotated[int, msgspec.Meta(ge=1, le=0xFFFFFFFF)] | None = None
    shift: Annotated[int, msgspec.Meta(ge=0, le=31)] = 0
    scale_from: ScaleFrom | None = None
    contains: dict[str, bool | str] | None = None
    scale: float = 1.0
    offset: float = 0.0
    enum: dict[RawText, bool | str] | None = None
    bits: tuple[Annotated[int, msgspec.Meta(ge=0, le=31)], ...] = ()
    invert: bool = False
    sentinels: dict[RawText, Name] | None = None
    minimum: float | None = None
    maximum: float | None = None


class Register(Encoding, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value in a Modbus table. `address` is on the wire (zero-based), `doc_address` in print.

    `characters`: length of a string. `shared`: reads on purpose what another point reads too.
    """

    table: Table
    address: Address
    doc_address: str | None = None
    word_order: WordOrder = WordOrder.HIGH_FIRST
    characters: Annotated[int, msgspec.Meta(ge=0, le=128)] = 0
    shared: bool = False

    @property
    def count(self) -> int:
        """Bits or registers that the value takes."""
        if self.table in BIT_TABLES:
            return 1
        size = self.characters if self.type is NumberType.STRING else SIZES[self.type]
        return max(1, -(-size // 2))


class Field(Encoding, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value in frames of a stream: `length` data bytes in all, the value from byte `at`.

    `longer`: newer firmware may send more. `or_absent`: a frame of another length does not tell
    it (older firmware tells less, a command carries what its answer does not). `width`: columns
    of a number or string in ASCII. `pattern`: for a text, a regular expression (Python's) with one
    group, searched in the record.
    """

    frames: Annotated[tuple[FrameCode, ...], msgspec.Meta(min_length=1)]
    length: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 1
    longer: bool = False
    or_absent: bool = False
    at: Annotated[int, msgspec.Meta(ge=0, le=1023)] = 0
    width: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    pattern: Annotated[str, msgspec.Meta(max_length=200)] | None = None
