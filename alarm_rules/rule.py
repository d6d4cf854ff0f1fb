"""The rule kinds as types, their classes and severities, and the points they need."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import msgspec

from alarm_rules.duration import Duration
from wire.reading import POINT


class Severity(StrEnum):
    """How bad; the order is that of the members, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    WARNING = "warning"
    NOTICE = "notice"


class AlarmClass(StrEnum):
    """A hazard to people, the health of a sensor, or the system's own state: kept apart."""

    HAZARD = "hazard"
    SENSOR_HEALTH = "sensor_health"
    SYSTEM = "system"


class Mark(StrEnum):
    """How well a figure is founded; the marks of the catalogue's evidence."""

    STANDARD = "standard"  # read in the standard or guideline named
    DATASHEET = "datasheet"  # read in the maker's own document
    ENGINEERING = "engineering"  # our judgement
    MEMORY = "memory"  # believed, not verified


Name = Annotated[str, msgspec.Meta(pattern=rf"\A{POINT.pattern}\Z")]
"""A point, rule or action id: `[a-z][a-z0-9_]{0,31}`."""
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text for people in both languages."""

    en: Line
    zh: Line

    def by_language(self) -> dict[str, str]:
        return {"en": self.en, "zh": self.zh}


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a rule comes from: standard with clause or datasheet with page, and its mark."""

    text: Line
    mark: Mark


class Caps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a site may go; a missing cap means the default itself is the cap."""

    on_delay: Duration | None = None  # at most
    off_delay: Duration | None = None  # at least
    duration: Duration | None = None  # at most
    severity: Severity | None = None  # at least as bad


class CommonRule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """What every rule says, whatever its kind. Delays are microseconds of source time.

    `on_delay`: the condition must hold so long before the alarm begins. `off_delay`: its opposite
    must hold, with good quality, so long before it ends. `latched`: stays until acknowledged and
    reset (the alarm's life cycle does that, not the evaluation). `enabled`: false ships a rule
    that a site may switch on.
    """

    id: Name
    alarm_class: AlarmClass
    severity: Severity
    title: Words
    guidance: Words
    source: Source
    latched: bool = False
    life_safety: bool = False
    enabled: bool = True
    on_delay: Duration = 0
    off_delay: Duration = 0
    caps: Caps = Caps()


class StateRule(CommonRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="state"):
    """The point equals a value (with `negate`: differs from it).

    A hazard also fires on bad/out_of_range/high: saturated is not safe. `site_sets_value`: the
    right value is known at the site only (an installed height), so an override may set it.
    """

    point: Name
    equals: bool | float | str
    negate: bool = False
    site_sets_value: bool = False


class QualityRule(CommonRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="quality"):
    """The point is bad (with `uncertain`: or uncertain) for `on_delay`.

    `reasons`: only these (empty: any). `ignore`: never these, for what another rule watches.
    """

    point: Name
    uncertain: bool = False
    reasons: tuple[Name, ...] = ()
    ignore: tuple[Name, ...] = ()


class AbsenceRule(CommonRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="absence"):
    """The device gave no sign of life for `duration`; `on_delay` is not used.

    A sign of life is any sample of any of its points, but not bad with comm_failure,
    not_connected or never_read, and not stale.
    """

    duration: Duration


Rule = StateRule | QualityRule | AbsenceRule
"""One more kind is one more struct here, its verdict in `verdict.py`, and its tests."""


def points_of(rule: Rule) -> tuple[str, ...]:
    """The points that feed a rule; empty means all points of the device."""
    match rule:
        case StateRule() | QualityRule():
            return (rule.point,)
        case AbsenceRule():
            return ()


def hazard_points(rules: Iterable[Rule]) -> frozenset[str]:
    """The points of the urgent lane: those that a hazard rule needs (design section 3, Lanes)."""
    hazards = (rule for rule in rules if rule.alarm_class is AlarmClass.HAZARD)
    return frozenset(point for rule in hazards for point in points_of(rule))
