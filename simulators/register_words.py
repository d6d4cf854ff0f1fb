"""Numbers and text as Modbus registers: high byte first, and high word first unless told."""

import struct
from collections.abc import Iterable, Iterator


def f32_words(value: float, *, low_word_first: bool = False) -> tuple[int, int]:
    """Return the two registers of an IEEE 754 single."""
    high, low = struct.unpack(">HH", struct.pack(">f", value))
    return (low, high) if low_word_first else (high, low)


def u32_words(value: int) -> tuple[int, int]:
    """Return the two registers of an unsigned 32-bit value, high word first."""
    return value >> 16 & 0xFFFF, value & 0xFFFF


def s16_word(value: float) -> int:
    """Return a signed value rounded to a whole one, held at the ends of 16 bits."""
    return max(-0x8000, min(0x7FFF, round(value))) & 0xFFFF


def u16_word(value: float) -> int:
    """Return an unsigned value rounded to a whole one, held at the ends of 16 bits."""
    return max(0, min(0xFFFF, round(value)))


def text_words(text: str, length: int) -> list[int]:
    """Return ASCII text in registers, two characters each, filled with NUL to `length` bytes."""
    raw = text.encode("ascii")[:length].ljust(length, b"\0")
    return [int.from_bytes(raw[place : place + 2], "big") for place in range(0, length, 2)]


def placed(address: int, words: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (address, word) for words that lie one after the other."""
    return enumerate(words, address)
