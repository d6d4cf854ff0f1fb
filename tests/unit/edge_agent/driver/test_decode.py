import struct

import pytest

from alarm_rules.rule import Words
from device_profiles.encoding import (
    Encoding,
    Field,
    NumberType,
    Register,
    ScaleFrom,
    Table,
    WordOrder,
)
from device_profiles.framing import BinaryFrame, Layout, LineFrame, TextEncoding, TextFrame
from device_profiles.model import Point, ValueKind
from edge_agent.driver.decode import Decoded, decode_field, decode_raw, factor_of
from edge_agent.driver.frame import Frame
from edge_agent.driver.raw import Raw, raw_of_bytes, raw_of_words
from wire.quality import Limit, Reason, bad

NUMBER = Point(id="level", value=ValueKind.NUMBER, title=Words("a", "一"), unit="m")
STATE = Point(id="alarm", value=ValueKind.STATE, title=Words("a", "一"))
TEXT = Point(id="mode", value=ValueKind.TEXT, title=Words("a", "一"))


BINARY = BinaryFrame(sync="53 59", code_at=2, length_at=4, data_at=6)
LINE = LineFrame(code="line", sync="41", length=20)
RECORD = TextFrame(code="record", sync="1B 36", tail="0A 0A", encoding=TextEncoding.GBK)


def decode_words(point: Point, register: Register, words: tuple[int, ...]) -> Decoded:
    return decode_raw(point, register, raw_of_words(register, words))


def decode_bytes(point: Point, encoding: Encoding, data: bytes) -> Decoded:
    return decode_raw(point, encoding, raw_of_bytes(encoding, data))


def holding(type_: NumberType, order: WordOrder = WordOrder.HIGH_FIRST) -> Register:
    return Register(type=type_, table=Table.HOLDING_REGISTERS, address=0, word_order=order)


@pytest.mark.parametrize(
    ("register", "words", "value"),
    [
        (holding(NumberType.U16), (350,), 350.0),
        (holding(NumberType.S16), (0xFFFF,), -1.0),
        (holding(NumberType.U8), (0x2505,), 5.0),
        (holding(NumberType.U32), (1, 2), 65538.0),
        (holding(NumberType.U32, WordOrder.LOW_FIRST), (2, 1), 65538.0),
        (holding(NumberType.S32), (0xFFFF, 0xFFFE), -2.0),
        (holding(NumberType.F32), struct.unpack(">HH", struct.pack(">f", 12.5)), 12.5),
    ],
)
def test_words_are_numbers(register: Register, words: tuple[int, ...], value: float) -> None:
    decoded = decode_words(NUMBER, register, words)
    assert decoded == Decoded(value)
    assert isinstance(decoded.value, float)


@pytest.mark.parametrize(("bit", "invert", "value"), [(1, False, True), (1, True, False)])
def test_a_bit_is_a_state(bit: int, *, invert: bool, value: bool) -> None:
    register = Register(type=NumberType.BIT, table=Table.DISCRETE_INPUTS, address=0, invert=invert)
    assert decode_words(STATE, register, (bit,)).value is value


def test_several_bits_are_one_state() -> None:
    encoding = Encoding(type=NumberType.U16, bits=(5, 6))
    assert decode_bytes(STATE, encoding, (0b0100_0000).to_bytes(2)).value is True
    assert decode_bytes(STATE, encoding, (0b0001_1111).to_bytes(2)).value is False


def test_scale_and_offset_give_the_unit_of_the_point() -> None:
    encoding = Encoding(type=NumberType.U16, scale=0.01, offset=-1.0)
    assert decode_bytes(NUMBER, encoding, (260).to_bytes(2)).value == 1.6


@pytest.mark.parametrize(("raw", "limit"), [(101, Limit.HIGH), (9, Limit.LOW)])
def test_beyond_the_range_is_bad_with_its_end(raw: int, limit: Limit) -> None:
    encoding = Encoding(type=NumberType.U8, minimum=10.0, maximum=100.0)
    assert decode_bytes(NUMBER, encoding, bytes([raw])) == Decoded(
        None, bad(Reason.OUT_OF_RANGE, limit)
    )


def test_a_sentinel_is_a_reason_not_a_number() -> None:
    encoding = Encoding(type=NumberType.U16, sentinels={"65533": "sensor_fault"})
    assert decode_bytes(NUMBER, encoding, b"\xff\xfd") == Decoded(None, bad(Reason.SENSOR_FAULT))


