"""Numbers of any size, in as few bytes as they need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.short_number import Reader, Writer

NUMBERS = st.integers(0, 2**63 - 1)


@given(st.lists(NUMBERS), st.lists(st.integers(-(2**61), 2**61)), st.text())
def test_what_was_written_is_read(numbers: list[int], signed: list[int], text: str) -> None:
    out = Writer()
    for number in numbers:
        out.number(number)
    for number in signed:
        out.signed(number)
    out.text(text)
    found = Reader(out.packed())
    assert [found.number() for _ in numbers] == numbers
    assert [found.signed() for _ in signed] == signed
    assert found.text() == text
    found.end()


@pytest.mark.parametrize(("number", "size"), [(0, 1), (127, 1), (128, 2), (2**53 - 1, 8)])
def test_a_small_number_takes_few_bytes(number: int, size: int) -> None:
    out = Writer()
    out.number(number)
    assert len(out.packed()) == size


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError):
        Reader(b"").number()
    with pytest.raises(ValueError, match="without end"):
        Reader(b"\xff" * 20).number()
    with pytest.raises(ValueError, match="cut short"):
        Reader(b"\x05ab").text()
    with pytest.raises(ValueError, match="at most 3"):
        Reader(b"\x04").times(3)
    with pytest.raises(ValueError, match="more bytes"):
        Reader(b"\x00").end()
    with pytest.raises(ValueError, match="negative"):
        Writer().number(-1)
