"""What a gateway says of itself: birth and status, retained."""

import math
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from wire.bounds import (
    ANCHORS,
    BOOT,
    COUNT,
    DEVICES,
    EARLIEST_US,
    INFLATED_BYTES,
    LATEST_US,
    MONO,
    OVERRIDES,
    SENT_BYTES,
    WISHES,
    WORD,
)
from wire.reading import ID
from wire.refusal import Refusal, WireError
from wire.strict_json import read


class Anchor(msgspec.Struct, frozen=True):
    """One instant on two clocks: `mono` ms of `boot` was `utc` us. It places a boot in time."""

    boot: str
    mono: int
    utc: int


class Software(msgspec.Struct, frozen=True):
    name: str
    version: str


class Line(msgspec.Struct, frozen=True):
    """A bus or port of the gateway: its name and kind (`modbus-rtu`, `uart`, `modbus-tcp`)."""

    name: str
    kind: str


Override = dict[str, bool | int | float | str]
"""What the site wants otherwise for one rule, as its configuration names it."""


class SiteRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a device's rules in force are not its profile's: the class of its site, its overrides."""

    site_class: str | None = None
    overrides: tuple[Override, ...] = ()


class Device(msgspec.Struct, frozen=True):
    """A device, the profile (by id and hash) that reads it, and the hash of its rules in force.

    `site`: what makes those rules others than the profile's; left out where nothing does.
    """

    device: str
    profile: str
    profile_hash: str
    line: str
    rules_hash: str
    place: str | None = None
    name: str | None = None
    site: SiteRules | msgspec.UnsetType = msgspec.UNSET

    @property
    def site_rules(self) -> SiteRules:
        """`site`, or the empty one."""
        return SiteRules() if isinstance(self.site, msgspec.UnsetType) else self.site


class Birth(msgspec.Struct, frozen=True):
    """Identity, software, devices, lines, hash of the configuration in force, boot, anchors."""

    gateway: str
    software: Software
    boot: str
    connection: int
    config_hash: str
    lines: tuple[Line, ...]
    devices: tuple[Device, ...]
    anchors: tuple[Anchor, ...] = ()


class Presence(StrEnum):
    """`offline` is the will; a retained `online` proves nothing."""

    ONLINE = "online"
    OFFLINE = "offline"


class Status(msgspec.Struct, frozen=True):
    """Presence with boot and connection number; older numbers are ignored."""

    presence: Presence
    boot: str
    connection: int


_encode = msgspec.json.Encoder().encode
_birth = msgspec.json.Decoder(Birth)
_status = msgspec.json.Decoder(Status)


def encode_identity(message: Birth | Status) -> bytes:
    return _encode(message)


def decode_birth(payload: bytes, gateway: str) -> Birth:
    """Read the birth that `gateway` published.

    Raise WireError: TOO_LARGE, NOT_JSON, WRONG_SHAPE, GATEWAY_MISMATCH, NAME_GRAMMAR, TIME_RANGE.
    """
    birth = read(_birth, payload, INFLATED_BYTES)
    if birth.gateway != gateway:
        raise WireError(Refusal.GATEWAY_MISMATCH, f"birth of {birth.gateway[:80]!r}")
    if len(birth.devices) > DEVICES or len(birth.lines) > DEVICES or len(birth.anchors) > ANCHORS:
        raise WireError(Refusal.WRONG_SHAPE, "too many devices, lines or anchors")
    _check_connection(birth.boot, birth.connection)
    for one in birth.devices:
        _check_site(one)
    for word in _words(birth):
        if len(word) > WORD:
            raise WireError(Refusal.WRONG_SHAPE, f"{word[:80]!r}… is longer than {WORD} characters")
    names = [one.device for one in birth.devices]
    if len(set(names)) != len(names) or not all(ID.fullmatch(name) for name in names):
        raise WireError(Refusal.NAME_GRAMMAR, "a device id is malformed or named twice")
    for anchor in birth.anchors:
        _check_anchor(anchor)
    return birth


def decode_status(payload: bytes) -> Status:
    """Raise WireError: TOO_LARGE, NOT_JSON, WRONG_SHAPE."""
    status = read(_status, payload, SENT_BYTES)
    _check_connection(status.boot, status.connection)
    return status


def _check_connection(boot: str, connection: int) -> None:
    if not 1 <= len(boot) <= BOOT or not 0 <= connection <= COUNT:
        raise WireError(Refusal.WRONG_SHAPE, f"boot {boot[:80]!r}, connection {connection}")


def _words(birth: Birth) -> Iterator[str]:
    yield from (birth.software.name, birth.software.version, birth.config_hash)
    for line in birth.lines:
        yield from (line.name, line.kind)
    for one in birth.devices:
        yield from (one.profile, one.profile_hash, one.line, one.rules_hash)
        yield from (one.place or "", one.name or "", one.site_rules.site_class or "")
        for override in one.site_rules.overrides:
            yield from (*override, *(said for said in override.values() if isinstance(said, str)))


def _check_site(device: Device) -> None:
    overrides = device.site_rules.overrides
    if len(overrides) > OVERRIDES or any(len(override) > WISHES for override in overrides):
        raise WireError(Refusal.WRONG_SHAPE, f"too many overrides of {device.device[:80]!r}")
    numbers = (said for override in overrides for said in override.values())
    if not all(isinstance(said, str) or math.isfinite(said) for said in numbers):
        raise WireError(Refusal.WRONG_SHAPE, f"an override of {device.device[:80]!r} is no number")


def _check_anchor(anchor: Anchor) -> None:
    is_placed = 1 <= len(anchor.boot) <= BOOT and 0 <= anchor.mono <= MONO
    if not is_placed or not EARLIEST_US <= anchor.utc < LATEST_US:
        raise WireError(Refusal.TIME_RANGE, f"anchor of boot {anchor.boot[:80]!r}")
