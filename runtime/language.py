"""English or Chinese by locale, and tables that keep their columns in both."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum


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
    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF")
        for one in text
    )


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with aligned columns; the first row is the heading."""
    columns = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (columns[index] - width(cell)) for index, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]
