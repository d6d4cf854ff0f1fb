"""Whether a command may be given, by what is known of the gateway and the device; then queued."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from device_profiles.model import Profile
from ingest_server.db.command import CommandState, StoredCommand
from ingest_server.db.command_book import count_open, enter, find
from ingest_server.db.registry import KnownDevice, find_device, find_gateway
from wire.command import TAKE_BASELINE, Command, CommandKind, encode_command

OPEN_MOST = 16
"""Open commands of one gateway: it takes twice as many before it refuses."""


class Refusal(StrEnum):
    """Why a command is not given."""

    UNKNOWN_GATEWAY = "unknown_gateway"
    DEVICE_MISSING = "device_missing"
    UNKNOWN_DEVICE = "unknown_device"
    RETIRED_DEVICE = "retired_device"
    UNKNOWN_PROFILE = "unknown_profile"
    ACTION_NOT_ALLOWED = "action_not_allowed"
    ACTION_OUT_OF_PLACE = "action_out_of_place"
    TOO_MANY_OPEN = "too_many_open"
    ID_TAKEN = "id_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants; `id` makes it idempotent."""

    id: str
    gateway: str
    kind: CommandKind
    device: str | None
    action: str | None
    actor: str
    comment: str | None
    expires_in_us: int


def give(
    book: sqlite3.Connection, asked: Asked, profiles: Mapping[str, Profile], now_us: int
) -> StoredCommand | Refusal:
    """Queue it, or say why not; the same once more gives what is known of it."""
    known = find(book, asked.id)
    if known is not None:
        return known if _is_same(known, asked) else Refusal.ID_TAKEN
    refusal = _refusal(book, asked, profiles)
    if refusal is not None:
        return refusal
    enter(book, _stored(asked, now_us))
    return find(book, asked.id) or Refusal.ID_TAKEN


def allowed(profile: Profile | None) -> tuple[str, ...]:
    """The actions that may be asked of a device, and of its gateway at it."""
    if profile is None:
        return ()
    ours = (TAKE_BASELINE,) if profile.baseline_points else ()
    return (*(action.id for action in profile.actions), *ours)


def _is_same(known: StoredCommand, asked: Asked) -> bool:
    its = (known.gateway, known.kind, known.device, known.action)
    return its == (asked.gateway, asked.kind, asked.device, asked.action)


def _refusal(
    book: sqlite3.Connection, asked: Asked, profiles: Mapping[str, Profile]
) -> Refusal | None:
    if find_gateway(book, asked.gateway) is None:
        return Refusal.UNKNOWN_GATEWAY
    if asked.kind is not CommandKind.ACTION and asked.action is not None:
        return Refusal.ACTION_OUT_OF_PLACE
    if asked.kind is not CommandKind.DIAGNOSTICS:
        refused = _of_device(book, asked, profiles)
        if refused is not None:
            return refused
    return Refusal.TOO_MANY_OPEN if count_open(book, asked.gateway) >= OPEN_MOST else None


def _of_device(
    book: sqlite3.Connection, asked: Asked, profiles: Mapping[str, Profile]
) -> Refusal | None:
    if asked.device is None:
        return Refusal.DEVICE_MISSING
    device = find_device(book, asked.gateway, asked.device)
    refusal = _of_known(device, profiles)
    if refusal is not None or device is None or asked.kind is CommandKind.READ:
        return refusal
    is_allowed = asked.action in allowed(profiles[device.profile])
    return None if is_allowed else Refusal.ACTION_NOT_ALLOWED


def _of_known(device: KnownDevice | None, profiles: Mapping[str, Profile]) -> Refusal | None:
    if device is None:
        return Refusal.UNKNOWN_DEVICE
    if device.retired_us is not None:
        return Refusal.RETIRED_DEVICE
    return None if device.profile in profiles else Refusal.UNKNOWN_PROFILE


def _stored(asked: Asked, now_us: int) -> StoredCommand:
    expires_us = now_us + asked.expires_in_us
    command = Command(
        asked.id, asked.kind, asked.actor, asked.device, asked.action, expires=expires_us
    )
    return StoredCommand(
        number=0,
        id=asked.id,
        gateway=asked.gateway,
        kind=asked.kind,
        device=asked.device,
        action=asked.action,
        actor=asked.actor,
        comment=asked.comment,
        payload=encode_command(command),
        state=CommandState.QUEUED,
        asked_us=now_us,
        expires_us=expires_us,
        sendings=0,
        next_us=0,
        settled_us=None,
        done_us=None,
        detail="",
    )