def test_an_enum_knows_its_words_only() -> None:
    encoding = Encoding(type=NumberType.U8, enum={"0": "none", "2": "active"})
    assert decode_bytes(TEXT, encoding, b"\x02").value == "active"
    assert decode_bytes(TEXT, encoding, b"\x07") == Decoded(None, bad(Reason.OUT_OF_RANGE))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_is_a_sensor_fault(number: float) -> None:
    encoding = Encoding(type=NumberType.F32)
    assert decode_bytes(NUMBER, encoding, struct.pack(">f", number)) == Decoded(
        None, bad(Reason.SENSOR_FAULT)
    )


@pytest.mark.parametrize(
    ("word", "value"), [(0x0123, 1.23), (0x0045, 0.45), (0x0000, 0.0), (0x0299, 2.99)]
)
def test_metres_in_binary_and_centimetres_in_decimal_digits(word: int, value: float) -> None:
    encoding = Encoding(type=NumberType.BCD_MIXED, scale=0.01, maximum=2.99)
    assert decode_bytes(NUMBER, encoding, word.to_bytes(2)) == Decoded(value)


@pytest.mark.parametrize("word", [0x012A, 0x01A2, 0xFFFF, 0x00F0])
def test_a_digit_that_is_none_is_a_sensor_fault(word: int) -> None:
    encoding = Encoding(type=NumberType.BCD_MIXED, scale=0.01, maximum=2.99)
    assert decode_bytes(NUMBER, encoding, word.to_bytes(2)) == Decoded(
        None, bad(Reason.SENSOR_FAULT)
    )


def test_more_metres_than_there_are_is_out_of_range_high() -> None:
    encoding = Encoding(type=NumberType.BCD_MIXED, scale=0.01, maximum=2.99)
    assert decode_bytes(NUMBER, encoding, b"\x03\x00") == Decoded(
        None, bad(Reason.OUT_OF_RANGE, Limit.HIGH)
    )


def words_of(text: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(text[at : at + 2]) for at in range(0, len(text), 2))


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        (b"METHANE\0\0\0", Decoded("METHANE")),
        (b"CO        ", Decoded("CO")),
        (b"\0" * 10, Decoded(None, bad(Reason.SENSOR_FAULT))),
        (b"CH\xff4" + b"\0" * 6, Decoded(None, bad(Reason.SENSOR_FAULT))),
        (b"A\nB" + b"\0" * 7, Decoded(None, bad(Reason.SENSOR_FAULT))),
    ],
)
def test_a_string_is_text_or_a_fault(text: bytes, decoded: Decoded) -> None:
    register = Register(
        type=NumberType.STRING, table=Table.HOLDING_REGISTERS, address=0, characters=10
    )
    assert decode_words(TEXT, register, (*words_of(text), 0x4141)) == decoded


def of_field(point: Point, field: Field, data: bytes, layout: Layout = BINARY) -> Decoded:
    return decode_field(point, field, Frame("01", data, layout))


def test_a_field_is_the_part_of_the_frame_that_it_names() -> None:
    field = Field(frames=("01",), type=NumberType.S8, at=1, length=2, scale=0.5)
    assert of_field(NUMBER, field, b"\x00\xfe") == Decoded(-1.0)
    assert of_field(NUMBER, field, b"\x00\xfe\x00") == Decoded(None, bad(Reason.CONFIGURATION))


def test_a_whole_float_is_found_among_sentinels_and_words_as_a_number_without_a_point() -> None:
    field = Field(frames=("01",), type=NumberType.F32, length=4, sentinels={"0": "sensor_fault"})
    assert of_field(NUMBER, field, bytes(4)) == Decoded(None, bad(Reason.SENSOR_FAULT))
    assert of_field(NUMBER, field, struct.pack(">f", 0.5)) == Decoded(0.5)


@pytest.mark.parametrize(
    ("columns", "decoded"),
    [
        (b"-012.50", Decoded(-12.5)),
        (b"    .5 ", Decoded(0.5)),
        (b"+0A2.50", Decoded(None, bad(Reason.SENSOR_FAULT))),
        (b"+100.01", Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.HIGH))),
    ],
)
def test_columns_of_a_line_are_a_number(columns: bytes, decoded: Decoded) -> None:
    field = Field(
        frames=("line",), type=NumberType.DECIMAL, at=1, width=7, length=20, maximum=100.0
    )
    line = (b"A" + columns).ljust(20)
    assert of_field(NUMBER, field, line, LINE) == decoded


