"""The kinds of device that a fleet plays: their points and lanes, and their profiles' hashes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from wire.topic import Lane

MAKE_FILE = "device-profiles list --json > FILE"


class KindError(ValueError):
    """The facts of the profiles are not there; the text says where they come from."""


@dataclass(frozen=True, slots=True)
class FleetPoint:
    """A point at rest and in alarm; `ripple`: by how much a number moves around either."""

    id: str
    lane: Lane
    rest: bool | float
    alarm: bool | float
    unit: str | None = None
    ripple: float = 0.0


@dataclass(frozen=True, slots=True)
class FleetKind:
    """A device kind by its name on the command line; the hashes are the server's catalogue's."""

    name: str
    profile: str
    points: tuple[FleetPoint, ...]
    profile_hash: str = ""
    rules_hash: str = ""

    def of_lane(self, lane: Lane) -> tuple[FleetPoint, ...]:
        return tuple(point for point in self.points if point.lane is lane)


def _state(name: str, lane: Lane, *, rest: bool, alarm: bool) -> FleetPoint:
    return FleetPoint(name, lane, rest, alarm)


KINDS = {
    kind.name: kind
    for kind in (
        FleetKind(
            "smoke",
            "calectro_ug3",
            (
                _state("smoke", Lane.URGENT, rest=False, alarm=True),
                _state("mounted", Lane.BULK, rest=True, alarm=True),
                _state("service", Lane.BULK, rest=False, alarm=False),
                _state("relay", Lane.BULK, rest=False, alarm=True),
            ),
        ),
        FleetKind(
            "water",
            "bcd_ruler",
            (
                FleetPoint("level", Lane.URGENT, 0.05, 0.60, "m", 0.01),
                FleetPoint("raw", Lane.BULK, 5.0, 96.0, "count", 1.0),
            ),
        ),
    )
}


class _Entry(msgspec.Struct, frozen=True):
    """What is needed of one entry of `device-profiles list --json`."""

    id: str
    hash: str
    rules_hash: str


_entries = msgspec.json.Decoder(list[_Entry])


def with_hashes(kinds: Iterable[FleetKind], listed: bytes) -> Sequence[FleetKind]:
    """The kinds with what `device-profiles list --json` printed. Raise KindError."""
    try:
        known = {one.id: one for one in _entries.decode(listed)}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KindError(f"is not what `{MAKE_FILE}` makes: {error}") from error
    found = []
    for kind in kinds:
        entry = known.get(kind.profile)
        if entry is None:
            there = ", ".join(sorted(known)) or "none"
            raise KindError(f"lacks profile {kind.profile} (kind {kind.name}); there are: {there}")
        found.append(replace(kind, profile_hash=entry.hash, rules_hash=entry.rules_hash))
    return found
