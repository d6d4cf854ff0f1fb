"""What each key of a profile means, in both languages: for editors and for the page of all keys."""

import inspect
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from alarm_rules.rule import Words
from device_profiles.model import Profile

_FILE = Path(__file__).with_name("keys.toml")


class Texts(msgspec.Struct, frozen=True):
    """Of one table of a profile: what it is, and what each of its keys means."""

    about: Words
    keys: Mapping[str, Words]


def key_texts() -> dict[str, Texts]:
    """By the name of the Struct, in the order in which a reader meets them."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    about = raw.pop("about")
    found = {}
    for struct in structs_of(Profile):
        above = [one.__name__ for one in reversed(inspect.getmro(struct))]
        keys = {key: Words(**text) for name in above for key, text in raw.get(name, {}).items()}
        found[struct.__name__] = Texts(Words(**about[struct.__name__]), keys)
    return found


def structs_of(struct: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """The Struct and all that stand within it; not those that no file has."""
    found = [struct]
    for one in found:  # grows while it is walked
        for field in msgspec.structs.fields(one):
            found += [below for below in _within(field.type) if below not in found]
    return found


def _within(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if kind.__struct_config__.tag != "unset":  # `in_force` adds it by itself
            yield kind
        return
    for part in get_args(kind):
        yield from _within(part)
