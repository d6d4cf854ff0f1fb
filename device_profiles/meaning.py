"""What a profile means to a program, as one digest, and whether its version tells so."""

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from alarm_rules.rule import Source, Words
from device_profiles.handbook import Example, Installation
from device_profiles.model import Evidence, Profile, Setting

# No program does anything by these: a text may be bettered without a new version.
_FOR_PEOPLE: Final = Words | Source | Evidence | Setting | Installation | Example
_NAMES_FOR_PEOPLE: Final = frozenset({"schema", "version", "maker", "model", "doc_address"})
_NOTHING: Final = object()
_canonical = msgspec.json.Encoder(order="sorted")


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last version of a profile that was written down, and what it meant."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    meaning: str


class VersionFault(StrEnum):
    """What is wrong between a profile and what was kept of it."""

    NOT_RAISED = "not_raised"
    LOWERED = "lowered"
    NOT_KEPT = "not_kept"
    GONE = "gone"


_REMEDIES: Final = {
    VersionFault.NOT_RAISED: (
        "{now} now means something else than it did (points, rules, transport or actions):"
        " write version = {next}, then run `device-profiles lock`"
    ),
    VersionFault.LOWERED: "{now} is below {kept}, which was given already: write version = {next}",
    VersionFault.NOT_KEPT: "what {now} means is not written down: run `device-profiles lock`",
    VersionFault.GONE: "is of no profile of the catalogue: run `device-profiles lock`",
}


class Finding(msgspec.Struct, frozen=True):
    """One fault of one profile, in words that say what to do."""

    profile: str
    fault: VersionFault
    remedy: str


def meaning(profile: Profile) -> str:
    """16 hex digits over all that a program acts on; texts for people do not count.

    A key that has its default is as good as absent, so that a new key of the format changes no
    profile that does not use it. So a default of the format, once released, never changes.
    """
    return hashlib.sha256(_canonical.encode(_said(profile))).hexdigest()[:16]


def judge(profiles: Mapping[str, Profile], kept: Mapping[str, Kept]) -> list[Finding]:
    """Every profile whose version does not tell that its meaning is another; nothing: all do."""
    found = [_finding(name, profiles.get(name), kept.get(name)) for name in {**kept, **profiles}]
    return [one for one in found if one is not None]


def keep(profiles: Mapping[str, Profile]) -> dict[str, Kept]:
    """What is to be written down of these profiles, by name."""
    return {
        name: Kept(version=one.version, meaning=meaning(one))
        for name, one in sorted(profiles.items())
    }


def _finding(name: str, profile: Profile | None, kept: Kept | None) -> Finding | None:
    fault = _fault(profile, kept)
    if fault is None:
        return None
    last = 0 if kept is None else kept.version
    now = last if profile is None else profile.version
    remedy = _REMEDIES[fault].format(now=now, kept=last, next=last + 1)
    return Finding(name, fault, remedy)


def _fault(profile: Profile | None, kept: Kept | None) -> VersionFault | None:
    if profile is None:
        return VersionFault.GONE
    if kept is None or profile.version > kept.version:
        return VersionFault.NOT_KEPT
    if profile.version < kept.version:
        return VersionFault.LOWERED
    return None if meaning(profile) == kept.meaning else VersionFault.NOT_RAISED


class _Field(NamedTuple):
    name: str
    default: Any


@cache
def _fields(of: type[msgspec.Struct]) -> tuple[_Field, ...]:
    return tuple(
        _Field(one.name, _default(one))
        for one in msgspec.structs.fields(of)
        if one.name not in _NAMES_FOR_PEOPLE
    )


def _default(field: msgspec.structs.FieldInfo) -> Any:
    made = field.default_factory
    return field.default if made is msgspec.NODEFAULT else made()


def _said(value: Any) -> Any:
    """Plain data without what is for people; _NOTHING when there is nothing else."""
    if isinstance(value, _FOR_PEOPLE):
        return _NOTHING
    if isinstance(value, msgspec.Struct):
        return _struct(value)
    if isinstance(value, tuple):
        return _some([_said(one) for one in value])
    return value


def _struct(value: msgspec.Struct) -> dict[str, Any]:
    said: dict[str, Any] = {"": value.__struct_config__.tag}
    for field in _fields(type(value)):
        found = getattr(value, field.name)
        plain = _NOTHING if found == field.default else _said(found)
        if plain is not _NOTHING:
            said[field.name] = plain
    return said


def _some(parts: Iterable[Any]) -> Any:
    said = [one for one in parts if one is not _NOTHING]
    return said or _NOTHING
