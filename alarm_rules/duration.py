"""Durations as people write them in TOML, as whole microseconds."""

import re
from decimal import Decimal
from typing import Annotated, Final

import msgspec

DURATION: Final = "duration"
Duration = Annotated[
    int,
    msgspec.Meta(ge=0, extra={"written_as": DURATION}, extra_json_schema={"format": DURATION}),
]
"""Microseconds; the readers of TOML take text such as "500ms" for a field of this type."""

_UNITS = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
}
_GRAMMAR = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ?(us|ms|s|min|h|d)")


def parse_duration(text: str) -> int:
    """Microseconds of "500ms", "1.5s", "10min"; raise ValueError that says what would be right."""
    match = _GRAMMAR.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a duration: write 500ms, 1s, 10min, 2h or 1d")
    number, unit = match.groups()
    microseconds = Decimal(number) * _UNITS[unit]
    if microseconds != int(microseconds):
        raise ValueError(f"{text!r} is finer than a microsecond")
    return int(microseconds)


def duration_text(microseconds: int) -> str:
    """The shortest exact text that `parse_duration` reads back to the same number."""
    for unit in ("d", "h", "min", "s", "ms"):
        if microseconds and microseconds % _UNITS[unit] == 0:
            return f"{microseconds // _UNITS[unit]}{unit}"
    return f"{microseconds}us" if microseconds else "0s"
