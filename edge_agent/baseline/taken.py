"""A baseline as it was taken: what, by whom, of which device; and whether it still counts."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from alarm_rules.rule import DeviationRule
from device_profiles.model import Point, Profile
from edge_agent.config.model import DeviceConfig
from wire.reading import Value

TILT = "tilt"
"""What stands for a point itself where others name their rules."""


class Standing(StrEnum):
    """Whether a baseline counts, and why not; ABSENT: nobody has taken one."""

    TAKEN = "taken"
    CONFIGURED = "configured"
    ABSENT = "absent"
    OTHER_DEVICE = "other_device"


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """`value`: three numbers of an acceleration, or one of a point that deviations judge.

    `over`: what the configuration said then, by rule (TILT: of the tilt); what it says otherwise
    since then is newer. `identity`: what the device told of itself. `at_us`: UTC, None while the
    clock is unset. `spread`: how far the readings lay apart, in the point's unit. `void`: why it
    counts no more.
    """

    device: str
    point: str
    value: tuple[float, ...]
    by: str
    profile: str
    line: str
    unit: int
    over: dict[str, tuple[float, ...] | None]
    readings: int
    spread: float
    at_us: int | None = None
    note: str = ""
    identity: dict[str, Value] = {}
    void: str = ""

    @property
    def at(self) -> str:
        """When, in RFC 3339; "" where the clock was unset."""
        if self.at_us is None:
            return ""
        return datetime.fromtimestamp(self.at_us // 1_000_000, tz=UTC).isoformat()


def identity_points(profile: Profile) -> tuple[str, ...]:
    """The points that change only when the device is another, or has other firmware."""
    return tuple(point.id for point in profile.points if point.identity)


def configured(device: DeviceConfig, point: Point) -> dict[str, tuple[float, ...] | None]:
    """What the configuration says of a point, by rule; a rule that is not in force has no say."""
    if point.tilt is not None:
        return {TILT: device.baseline}
    return {
        rule.id: None if rule.baseline is None else (rule.baseline,)
        for rule in deviations(device, point.id)
    }


def deviations(device: DeviceConfig, point: str) -> Iterator[DeviationRule]:
    """The rules in force that judge how far the point is off its baseline."""
    for rule in device.rules.rules:
        if isinstance(rule, DeviationRule) and rule.point == point:
            yield rule


def is_of(taken: Taken, device: DeviceConfig) -> bool:
    """Whether it was taken of what stands in the configuration now."""
    place = (device.id, device.profile.id, device.line, device.unit)
    return (taken.device, taken.profile, taken.line, taken.unit) == place


def has_changed(taken: Taken, told: Mapping[str, Value]) -> str:
    """What the device tells of itself that it did not tell when the baseline was taken, or ""."""
    for name, before in taken.identity.items():
        now = told.get(name)
        if now is not None and now != before:
            return f"{name} was {before} and is {now}: it is another device, or its firmware is"
    return ""
