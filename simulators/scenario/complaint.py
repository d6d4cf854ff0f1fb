"""What is wrong in a scenario file, in words that name line and key, and what would be right."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from runtime.toml_lines import TomlLines
from simulators.scenario.tables import (
    NAME,
    DeviceTable,
    ExpectTable,
    LineTable,
    ScenarioFile,
    StepTable,
    Words,
)

KEYS_OF: Final[tuple[tuple[str, type[msgspec.Struct]], ...]] = (
    (r"", ScenarioFile),
    (r"title|timeline\[\d+\]\.text", Words),
    (r"lines\.[^.]+", LineTable),
    (r"devices\.[^.]+", DeviceTable),
    (r"timeline\[\d+\]", StepTable),
    (r"timeline\[\d+\]\.expect\[\d+\]", ExpectTable),
)
NAMED: Final[dict[str, type[msgspec.Struct]]] = {"devices": DeviceTable, "lines": LineTable}
_PLACE = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$\.?(?P<key>.*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_BAD_NAME = "a name is small letters, digits and hyphens"


class ScenarioError(Exception):
    """A scenario that can not be played; names file, line and key, and what would be right."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong; `at`: the key whose line is told, where that is another."""

    key: str
    text: str
    at: str = ""

    def of(self, file: str, source: str) -> ScenarioError:
        """Return the error; of what is missing it names the line of the table that lacks it."""
        line = TomlLines(source).line_of(self.at or self.key)
        place = file if line is None else f"{file}:{line}"
        return ScenarioError(
            f"{place}: {self.key}: {self.text}" if self.key else f"{place}: {self.text}"
        )


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return that something is not known, and what is nearest or all that there is."""
    names = list(known)
    nearest = difflib.get_close_matches(name, names, n=1)
    if nearest:
        return f"unknown {what} {name!r}; did you mean {nearest[0]!r}?"
    return f"unknown {what} {name!r}; known: {', '.join(names) or 'none'}"


def told(wrong: str, found: Mapping[str, Any]) -> Complaint:
    """Return what msgspec says, with its key and the nearest right one behind."""
    match = _PLACE.fullmatch(wrong)
    if match is None:
        return Complaint("", wrong)
    what, key = match["what"], _named(match["key"] or "", found)
    if "`key` in" in wrong:
        return Complaint(_misnamed(key, found), _BAD_NAME)
    odd = _UNKNOWN.fullmatch(what)
    if odd is None:
        return Complaint(key, what)
    at = f"{key}.{odd[1]}" if key else odd[1]
    return Complaint(key, unknown("key", odd[1], _keys(key)), at)


def _misnamed(table: str, found: Mapping[str, Any]) -> str:
    """Return the first name in a table that is none; msgspec tells the table only."""
    names = (name for name in found[table] if not re.search(NAME, name))
    return f"{table}.{next(names, '')}"


def _keys(key: str) -> Iterable[str]:
    for pattern, table in KEYS_OF:
        if re.fullmatch(pattern, key):
            return (one.encode_name for one in msgspec.structs.fields(table))
    return ()


def _named(key: str, found: Mapping[str, Any]) -> str:
    """Put the name for the `[...]` by which msgspec means any value of a table."""
    table, dots, rest = key.partition("[...]")
    if not dots or table not in NAMED:
        return key
    for name, one in found[table].items():
        try:
            msgspec.convert(one, NAMED[table])
        except msgspec.ValidationError:
            return f"{table}.{name}{rest}"
    return key
