"""What is looked at before a profile is read: its schema, and what is still to be filled in."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from device_profiles.model import SCHEMA
from device_profiles.typed_toml import Problem

FILL_IN: Final = "FILL IN"
"""What a text begins with in a new file, until somebody has written it."""
_REMEDIES: Final = {
    1: 'write schema = 2, and in place of an "r60" transport a "stream" with its layout '
    "(docs/profile-format.md, Versions)",
}
_NEWER: Final = "this file is of a newer Lifeline: update the program"


def before_reading(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Whatever makes all other errors of the file misleading."""
    schema = raw.get("schema")
    if schema is None:
        yield Problem("", "schema", f"is missing: write schema = {SCHEMA}")
    elif schema != SCHEMA:
        remedy = _REMEDIES.get(schema, _NEWER) if isinstance(schema, int) else "write a number"
        yield Problem("", "schema", f"is {schema!r}, this program reads {SCHEMA}: {remedy}")
    else:
        yield from _unfilled(raw, "")


def _unfilled(value: Any, path: str) -> Iterator[Problem]:
    if isinstance(value, str) and value.startswith(FILL_IN):
        wanted = value.removeprefix(FILL_IN).lstrip(": ")
        yield Problem(path, "", f"is still to be filled in: {wanted}" if wanted else "is empty")
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _unfilled(below, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _unfilled(below, f"{path}[{index}]")
