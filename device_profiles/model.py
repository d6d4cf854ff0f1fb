"""Profile and Point: what the catalogue knows of one kind of device."""

from enum import StrEnum
from typing import Annotated

import msgspec

from alarm_rules.duration import Duration
from alarm_rules.rule import DeviationRule, Name, Rule, Words
from device_profiles.encoding import (
    SIZES,
    Address,
    Field,
    FrameCode,
    NumberType,
    RawText,
    Register,
)
from device_profiles.framing import NoBytesOrHex
from device_profiles.handbook import Example, Installation, Remark
from device_profiles.transport import Transport

SCHEMA = 2
"""Version of the format of a profile; docs/profile-format.md says what each one changed."""


class DeviceKind(StrEnum):
    """The five kinds; the folder of a profile has the same name."""

    SMOKE = "smoke"
    WATER = "water"
    MANHOLE = "manhole"
    GAS = "gas"
    RADAR = "radar"


class Grade(StrEnum):
    """How well the map is founded: maker's document, secondary source, memory."""

    A = "A"
    B = "B"
    C = "C"


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the profile comes from, what speaks against it, what no one has yet tried."""

    grade: Grade
    source: Remark
    caveats: tuple[Remark, ...] = ()
    verify_on_hardware: tuple[Remark, ...] = ()


class ValueKind(StrEnum):
    """What a value is: true or false, a number with a unit, or one of some words."""

    STATE = "state"
    NUMBER = "number"
    TEXT = "text"


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a point is reported: on a change beyond its deadband, and at least each `max_interval`.

    The deadband is `deadband` (in the point's unit) or `relative` (a share of the last reported
    value), whichever is wider. A bulk point's change waits for `min_interval` since the last
    report. Whatever crosses a set point of a rule, or changes its quality, is reported at once.
    """

    max_interval: Duration = 60_000_000
    min_interval: Duration = 0
    deadband: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    relative: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0