def test_the_digits_of_a_mask_are_a_state() -> None:
    field = Field(frames=("line",), type=NumberType.HEX, at=1, width=2, length=3, bits=(0, 4))
    assert of_field(STATE, field, b"A1E", LINE) == Decoded(value=True)
    assert of_field(STATE, field, b"A0E", LINE) == Decoded(value=False)
    assert of_field(STATE, field, b"A-1", LINE) == Decoded(None, bad(Reason.SENSOR_FAULT))


EVENT = Field(frames=("record",), type=NumberType.TEXT, longer=True, pattern=r"\x1b9([^\n]+)")


@pytest.mark.parametrize(
    ("event", "words", "decoded"),
    [
        ("首次火警", None, Decoded("首次火警")),
        ("首次火警", {"火警": True, "复位": False}, Decoded(value=True)),
        ("火警复位", {"复位": False, "火警": True}, Decoded(value=False)),
        ("启动", {"火警": True}, Decoded(None, bad(Reason.OUT_OF_RANGE))),
        ("", None, Decoded(None, bad(Reason.NEVER_READ))),
    ],
)
def test_a_text_is_itself_or_the_first_word_that_it_contains(
    event: str, words: dict[str, bool | str] | None, decoded: Decoded
) -> None:
    record = f"\x1b608/12/02\n\x1b9{event}\n\n".encode("gbk")
    field = Field(
        frames=EVENT.frames,
        type=EVENT.type,
        longer=True,
        pattern=EVENT.pattern,
        contains=words,
    )
    point = TEXT if words is None else STATE
    assert of_field(point, field, record, RECORD) == decoded


def test_digits_of_a_record_are_a_number_of_a_point_that_is_one() -> None:
    field = Field(frames=("record",), type=NumberType.TEXT, longer=True, pattern=r" (\S+)-")
    assert of_field(NUMBER, field, b"  004-017\n", RECORD) == Decoded(4.0)
    assert of_field(NUMBER, field, b"  0x4-017\n", RECORD) == Decoded(
        None, bad(Reason.SENSOR_FAULT)
    )


FROM = ScaleFrom(decimals="decimals", unit="unit", factors={"17": 0.01, "18": 1.0})


@pytest.mark.parametrize(
    ("unit", "decimals", "factor"),
    [
        (17, 1, 0.001),
        (18, 0, 1.0),
        (18, 9, 1e-9),
        (19, 1, None),
        (17, 10, None),
        (17, -1, None),
        (17, 1.5, None),
        (17, None, None),
        (None, 1, None),
    ],
)
def test_the_scale_may_stand_in_other_points(
    unit: int | None, decimals: float | None, factor: float | None
) -> None:
    raws = {"unit": Raw(b"", unit), "decimals": Raw(b"", decimals)}
    assert factor_of(FROM, raws) == (factor if factor is None else pytest.approx(factor))


def test_a_scale_whose_points_were_not_read_is_not_known() -> None:
    assert factor_of(FROM, {"unit": Raw(b"", 17)}) is None
    assert factor_of(ScaleFrom(unit="unit", factors={"1": 2.0}), {"unit": Raw(b"", 1)}) == 2.0
    assert factor_of(ScaleFrom(decimals="n"), {"n": Raw(b"", 2)}) == 0.01


@pytest.mark.parametrize(
    ("number", "factor", "decoded"),
    [
        (1234, 0.001, Decoded(1.234)),
        (1234, None, Decoded(None, bad(Reason.CONFIGURATION))),
        (-5, 0.001, Decoded(-0.005)),
        (6000, 0.001, Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.HIGH))),
        (32767, None, Decoded(None, bad(Reason.SENSOR_FAULT))),
    ],
)
def test_range_is_of_the_scaled_value_and_a_sentinel_is_one_in_any_unit(
    number: int, factor: float | None, decoded: Decoded
) -> None:
    encoding = Encoding(
        type=NumberType.S16, scale_from=FROM, maximum=5.0, sentinels={"32767": "sensor_fault"}
    )
    assert decode_raw(NUMBER, encoding, Raw(b"", number), factor) == decoded
