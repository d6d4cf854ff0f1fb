"""Layouts as a file writes them: their grammar and defaults. What they mean is the driver's."""

from typing import Any

import msgspec
import pytest

from device_profiles.framing import (
    CHECKSUM_SIZES,
    BinaryFrame,
    Checksum,
    Layout,
    LineFrame,
    NoBytesOrHex,
    TextEncoding,
    TextFrame,
)


def read(**table: Any) -> Layout:
    layout: Layout = msgspec.convert(table, Layout)
    return layout


def test_the_kind_says_which_layout_it_is() -> None:
    binary = read(kind="binary", sync="53 59", code_at=2, length_at=4, data_at=6)
    assert isinstance(binary, BinaryFrame)
    assert (binary.code_size, binary.length_size, binary.max_length) == (2, 2, 64)
    line = read(kind="line", code="gas", sync="41", length=44)
    assert isinstance(line, LineFrame)
    assert line.tail == "0D 0A"
    text = read(kind="text", code="event", sync="1B 36", tail="0A 0A", encoding="gbk")
    assert isinstance(text, TextFrame)
    assert text.encoding is TextEncoding.GBK


@pytest.mark.parametrize("sync", ["", "5359", "53 5", "53 59 ", "zz", "53 59\n"])
def test_bytes_are_written_as_the_manuals_print_them(sync: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(kind="text", code="event", sync=sync, tail="0A")


@pytest.mark.parametrize("code", ["8", "80 1", "Event", "80 01 02 03 04"])
def test_a_code_is_bytes_or_a_name(code: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(kind="text", code=code, sync="1B", tail="0A")


def test_data_may_be_nothing() -> None:
    assert msgspec.convert("", NoBytesOrHex) == ""
    assert msgspec.convert("0F 01", NoBytesOrHex) == "0F 01"


def test_every_checksum_has_its_size() -> None:
    assert CHECKSUM_SIZES.keys() == set(Checksum)