class Gate(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A point counts only while another, read in the same reply, equals this.

    Otherwise it is bad: why, say `reasons` by the other's text, and `otherwise` for all the rest.
    `saturated_passes`: a value pinned high keeps its own quality and so still fires the hazard.
    """

    point: Name
    equals: bool | float | str
    otherwise: Name
    reasons: dict[str, Name] = {}
    saturated_passes: bool = False


class Tilt(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The angle in degrees between the acceleration of three points and a stored baseline.

    The baseline (a vector, of any length) is taken at the site; without it the point is
    bad/configuration. An acceleration that is off `gravity` by more than the share `tolerance`
    means that the device moves or lies: uncertain/not_at_rest.
    """

    x: Name
    y: Name
    z: Name
    gravity: Annotated[float, msgspec.Meta(gt=0)] = 9.80665
    tolerance: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.1


class Rise(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How fast the number `of` rises, in its unit per second, over the last `over`.

    The slope between the last good sample and the oldest good one in the window; until the window
    is half full, and after a gap of more than half of it, bad/never_read.
    """

    of: Name
    over: Duration


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The point has this value, with a quality that is not bad."""

    point: Name
    equals: bool | float | str


class Held(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """For how many seconds all of these conditions have held without a break; 0 while one does not.

    Such as "present and still since". A condition whose point is bad makes this bad the same way.
    """

    all: Annotated[tuple[Condition, ...], msgspec.Meta(min_length=1, max_length=8)]


class Point(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One thing that the device tells. `unit`: primary SenML unit, for numbers only.

    It comes from a `register` (Modbus), from a `field` of a frame (stream), or is derived from
    other points by one of a closed set of functions: `tilt`, `rise`, `held`. `valid_when`: all of
    these must hold. `ceiling`: a point that this one can not exceed; above it this is
    bad/out_of_range/high, and while it is not above 0 bad/configuration. `identity`: it changes
    only when the device is another or has other firmware; a baseline taken before is then void.
    """

    id: Name
    value: ValueKind
    title: Words
    unit: str | None = None
    report: Report = Report()
    register: Register | None = None
    field: Field | None = None
    tilt: Tilt | None = None
    rise: Rise | None = None
    held: Held | None = None
    valid_when: tuple[Gate, ...] = ()
    ceiling: Name | None = None
    identity: bool = False

    @property
    def is_derived(self) -> bool:
        """Computed from other points, not read."""
        return not (self.tilt is None and self.rise is None and self.held is None)


class RegisterWrite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write one holding register, then wait `pause`."""

    address: Address
    value: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
    pause: Duration = 0


class Confirmation(StrEnum):
    """What proves that the device took a frame."""

    ECHO = "echo"  # the same frame comes back
    CODE = "code"  # a frame of the same code, or of the one that `answers` names
    NONE = "none"  # nothing: that it was sent is all that is known


class FrameWrite(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Send one frame with `data` in hexadecimal, then wait `pause`."""

    frame: FrameCode
    data: NoBytesOrHex = ""
    pause: Duration = 0
    confirmed_by: Confirmation = Confirmation.ECHO


class Effect(StrEnum):
    """When a change counts."""

    AT_ONCE = "at_once"
    AFTER_RESTART = "after_restart"


class Action(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What may be done to the device from afar: this list is the allow-list."""

    id: Name
    title: Words
    writes: tuple[RegisterWrite, ...] = ()
    sends: tuple[FrameWrite, ...] = ()
    effect: Effect = Effect.AT_ONCE


class Setting(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a technician may set in the device, where, and what it takes to keep it.

    Either `register` or `frame` with `type`; its number stands at byte `at` of `length` bytes of
    data, where one frame sets several. `choices`: what the raw numbers mean. `unlock` is
    written before, `save` after it, each with its pause; without `save` it is kept at once.
    """

    id: Name
    title: Words
    unit: str | None = None
    register: Register | None = None
    frame: FrameCode | None = None
    type: NumberType | None = None
    at: Annotated[int, msgspec.Meta(ge=0, le=1023)] = 0
    length: Annotated[int, msgspec.Meta(ge=1, le=1024)] | None = None
    scale: float = 1.0
    minimum: float | None = None
    maximum: float | None = None
    default: float | None = None
    choices: dict[RawText, Remark] = {}
    unlock: tuple[RegisterWrite, ...] = ()
    save: tuple[RegisterWrite, ...] = ()
    effect: Effect = Effect.AT_ONCE

    @property
    def data_length(self) -> int:
        """Bytes of data of the frame that sets it; 0 for what a register sets."""
        return self.length or (0 if self.type is None else SIZES.get(self.type, 0))


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of device. `schema`: version of this format; `version`: of this profile."""

    schema: int
    id: Name
    version: Annotated[int, msgspec.Meta(ge=1)]
    kind: DeviceKind
    maker: Remark
    model: Remark
    title: Words
    evidence: Evidence
    transport: Transport
    points: Annotated[tuple[Point, ...], msgspec.Meta(min_length=1)]
    rules: tuple[Rule, ...] = ()
    actions: tuple[Action, ...] = ()
    settings: tuple[Setting, ...] = ()
    installation: Installation | None = None
    examples: tuple[Example, ...] = ()

    @property
    def takes_baseline(self) -> bool:
        """Whether a site has to store how the device lies when all is well."""
        return any(point.tilt is not None for point in self.points)

    @property
    def baseline_points(self) -> tuple[str, ...]:
        """The points that a site takes a baseline of: tilts, and what deviations judge."""
        judged = {rule.point for rule in self.rules if isinstance(rule, DeviationRule)}
        return tuple(point.id for point in self.points if point.tilt or point.id in judged)

    def point(self, point_id: str) -> Point:
        """Raise KeyError when the profile has no such point."""
        for point in self.points:
            if point.id == point_id:
                return point
        raise KeyError(point_id)
