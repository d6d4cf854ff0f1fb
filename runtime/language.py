"""English or Chinese by locale, and tables that keep their columns in both."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import zip_longest

_WIDE, _OPENS, _CLOSES = "\\u2e80-\\uffff", "(（“《", ")，。；、）：！？”》"
_PIECES = rf"[{_OPENS}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENS}][^\s{_WIDE}]*)[{_CLOSES}]*\s*|\S\s*"
"""What stays together on a line: a word or a wide character, with its brackets and marks."""


class Language(StrEnum):
    """The languages of the output."""

    EN = "en"
    ZH = "zh"


def from_locale(environ: Mapping[str, str]) -> Language:
    """The first of LC_ALL, LC_MESSAGES and LANG that is set decides (POSIX 8.2)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return Language.ZH if environ[name].startswith("zh") else Language.EN
    return Language.EN


def width(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    import unicodedata  # noqa: PLC0415 - a program that shows nothing to people starts without it

    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF")
        for one in text
    )


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns, broken at blanks and between wide characters."""
    lines, line = [], ""
    for piece in re.findall(_PIECES, text):
        if line and width(line) + width(piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


def fitted(rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """As `table`, but no wider than so many columns where words allow: wide cells are wrapped."""
    by_column = [*zip(*rows, strict=True)]
    widths = [max(map(width, column)) for column in by_column]
    least = [max(map(_longest_piece, column)) for column in by_column]
    spare = sum(widths) + 2 * (len(widths) - 1) - columns
    while spare > 0 and widths != least:
        widest = max(range(len(widths)), key=lambda at: (widths[at] > least[at], widths[at]))
        widths[widest] -= 1
        spare -= 1
    lines: list[Sequence[str]] = []
    for row in rows:
        cells = [wrapped(cell, wide) for cell, wide in zip(row, widths, strict=True)]
        lines += zip_longest(*cells, fillvalue="")
    return table(lines)


def _longest_piece(text: str) -> int:
    return max((width(piece.rstrip()) for piece in re.findall(_PIECES, text)), default=0)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with aligned columns; the first row is the heading."""
    columns = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (columns[index] - width(cell)) for index, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]
