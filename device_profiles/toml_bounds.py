"""Reads TOML that comes from afar: in little time and without a crash, whatever it says."""

import tomllib
from typing import Any

LINE = 2_000
"""Characters of one line: a long dotted key takes tomllib time by its square."""
DEPTH = 8
NAME = 200
KEYS = 64
"""Of one table; lines and devices are named in tables of the first level, which may be longer."""


class OutOfBoundsError(ValueError):
    """It is TOML, or may be, that nobody writes."""


def read_bounded(text: str) -> dict[str, Any]:
    """Raise ValueError, which tomllib.TOMLDecodeError is too, with what is wrong."""
    longest = max(map(len, text.splitlines()), default=0)
    if longest > LINE:
        raise OutOfBoundsError(f"a line has {longest} characters, at most {LINE}")
    try:
        raw = tomllib.loads(text)
    except RecursionError as error:  # brackets within brackets
        raise OutOfBoundsError("brackets within brackets, too many") from error
    _look_through(raw)
    return raw


def _look_through(raw: dict[str, Any]) -> None:
    """Not by recursion: it may be as deep as it likes."""
    left: list[tuple[Any, int]] = [(raw, 0)]
    while left:
        one, depth = left.pop()
        if depth > DEPTH:
            raise OutOfBoundsError(f"a table or an array lies more than {DEPTH} deep")
        if isinstance(one, dict):
            _look_at_names(one, depth)
            left += [(value, depth + 1) for value in one.values()]
        elif isinstance(one, list):
            left += [(value, depth + 1) for value in one]


def _look_at_names(table: dict[str, Any], depth: int) -> None:
    if depth > 1 and len(table) > KEYS:
        raise OutOfBoundsError(f"a table has {len(table)} keys, at most {KEYS}")
    longest = max(map(len, table), default=0)
    if longest > NAME:
        raise OutOfBoundsError(f"a name has {longest} characters, at most {NAME}")
