"""What a gateway says of itself: birth and status, retained."""

from enum import StrEnum
from typing import TypeVar

import msgspec

from wire.bounds import ANCHORS, COUNT, DEVICES, EARLIEST_US, INFLATED_BYTES, LATEST_US
from wire.reading import ID
from wire.refusal import Refusal, WireError


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


class Device(msgspec.Struct, frozen=True):
    """A device, the profile (by id and hash) that reads it, and the hash of its rules in force."""

    device: str
    profile: str
    profile_hash: str
    line: str
    rules_hash: str
    place: str | None = None
    name: str | None = None


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
    """Raise WireError: TOO_LARGE, NOT_JSON, WRONG_SHAPE, GATEWAY_MISMATCH, TIME_RANGE."""
    birth = _decode(payload, _birth)
    if birth.gateway != gateway:
        raise WireError(Refusal.GATEWAY_MISMATCH, f"birth of {birth.gateway[:80]!r}")
    if len(birth.devices) > DEVICES or len(birth.lines) > DEVICES or len(birth.anchors) > ANCHORS:
        raise WireError(Refusal.WRONG_SHAPE, "too many devices, lines or anchors")
    names = [one.device for one in birth.devices]
    if len(set(names)) != len(names) or not all(ID.fullmatch(name) for name in names):
        raise WireError(Refusal.NAME_GRAMMAR, "a device id is malformed or named twice")
    for anchor in birth.anchors:
        if not EARLIEST_US <= anchor.utc < LATEST_US or not 0 <= anchor.mono <= COUNT:
            raise WireError(Refusal.TIME_RANGE, f"anchor of boot {anchor.boot[:80]!r}")
    return birth


def decode_status(payload: bytes) -> Status:
    """Raise WireError: TOO_LARGE, NOT_JSON, WRONG_SHAPE."""
    return _decode(payload, _status)


T = TypeVar("T", bound=msgspec.Struct)


def _decode(payload: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    if len(payload) > INFLATED_BYTES:
        raise WireError(Refusal.TOO_LARGE, f"{len(payload)} bytes, at most {INFLATED_BYTES}")
    try:
        return decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise WireError(Refusal.WRONG_SHAPE, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(Refusal.NOT_JSON, str(error)) from error
