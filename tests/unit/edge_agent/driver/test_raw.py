import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.encoding import ByteOrder, Field, NumberType, Register, Table, WordOrder
from device_profiles.framing import BinaryFrame, LineFrame, TextEncoding, TextFrame
from edge_agent.driver.raw import number_in, raw_of_data, raw_of_words

BIG = BinaryFrame(sync="53 59", code_at=2, length_at=4, data_at=6)
LITTLE = BinaryFrame(sync="AA FF", code="report", data_at=4, byte_order=ByteOrder.LITTLE)
LINE = LineFrame(code="line", sync="41", length=44)
RECORD = TextFrame(code="record", sync="1B 36", tail="0A 0A", encoding=TextEncoding.GBK)


def holding(
    type_: NumberType,
    word_order: WordOrder = WordOrder.HIGH_FIRST,
    byte_order: ByteOrder | None = None,
    characters: int = 0,
) -> Register:
    return Register(
        type=type_,
        table=Table.HOLDING_REGISTERS,
        address=0,
        word_order=word_order,
        byte_order=byte_order,
        characters=characters,
    )


def field(type_: NumberType, **more: Any) -> Field:
    return Field(frames=("01",), type=type_, **more)


@pytest.mark.parametrize(
    ("register", "words", "number"),
    [
        (holding(NumberType.S8), (0x12FF,), -1),
        (holding(NumberType.U8, byte_order=ByteOrder.LITTLE), (0x2501,), 0x25),
        (holding(NumberType.U16, byte_order=ByteOrder.LITTLE), (0x0102,), 0x0201),
        (holding(NumberType.U32, byte_order=ByteOrder.LITTLE), (0x0102, 0x0304), 0x02010403),
        (
            holding(NumberType.U32, WordOrder.LOW_FIRST, ByteOrder.LITTLE),
            (0x0102, 0x0304),
            0x04030201,
        ),
        (holding(NumberType.SIGN_MAGNITUDE_16), (0x8005,), -5),
        (holding(NumberType.SIGN_MAGNITUDE_16), (0x0005,), 5),
        (holding(NumberType.MAGNITUDE_SIGN_16), (0x8005,), 5),
        (holding(NumberType.MAGNITUDE_SIGN_16), (0x0005,), -5),
    ],
)
def test_registers_in_any_order(register: Register, words: tuple[int, ...], number: float) -> None:
    assert raw_of_words(register, words).number == number


def test_the_bytes_of_a_string_may_be_swapped_but_not_its_words() -> None:
    register = holding(NumberType.STRING, WordOrder.LOW_FIRST, ByteOrder.LITTLE, characters=3)
    assert raw_of_words(register, (0x4241, 0x0043)).text == "ABC"


def test_a_field_follows_its_layout_unless_it_says_otherwise() -> None:
    plain = field(NumberType.U16, length=2)
    own = field(NumberType.U16, length=2, byte_order=ByteOrder.BIG)
    numbers = [
        raw.number
        for raw in (
            raw_of_data(plain, b"\x01\x02", BIG),
            raw_of_data(plain, b"\x01\x02", LITTLE),
            raw_of_data(own, b"\x01\x02", LITTLE),
        )
        if raw is not None
    ]
    assert numbers == [0x0102, 0x0201, 0x0102]


@pytest.mark.parametrize(
    ("length", "longer", "is_taken"),
    [(3, False, False), (1, False, False), (1, True, True), (3, True, False), (2, False, True)],
)
def test_data_of_another_length_is_none_unless_it_may_be_longer(
    length: int, *, longer: bool, is_taken: bool
) -> None:
    raw = raw_of_data(field(NumberType.U8, length=length, longer=longer), b"\x01\x02", BIG)
    assert (raw is not None) is is_taken


def test_only_the_masked_bits_count_moved_to_the_right() -> None:
    raw = raw_of_data(field(NumberType.U8, mask=0xF0, shift=4), b"\xa5", BIG)
    assert raw is not None
    assert raw.number == 0xA


@pytest.mark.parametrize(
    ("type_", "at", "width", "number"),
    [
        (NumberType.DECIMAL, 1, 7, 12.5),
        (NumberType.DECIMAL, 9, 5, -3.7),
        (NumberType.HEX, 15, 2, 0x1F),
        (NumberType.DECIMAL, 15, 2, None),
        (NumberType.HEX, 9, 5, None),
    ],
)
def test_columns_of_a_line(type_: NumberType, at: int, width: int, number: float | None) -> None:
    line = b"A+012.50  -3.7 1F\r\n"
    raw = raw_of_data(field(type_, at=at, width=width, length=len(line)), line, LINE)
    assert raw is not None
    assert raw.number == number
    assert raw.data == line[at : at + width]


def test_a_string_without_a_width_is_the_rest() -> None:
    raw = raw_of_data(field(NumberType.STRING, longer=True), b"G60FD1\0\0", BIG)
    assert raw is not None
    assert raw.text == "G60FD1"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"9(\S+)", "系统复位"), (r"  (\d{3})-", None), (r"(?:(无)|6)", None)],
)
def test_a_pattern_is_searched_in_the_characters_of_the_record(
    pattern: str, text: str | None
) -> None:
    record = "\x1b608/12/02\n\x1b9系统复位\n\n".encode("gbk")
    raw = raw_of_data(field(NumberType.TEXT, longer=True, pattern=pattern), record, RECORD)
    assert raw is not None
    assert raw.text == text


def test_a_byte_that_is_no_character_is_replaced() -> None:
    raw = raw_of_data(field(NumberType.TEXT, longer=True), b"\xbb\xf0\xff\xff", RECORD)
    assert raw is not None
    assert raw.text is not None
    assert raw.text.startswith("火")
    assert "\ufffd" in raw.text


@pytest.mark.parametrize(
    ("text", "number"),
    [("+000.00", 0.0), ("-1.5", -1.5), (" 7 ", 7), (".5", 0.5), ("3.", 3.0)],
)
def test_a_decimal_has_sign_and_point(text: str, number: float) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "1e5", "nan", "inf", "--1", "1_000", "٣", "1 2", "+", "."])
def test_what_only_python_takes_for_a_number_is_none(text: str) -> None:
    assert number_in(text) is None


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_is_the_shortest_decimal_with_the_same_bits(number: float) -> None:
    packed = struct.pack("<f", number)
    raw = raw_of_data(field(NumberType.F32, length=4), packed, LITTLE)
    assert raw is not None
    assert raw.number is not None
    assert struct.pack("<f", raw.number) == packed


def test_a_float_has_no_more_digits_than_the_device_gave() -> None:
    raw = raw_of_data(field(NumberType.F32, length=4), bytes.fromhex("6666A241"), LITTLE)
    assert raw is not None
    assert raw.number == 20.3


@given(
    st.sampled_from(list(NumberType)),
    st.binary(max_size=40),
    st.sampled_from([BIG, LITTLE, LINE, RECORD]),
    st.integers(0, 20),
    st.integers(0, 12),
)
def test_any_data_gives_a_raw_value_or_none(
    type_: NumberType,
    data: bytes,
    layout: BinaryFrame | LineFrame | TextFrame,
    at: int,
    width: int,
) -> None:
    raw_of_data(field(type_, at=at, width=width, length=at + 4, longer=True), data, layout)
