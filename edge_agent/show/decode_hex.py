"""Hexadecimal as people paste it, to bytes."""

import re

MOST_BYTES = 16_384
"""What is longer is not looked at: no device sends so much at once."""
_TOKEN = re.compile(r"(?:0[xX]|\\x)?([0-9A-Fa-f]+)")
_BETWEEN = re.compile(r"[\s,;:|\-\[\]{}()\"']+|\Z")
_BYTE = 2
_MARKED = re.compile(r"0[xX]|\\x")


class HexError(ValueError):
    """It is no hexadecimal, or too much of it; the message says where."""


def bytes_of(text: str) -> bytes:
    """Spaces, case, line ends, commas, colons and a `0x` before the bytes do not matter.

    Raise HexError for what is not hexadecimal, half a byte, or more than MOST_BYTES.
    """
    if len(text) > 8 * MOST_BYTES:
        raise HexError(f"{len(text)} characters; at most {MOST_BYTES} bytes are looked at")
    tokens = _tokens(text)
    if _MARKED.search(text):  # each mark begins a byte: 0x1 is a whole one
        tokens = [token.zfill(len(token) + len(token) % 2) for token in tokens]
    digits = "".join(tokens)
    if len(digits) % 2 and max(map(len, tokens)) <= _BYTE:
        digits = "".join(token.zfill(2) for token in tokens)
    if len(digits) % 2:
        raise HexError(f"{len(digits)} digits: half a byte is missing or too much")
    if len(digits) > 2 * MOST_BYTES:
        raise HexError(f"{len(digits) // 2} bytes; at most {MOST_BYTES} are looked at")
    return bytes.fromhex(digits)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    start = _skip(text, 0)
    while start < len(text):
        token = _TOKEN.match(text, start)
        if token is None:
            raise HexError(f"{text[start : start + 8]!r} is not hexadecimal")
        found.append(token[1])
        start = _skip(text, token.end())
    return found


def _skip(text: str, start: int) -> int:
    between = _BETWEEN.match(text, start)
    return start if between is None else between.end()
