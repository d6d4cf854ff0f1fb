import pytest
from msgspec.structs import replace

from device_profiles.framing import BinaryFrame, Layout
from edge_agent.driver.frame_shape import Found, Refused, shape_of
from tests.stream_layouts import DISTANCE, METHANE, PRINTER, R60, REPORT, SEALED, TARGETS, TINY

FALL = bytes.fromhex("53 59 83 01 00 01 01 32 54 43")
TINY_FALL = bytes.fromhex("01 00 00 00 01 0E 02 F3 01 FE")
LINE = b"A+000.00 +23.7 0666.22 +16.1 B+066.0 00 3B\r\n"
RECORD = b"\x1b6one\n\n"


@pytest.mark.parametrize(
    ("layout", "most"),
    [
        (R60, 73),
        (TINY, 521),
        (REPORT, 78),
        (TARGETS, 30),
        (DISTANCE, 4),
        (METHANE, 44),
        (PRINTER, 512),
        (SEALED, 69),
    ],
)
def test_the_longest_frame_is_known(layout: Layout, most: int) -> None:
    assert shape_of(layout).most == most


@pytest.mark.parametrize(
    ("layout", "whole"), [(R60, FALL), (TINY, TINY_FALL), (METHANE, LINE), (PRINTER, RECORD)]
)
def test_nothing_is_said_before_enough_has_come(layout: Layout, whole: bytes) -> None:
    shape = shape_of(layout)
    for size in range(len(shape.sync), len(whole)):
        assert shape.judge(bytearray(b"\xee" * 3 + whole[:size]), 3) is None, size
    found = shape.judge(bytearray(b"\xee" * 3 + whole + b"\xee"), 3)
    assert isinstance(found, Found)
    assert found.size == len(whole)


def test_a_false_header_is_refused_before_its_data_comes() -> None:
    header = bytearray.fromhex("01 00 00 00 01 0E 02 F4")
    assert shape_of(TINY).judge(header, 0) is Refused.HEADER_CHECKSUM
    assert shape_of(R60).judge(bytearray.fromhex("53 59 83 01 00 41"), 0) is Refused.TOO_LONG


def test_without_data_there_is_no_trailer_only_where_the_layout_says_so() -> None:
    assert shape_of(TINY).encode("0E 06", b"") == bytes.fromhex("01 00 00 00 00 0E 06 F6")
    assert shape_of(R60).encode("0E 06", b"") == bytes.fromhex("53 59 0E 06 00 00 C0 54 43")


def test_a_length_may_count_more_than_the_data() -> None:
    frame = bytearray(shape_of(REPORT).encode("02 AA", bytes(9)))
    assert frame[4:6] == b"\x0d\x00"
    frame[4] = 3  # less than the code and the bytes before the tail
    assert shape_of(REPORT).judge(frame, 0) is Refused.TOO_SHORT


def test_a_code_may_stand_in_the_data() -> None:
    layout = BinaryFrame(sync="AA", length_at=1, length_size=1, data_at=2, code_at=2, code_size=1)
    shape = shape_of(layout)
    assert shape.judge(bytearray.fromhex("AA 02 07 FF"), 0) == Found("07", b"\x07\xff", 4)
    assert shape.judge(bytearray.fromhex("AA 00 07 FF"), 0) is Refused.TOO_SHORT
    assert shape.encode("07", b"\x07\xff") == bytes.fromhex("AA 02 07 FF")
    for data in (b"", b"\x08"):
        with pytest.raises(ValueError, match="is no such frame"):
            shape.encode("07", data)


def test_where_the_codes_are_known_another_is_damage() -> None:
    shape = shape_of(replace(REPORT, codes=("02 AA", "01 AA")))
    frame = bytearray(shape.encode("02 AA", bytes(9)))
    assert shape.judge(frame, 0) == Found("02 AA", bytes(9), len(frame))
    frame[7] = 0xAB
    assert shape.judge(frame, 0) is Refused.CODE


def test_a_line_ends_where_its_tail_stands_and_nowhere_else() -> None:
    shape = shape_of(METHANE)
    assert shape.judge(bytearray(b"A+1\r\n"), 0) is Refused.TOO_SHORT
    assert shape.judge(bytearray(b"A" * 44), 0) is Refused.TAIL


def test_between_the_columns_of_a_line_there_is_nothing() -> None:
    shape = shape_of(replace(METHANE, blanks=(8, 39)))
    assert isinstance(shape.judge(bytearray(LINE), 0), Found)
    line = bytearray(LINE)
    line[39] = ord("_")  # not covered by the checksum
    assert shape.judge(line, 0) is Refused.COLUMNS


def test_a_record_is_bounded_and_holds_no_other() -> None:
    shape = shape_of(PRINTER)
    assert shape.judge(bytearray(b"\x1b6" + b"x" * 510), 0) is Refused.TOO_LONG
    assert shape.judge(bytearray(b"\x1b6one\x1b6"), 0) is Refused.CUT_SHORT
    assert shape.judge(bytearray(RECORD + b"\x1b6"), 0) == Found("event", RECORD, len(RECORD))
