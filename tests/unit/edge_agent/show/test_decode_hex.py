import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.show.decode_hex import MOST_BYTES, HexError, bytes_of


@pytest.mark.parametrize(
    "text",
    [
        "01 83 02 c0 F1",
        "018302C0F1",
        " 0183 02\tc0\nf1\r\n",
        "0 1 8 3 0 2 C 0 F 1",
        "0x01, 0x83, 0x02, 0xC0, 0xF1",
        "0x1,0x83,0x2,0xC0,0xF1",
        "0x018302C0F1",
        "[01:83:02:C0:F1]",
        "01-83-02-C0-F1",
        r"\x01\x83\x02\xc0\xf1",
        "1 83 02 C0 F1",
    ],
)
def test_however_people_write_it(text: str) -> None:
    assert bytes_of(text) == b"\x01\x83\x02\xc0\xf1"


def test_nothing_is_nothing() -> None:
    assert bytes_of("") == bytes_of("  ,\n") == b""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("01 8G", "'G'"),
        ("zz", "'zz'"),
        ("018", "half a byte"),
        ("0183 02C", "half a byte"),
        ("0x", "'x'"),
        ("０１", "hexadecimal"),
        ("00" * (MOST_BYTES + 1), "at most 16384"),
        ("00" * (100 * MOST_BYTES), "at most 16384"),
    ],
)
def test_what_is_none_is_refused_with_the_place(text: str, why: str) -> None:
    with pytest.raises(HexError, match=why):
        bytes_of(text)


@given(st.binary(max_size=64), st.sampled_from(["", " ", ", ", "\n", ":"]))
def test_every_byte_string_comes_back(data: bytes, between: str) -> None:
    assert bytes_of(data.hex(between[0]) if between else data.hex()) == data


@given(st.text(max_size=200))
def test_any_text_is_bytes_or_a_named_error(text: str) -> None:
    try:
        bytes_of(text)
    except HexError as error:
        assert str(error)  # noqa: PT017 - both outcomes are fine
