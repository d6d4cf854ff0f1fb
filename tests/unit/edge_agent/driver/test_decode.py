import struct

import pytest

from alarm_rules.rule import Words
from device_profiles.encoding import Encoding, NumberType, Register, Table, WordOrder
from device_profiles.model import Point, ValueKind
from edge_agent.driver.decode import Decoded, decode_bytes, decode_words
from wire.quality import Limit, Reason, bad

NUMBER = Point(id="level", value=ValueKind.NUMBER, title=Words("a", "一"), unit="m")
STATE = Point(id="alarm", value=ValueKind.STATE, title=Words("a", "一"))
TEXT = Point(id="mode", value=ValueKind.TEXT, title=Words("a", "一"))


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
