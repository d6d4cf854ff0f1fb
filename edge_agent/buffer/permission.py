"""Whether a command may be carried out: allow-list, device, and how old it may be."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from device_profiles.model import Profile
from edge_agent.buffer.timebase import Timebase
from wire.command import TAKE_BASELINE, Command, CommandKind, Outcome

UNDATED_GOOD_FOR_MS = 60_000
"""How long a command without an expiry waits at most, on the clock of the boot it came in."""


class Verdict(StrEnum):
    """What is to become of a command; all but ALLOWED and NOT_YET are its answer."""

    ALLOWED = "allowed"
    CLOCK_UNSET = "clock_unset"
    EXPIRED = "expired"
    NO_DEVICE = "no_device"
    NOT_ALLOWED = "not_allowed"
    TOO_MANY = "too_many"
    INTERRUPTED = "interrupted"
    NOT_YET = "not_yet"


OUTCOMES = {
    Verdict.CLOCK_UNSET: Outcome.REFUSED,
    Verdict.EXPIRED: Outcome.EXPIRED,
    Verdict.NO_DEVICE: Outcome.REFUSED,
    Verdict.NOT_ALLOWED: Outcome.REFUSED,
    Verdict.TOO_MANY: Outcome.REFUSED,
    Verdict.INTERRUPTED: Outcome.FAILED,
}
WORDS = {
    Verdict.CLOCK_UNSET: "this gateway does not know the time, so nobody can say if it is too late",
    Verdict.EXPIRED: "it was too late to carry it out",
    Verdict.NO_DEVICE: "this gateway has no such device",
    Verdict.NOT_ALLOWED: "the profile of this device does not allow it",
    Verdict.TOO_MANY: "too many commands wait already",
    Verdict.INTERRUPTED: "the gateway stopped meanwhile: it may have been carried out",
}


class Came(msgspec.Struct, frozen=True):
    """When a command came, on the clock of a boot."""

    boot: str
    mono_ms: int


def hand_of(command: Command) -> str | None:
    """Whose hand carries it out: that of a device, or None for the gateway's own.

    A baseline is measured from the polls as they come, for a minute perhaps: whoever has to switch
    a siren on meanwhile does not wait for that.
    """
    is_ours = command.kind is CommandKind.DIAGNOSTICS or command.action == TAKE_BASELINE
    return None if is_ours else command.device


def judge(command: Command, came: Came, now: Timebase, profiles: Mapping[str, Profile]) -> Verdict:
    """`profiles` by device id. A boot whose clock is unset can not tell what an expiry means."""
    named = _named(command, profiles)
    return _in_time(command, came, now) if named is Verdict.ALLOWED else named


def _named(command: Command, profiles: Mapping[str, Profile]) -> Verdict:
    if command.kind is CommandKind.DIAGNOSTICS:
        return Verdict.ALLOWED
    profile = profiles.get(command.device or "")
    if profile is None:
        return Verdict.NO_DEVICE
    if command.kind is CommandKind.READ or command.action in orders_of(profile):
        return Verdict.ALLOWED
    return Verdict.NOT_ALLOWED


def orders_of(profile: Profile) -> frozenset[str]:
    """Its actions, and what the gateway itself does at such a device."""
    actions = {action.id for action in profile.actions}
    return frozenset(actions | ({TAKE_BASELINE} if profile.baseline_points else set()))


def _in_time(command: Command, came: Came, now: Timebase) -> Verdict:
    if command.expires is None:
        is_late = came.boot != now.boot or now.mono_ms - came.mono_ms > UNDATED_GOOD_FOR_MS
        return Verdict.EXPIRED if is_late else Verdict.ALLOWED
    utc_us = now.utc_us(now.mono_us)
    if utc_us is None:
        return Verdict.CLOCK_UNSET
    return Verdict.ALLOWED if utc_us < command.expires else Verdict.EXPIRED
