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


class Direction(StrEnum):
    """Which end is dangerous."""

    HIGH = "high"
    LOW = "low"


VOTES = 32
"""The most samples that a rule may look back on."""
Amount = Annotated[float, msgspec.Meta(ge=0)]
"""A distance in the point's unit."""
Name = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"\A{POINT.pattern}\Z",
        extra={"means": "small letters, digits and _, beginning with a letter, at most 32 of them"},
    ),
]
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

    text: Words | Line  # Line: in English alone
    mark: Mark


class Caps(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How far a site may go; a missing cap means the default itself is the cap.

    `limit`: of a high limit, a rise or a deviation at most, of a low limit at least.
    """

    on_delay: Duration | None = None  # at most
    off_delay: Duration | None = None  # at least
    duration: Duration | None = None  # at most
    severity: Severity | None = None  # at least as bad
    limit: float | None = None
    deadband: float | None = None  # at least
    tolerance: float | None = None  # at least
    window: Duration | None = None  # at least
    needed: int | None = None  # at most
    of: int | None = None  # at least


class SiteCaps(Caps, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The caps of one class of site (`industrial`, `utility_tunnel`, `household`).

    There they stand in place of the rule's own, and a default that is milder gives way to them.
    """

    site_class: Name


class CommonRule(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    omit_defaults=True,
):
    """What every rule says, whatever its kind. Delays are microseconds of source time.

    `on_delay`: the condition must hold so long before the alarm begins. `off_delay`: its opposite
    must hold, with good quality, so long before it ends. `latched`: stays until acknowledged and
    reset (the alarm's life cycle does that, not the evaluation). `enabled`: false ships a rule
    that a site may switch on. `group`: rules of one measurement with several severities; while a
    worse one of the group is active, a milder one begins without sounding again.

    Defaults never change: they are not part of a rule's JSON, hence not of its hash.
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
    group: Name | None = None
    caps: Caps = Caps()
    site_caps: tuple[SiteCaps, ...] = ()


class VotedRule(CommonRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule about one point's value: it holds once `needed` of the last `of` samples say so.

    A hazard also fires on a value that is pinned at the dangerous end (limit bit, also when it is
    bad/out_of_range): saturated is not safe. That needs no votes.
    """

    point: Name
    needed: Annotated[int, msgspec.Meta(ge=1, le=VOTES)] = 1
    of: Annotated[int, msgspec.Meta(ge=1, le=VOTES)] = 1


class StateRule(VotedRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="state"):
    """The point equals a value (with `negate`: differs from it).

    `site_sets_value`: the right value is known at the site only (an installed height), so an
    override may set it.
    """

    equals: bool | float | str
    negate: bool = False
    site_sets_value: bool = False


class LimitRule(VotedRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="limit"):
    """The point is at or beyond `limit`, in the point's unit.

    It clears beyond `limit` less (low: plus) `deadband`; between the two it stays as it was.
    """

    limit: float
    direction: Direction = Direction.HIGH
    deadband: Amount = 0.0


class DeviationRule(
    VotedRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="deviation"
):
    """The point is at least `limit` away from `baseline`, either way; `deadband` as for a limit.

    With `direction`: only so far above (low: below) it, as water that comes near a sensor above it.
    The baseline is taken at the site, by an override. Without one the rule can judge nothing, and
    `in_force` adds a rule of sensor health that says so for as long.
    """

    limit: Amount
    baseline: float | None = None
    direction: Direction | None = None
    deadband: Amount = 0.0


class RateRule(CommonRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="rate"):
    """The point rose (`low`: fell) by at least `limit` within `window` of source time.

    It clears when it has moved by less than `limit` less `deadband` over a whole window of good
    samples. Pinned at the dangerous end fires a hazard here too.
    """

    point: Name
    limit: Amount
    window: Duration
    direction: Direction = Direction.HIGH
    deadband: Amount = 0.0


class StuckRule(CommonRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="stuck"):
    """The point's value has not changed by more than `tolerance` for `duration`, while it came.

    A bad sample, or a gap as long as `duration`, starts the count anew: absence is another rule.
    """

    point: Name
    duration: Duration
    tolerance: Amount = 0.0


class UnsetRule(CommonRule, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="unset"):
    """What another rule needs must be set at the site: fires on any value until it is.

    Not written in profiles: `in_force` adds it, `is_set` or not, so that its alarm can also end.
    """

    point: Name
    is_set: bool = False


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


PointRule = StateRule | LimitRule | DeviationRule | RateRule | StuckRule | UnsetRule | QualityRule
"""The kinds that one point feeds."""
Rule = PointRule | AbsenceRule
"""One more kind is one more struct here, its verdict in `verdict.py`, and its tests."""


def points_of(rule: Rule) -> tuple[str, ...]:
    """The points that feed a rule; empty means all points of the device."""
    return () if isinstance(rule, AbsenceRule) else (rule.point,)


def hazard_points(rules: Iterable[Rule]) -> frozenset[str]:
    """The points of the urgent lane: those that a hazard rule needs (design section 3, Lanes)."""
    hazards = (rule for rule in rules if rule.alarm_class is AlarmClass.HAZARD)
    return frozenset(point for rule in hazards for point in points_of(rule))
