"""What is wrong in a scenario file, in words that name the key and what would be right."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from simulators.scenario.tables import (
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


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return that something is not known, and what is nearest or all that there is."""
    names = list(known)
    nearest = difflib.get_close_matches(name, names, n=1)
    if nearest:
        return f"unknown {what} {name!r}; did you mean {nearest[0]!r}?"
    return f"unknown {what} {name!r}; known: {', '.join(names) or 'none'}"


def told(wrong: str, found: Mapping[str, Any]) -> str:
    """Return what msgspec says, with the key in front and the nearest right one behind."""
    match = _PLACE.fullmatch(wrong)
    if match is None:
        return wrong
    what, key = match["what"], _named(match["key"] or "", found)
    if "`key` in" in wrong:
        what = _BAD_NAME
    odd = _UNKNOWN.fullmatch(what)
    if odd is not None:
        what = unknown("key", odd[1], _keys(key))
    return f"{key}: {what}" if key else what


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
