"""Whether a configuration may be wanted of a gateway: what can be judged without its site."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from alarm_rules.in_force import OverrideError, in_force
from alarm_rules.override import Override
from alarm_rules.rule import Name
from device_profiles.model import Profile
from device_profiles.toml_bounds import read_bounded
from device_profiles.typed_toml import read_table
from ingest_server.db.desired_book import Desired, DesiredState, enter, latest, next_version
from ingest_server.db.registry import find_gateway, list_devices
from wire.bounds import DEVICES, SENT_BYTES
from wire.reading import ID

TABLES = ("lines", "devices")
_SECRETS = ("password", "secret", "token")
_SHOWN = 20


class Refusal(StrEnum):
    """Why a configuration is not wanted of a gateway."""

    UNKNOWN_GATEWAY = "unknown_gateway"
    HASH_MISMATCH = "hash_mismatch"
    INVALID = "invalid_configuration"
    TOO_LARGE = "too_large"
    VERSION_MISMATCH = "version_mismatch"


@dataclass(frozen=True, slots=True)
class Refused:
    """`details`: all that is wrong, for a person."""

    why: Refusal
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`expected`: the hash that whoever wants it believes to be in force."""

    gateway: str
    toml: str
    expected: str
    actor: str
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """`version`: the newest one, as whoever withdraws it saw it; None: whichever it is."""

    gateway: str
    version: int | None
    actor: str
    comment: str | None


class _Rules(msgspec.Struct, frozen=True):
    """What of a device's table the server judges by itself."""

    rules: tuple[Override, ...] = ()
    site_class: Name | None = None


def want(
    book: sqlite3.Connection, wanted: Wanted, profiles: Mapping[str, Profile], now_us: int
) -> Desired | Refused:
    """Queue it, or say why not; what is wanted already is not made anew."""
    gateway = find_gateway(book, wanted.gateway)
    if gateway is None:
        return Refused(Refusal.UNKNOWN_GATEWAY)
    in_force_now = gateway.config_hash or ""
    if wanted.expected != in_force_now:
        return Refused(Refusal.HASH_MISMATCH, (in_force_now,))
    used = {one.profile for one in list_devices(book, wanted.gateway, "", DEVICES)}
    problems = tuple(_problems(wanted.toml, profiles, used))[:_SHOWN]
    if problems:
        return Refused(Refusal.INVALID, problems)
    known = latest(book, wanted.gateway)
    if known is not None and _is_same(known, wanted):
        return known
    desired = Desired(
        gateway=wanted.gateway,
        version=next_version(book, wanted.gateway, now_us),
        based_on=wanted.expected,
        toml=wanted.toml,
        actor=wanted.actor,
        comment=wanted.comment,
        asked_us=now_us,
    )
    if len(desired.payload) > SENT_BYTES:
        return Refused(Refusal.TOO_LARGE, (f"at most {SENT_BYTES} bytes as sent",))
    enter(book, desired)
    return desired


def withdraw(book: sqlite3.Connection, asked: Withdrawal, now_us: int) -> Desired | Refused | None:
    """Queue that nothing is wanted any more; None when there is nothing to withdraw.

    A version like any other, so that a gateway that is away learns of it, and answers. What is
    withdrawn already, and not refused, is not made anew.
    """
    if find_gateway(book, asked.gateway) is None:
        return Refused(Refusal.UNKNOWN_GATEWAY)
    known = latest(book, asked.gateway)
    if known is None or _stays_withdrawn(known):
        return known
    if asked.version not in (None, known.version):
        return Refused(Refusal.VERSION_MISMATCH, (str(known.version),))
    desired = Desired(
        gateway=asked.gateway,
        version=next_version(book, asked.gateway, now_us),
        based_on="",
        toml="",
        actor=asked.actor,
        comment=asked.comment,
        asked_us=now_us,
    )
    enter(book, desired)
    return desired


def _stays_withdrawn(known: Desired) -> bool:
    return known.is_withdrawal and known.state in (DesiredState.PENDING, DesiredState.APPLIED)


def _is_same(known: Desired, wanted: Wanted) -> bool:
    is_pending = known.state is DesiredState.PENDING
    return is_pending and (known.toml, known.based_on) == (wanted.toml, wanted.expected)


def _problems(toml: str, profiles: Mapping[str, Profile], used: set[str]) -> Iterator[str]:
    """`used`: profiles that the gateway's devices have now, known there and perhaps not here."""
    try:
        raw = read_bounded(toml)
    except ValueError as error:  # TOMLDecodeError is one
        yield f"it is not TOML: {error}"
        return
    for table in raw:
        if table not in TABLES:
            yield f"{table}: only [lines.…] and [devices.…] are changed from afar"
    yield from (f"{key}: secrets do not travel" for key in _secrets(raw, ""))
    lines, devices = _tables(raw, "lines"), _tables(raw, "devices")
    if not devices:
        yield "devices: are none; a gateway is not emptied from afar"
    if len(devices) > DEVICES or len(lines) > DEVICES:
        yield f"devices: at most {DEVICES}"
        return
    for name, device in devices.items():
        yield from _device(name, device, lines, profiles, used)


def _tables(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name, {})
    return found if isinstance(found, Mapping) else {}


def _secrets(table: Mapping[str, Any], path: str) -> Iterator[str]:
    for key, value in table.items():
        if any(word in key.lower() for word in _SECRETS) and not isinstance(value, Mapping):
            yield f"{path}{key}"
        if isinstance(value, Mapping):
            yield from _secrets(value, f"{path}{key}.")


def _device(
    name: str,
    device: object,
    lines: Mapping[str, Any],
    profiles: Mapping[str, Profile],
    used: set[str],
) -> Iterator[str]:
    at = f"devices.{name}"
    if not ID.fullmatch(name):
        yield f"{at}: is not a good name"
    if not isinstance(device, Mapping):
        yield f"{at}: should be a table"
        return
    if device.get("line") not in lines:
        yield f"{at}.line: there is no line {device.get('line')!r}"
    profile = profiles.get(str(device.get("profile")))
    if profile is not None:
        yield from _rules(at, device, profile)
    elif device.get("profile") not in used:
        yield f"{at}.profile: this server knows no profile {device.get('profile')!r}"


def _rules(at: str, device: Mapping[str, Any], profile: Profile) -> Iterator[str]:
    chosen = {key: device[key] for key in ("rules", "site_class") if key in device}
    read = read_table(chosen, _Rules)
    if isinstance(read, tuple):
        yield from (f"{at}.{problem}" for problem in read)
        return
    try:
        in_force(profile.rules, read.rules, read.site_class)
    except OverrideError as error:
        yield from (f"{at}.rules: {refusal}" for refusal in error.refusals)
