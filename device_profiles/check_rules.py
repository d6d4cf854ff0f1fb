"""Cross-checks of a profile's rules: points, limits, caps, and what belongs to which class."""

from collections.abc import Iterator

from alarm_rules.in_force import UNSET
from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    Caps,
    DeviationRule,
    Direction,
    LimitRule,
    QualityRule,
    RateRule,
    Rule,
    Severity,
    StateRule,
    StuckRule,
    UnsetRule,
    VotedRule,
    points_of,
)
from device_profiles.check_encoding import misspelt
from device_profiles.check_limits import check_limits
from device_profiles.model import Point, Profile, ValueKind
from device_profiles.reach import never_is, no_such_point
from device_profiles.typed_toml import Problem

_ORDER = list(Severity)  # the worst first
_LONGEST_ID = 32  # of any name (wire.reading.POINT)


def check_rules(profile: Profile) -> Iterator[Problem]:
    """What contradicts itself in the rules, and between them and the points."""
    points = {point.id: point for point in profile.points}
    for index, rule in enumerate(profile.rules):
        table = f"rules[{index}]"
        for name in points_of(rule):
            if name in points:
                yield from _value(rule, points[name], profile, table)
                yield from check_limits(rule, points[name], profile, table)
            else:
                yield Problem(table, "point", no_such_point(name, profile))
        yield from _class(rule, table)
        yield from _room(rule, profile, table)
        yield from _times(rule, profile, table)
        yield from _caps(rule, table)
    yield from _groups(profile)


def _value(rule: Rule, point: Point, profile: Profile, table: str) -> Iterator[Problem]:
    match rule:
        case StateRule():
            wrong = never_is(point, rule.equals, profile)
            if wrong is not None:
                yield Problem(table, "equals", wrong)
        case LimitRule() | DeviationRule() | RateRule():
            if point.value is not ValueKind.NUMBER:
                yield Problem(table, "point", f"{point.id!r} is a {point.value}, not a number")
            elif isinstance(rule, LimitRule) and rule.deadband > abs(rule.limit):
                yield Problem(table, "deadband", f"{rule.deadband} is wider than the limit")
        case QualityRule():
            yield from misspelt(rule.reasons, table, "reasons")
            yield from misspelt(rule.ignore, table, "ignore")
        case UnsetRule():
            yield Problem(table, "kind", "unset is not written: it comes with a deviation")
        case _:
            return


def _class(rule: Rule, table: str) -> Iterator[Problem]:
    is_hazard = rule.alarm_class is AlarmClass.HAZARD
    if rule.life_safety and not is_hazard:
        yield Problem(table, "life_safety", "belongs to hazards only")
    if isinstance(rule, QualityRule | StuckRule) and is_hazard:
        yield Problem(table, "alarm_class", "a bad value is sensor health, not a hazard")


def _room(rule: Rule, profile: Profile, table: str) -> Iterator[Problem]:
    """`in_force` gives a deviation a second rule, under its id with a suffix."""
    if not isinstance(rule, DeviationRule):
        return
    if len(rule.id) > _LONGEST_ID - len(UNSET):
        message = f"is {len(rule.id)} long; of a deviation it is at most {_LONGEST_ID - len(UNSET)}"
        yield Problem(table, "id", f"{message}: {rule.id}{UNSET} has to be a name too")
    if any(other.id == f"{rule.id}{UNSET}" for other in profile.rules):
        yield Problem(table, "id", f"{rule.id}{UNSET} is the name of another rule")


def _times(rule: Rule, profile: Profile, table: str) -> Iterator[Problem]:
    if isinstance(rule, VotedRule) and rule.needed > rule.of:
        yield Problem(table, "needed", f"{rule.needed} of {rule.of} samples never say so")
    if isinstance(rule, RateRule) and not rule.window:
        yield Problem(table, "window", "must be longer than nothing")
    if isinstance(rule, StuckRule):
        often = next((p.report.max_interval for p in profile.points if p.id == rule.point), 0)
        if rule.duration < 2 * often:
            yield Problem(table, "duration", "is shorter than two reports of the point")
    if isinstance(rule, AbsenceRule):
        often = min(point.report.max_interval for point in profile.points)
        if rule.duration < 2 * often:
            yield Problem(table, "duration", "is shorter than two reports of the liveliest point")


def _caps(rule: Rule, table: str) -> Iterator[Problem]:
    """A rule's own caps are at least as mild as its default; those of a site class need not be."""
    if rule.caps.on_delay is not None and rule.caps.on_delay < rule.on_delay:
        yield Problem(f"{table}.caps", "on_delay", "is shorter than the default itself")
    if _is_stricter(rule, rule.caps):
        yield Problem(f"{table}.caps", "limit", "is stricter than the default itself")
    classes = [caps.site_class for caps in rule.site_caps]
    if len(classes) > len(set(classes)):
        yield Problem(table, "site_caps", "name a class of site twice")


def _is_stricter(rule: Rule, caps: Caps) -> bool:
    if caps.limit is None or not isinstance(rule, LimitRule | DeviationRule | RateRule):
        return False
    if isinstance(rule, LimitRule) and rule.direction is Direction.LOW:
        return caps.limit > rule.limit
    return caps.limit < rule.limit


def _groups(profile: Profile) -> Iterator[Problem]:
    """In a group of limits the worse severity has the farther limit, else it never comes alone."""
    limits = [rule for rule in profile.rules if isinstance(rule, LimitRule) and rule.group]
    for mild in limits:
        for worse in limits:
            if not _is_pair(mild, worse):
                continue
            farther = worse.limit - mild.limit
            if (farther if mild.direction is Direction.HIGH else -farther) <= 0:
                message = f"of {worse.id!r} is not beyond that of the milder {mild.id!r}"
                yield Problem(f"rules[{profile.rules.index(worse)}]", "limit", message)


def _is_pair(mild: LimitRule, worse: LimitRule) -> bool:
    same = (mild.group, mild.point, mild.direction) == (worse.group, worse.point, worse.direction)
    return same and _ORDER.index(worse.severity) < _ORDER.index(mild.severity)
