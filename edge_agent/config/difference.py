"""What differs between the lines and devices that are wanted and those in force, key by key."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from device_profiles.typed_toml import read_table
from edge_agent.config.tables import DeviceTable, LineTable

WANTED, HERE, MORE = "- ", "+ ", "… "
"""A line begins with one of them: as wanted, as in force; how many more there are."""
MOST = 60
_LONGEST = 160
_TABLES: dict[str, type[msgspec.Struct]] = {"lines": LineTable, "devices": DeviceTable}
_SECRETS = ("password", "secret", "token")


def differences(wanted: Mapping[str, Any], here: Mapping[str, Any]) -> tuple[str, ...]:
    """Of two parsed TOML documents. What says the same in other words does not differ.

    A key that stands on one side only is told of that side. At most `MOST` lines and one that
    counts the others.
    """
    found = [*_all(wanted, here)]
    more = len(found) - MOST
    return tuple(found) if more <= 0 else (*found[:MOST], f"{MORE}{more}")


def _all(wanted: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[str]:
    for section, to in _TABLES.items():
        theirs, ours = _table(wanted, section), _table(here, section)
        for name in sorted(theirs.keys() | ours.keys()):
            place = f"{section}.{name}"
            if name not in ours:
                yield _line(WANTED, place, theirs[name])
            elif name not in theirs:
                yield _line(HERE, place, ours[name])
            else:
                yield from _keys(place, _table(theirs, name), _table(ours, name), to)


def _keys(
    place: str, wanted: Mapping[str, Any], here: Mapping[str, Any], to: type[msgspec.Struct]
) -> Iterator[str]:
    theirs, ours = _meant(wanted, to), _meant(here, to)
    for key in dict.fromkeys([*wanted, *here]):
        if theirs.get(key) == ours.get(key):
            continue
        if key in wanted:
            yield _line(WANTED, f"{place}.{key}", wanted[key])
        if key in here:
            yield _line(HERE, f"{place}.{key}", here[key])


def _meant(raw: Mapping[str, Any], to: type[msgspec.Struct]) -> Mapping[str, Any]:
    """With every default, and durations as numbers; as it stands there when it is not sound."""
    read = read_table(raw, to)
    return raw if isinstance(read, tuple) else msgspec.structs.asdict(read)


def _line(side: str, place: str, value: object) -> str:
    if any(word in place.rpartition(".")[2].lower() for word in _SECRETS):
        return f"{side}{place} = …"  # no key of these tables is one; should there ever be one
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f"{side}{place} = {text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}"


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name, {})
    return found if isinstance(found, Mapping) else {}
