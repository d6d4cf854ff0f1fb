"""Cross-checks of how points are reported: what no gateway would keep to, and what hides a rise."""

from collections.abc import Iterator

from alarm_rules.rule import DeviationRule, LimitRule, hazard_points
from alarm_rules.set_point import stated_points, widest_deadbands
from device_profiles.model import Point, Profile
from device_profiles.typed_toml import Problem


def check_reports(profile: Profile) -> Iterator[Problem]:
    """Crossings of set points are reported whatever stands here; these are about the rest."""
    hazards, stated = hazard_points(profile.rules), stated_points(profile.rules)
    rated = widest_deadbands(profile.rules)
    for index, point in enumerate(profile.points):
        table = f"points[{index}].report"
        if point.report.min_interval and point.id in hazards | stated:
            why = "a hazard needs it" if point.id in hazards else "a rule judges each change"
            yield Problem(table, "min_interval", f"is of no use, {why}: leave it")
        if point.id in rated:
            yield from _rated(point, rated[point.id], table)
        yield from _hiding(point, profile, table)


def _rated(point: Point, most: float, table: str) -> Iterator[Problem]:
    report = point.report
    if report.relative:
        yield Problem(table, "relative", "is of no use, a rate is judged: write a deadband")
    if report.deadband > most:
        message = f"{report.deadband:g} is too wide for the rate that is judged: at most {most:g}"
        yield Problem(table, "deadband", message)


def _hiding(point: Point, profile: Profile, table: str) -> Iterator[Problem]:
    """Nobody would see it come: it may stand just short of the limit and be shown as nothing."""
    for rule in profile.rules:
        if not isinstance(rule, LimitRule | DeviationRule) or rule.point != point.id:
            continue
        limit = abs(rule.limit)
        if limit and point.report.deadband >= limit:
            message = f"{point.report.deadband:g} is as wide as the limit of rule {rule.id!r}"
            yield Problem(table, "deadband", f"{message}: nobody would see it come")
