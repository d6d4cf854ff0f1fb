"""Sizes as people write them in TOML, as whole bytes."""

import re
from typing import Final

_UNITS: Final = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
SIZE_PATTERN: Final = r"[0-9]{1,9} ?(B|KiB|MiB|GiB)"
_GRAMMAR = re.compile(r"([0-9]{1,9}) ?(B|KiB|MiB|GiB)")


def parse_size(text: str) -> int:
    """Bytes of "64MiB"; raise ValueError that says what would be right."""
    match = _GRAMMAR.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a size: write 512KiB, 64MiB or 1GiB")
    number, unit = match.groups()
    return int(number) * _UNITS[unit]


def size_text(size: int) -> str:
    """About so many bytes, for people: "1.5 MiB"."""
    for unit in ("GiB", "MiB", "KiB"):
        if size >= _UNITS[unit]:
            return f"{size / _UNITS[unit]:.1f} {unit}"
    return f"{size} B"
