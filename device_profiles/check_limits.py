"""Cross-checks of set points: an alarm that can never fire, and one that can never end."""

from collections.abc import Iterator

from alarm_rules.rule import DeviationRule, Direction, LimitRule, RateRule, Rule
from alarm_rules.set_point import clear_level
from device_profiles.model import Point, Profile, ValueKind
from device_profiles.reach import Reach, reach_of
from device_profiles.typed_toml import Problem

_NEVER_FIRES = "an alarm that can never fire"
_NEVER_ENDS = "an alarm that can never end"


def check_limits(rule: Rule, point: Point, profile: Profile, table: str) -> Iterator[Problem]:
    """A number's set points, its default and those of each class of site, against its reach."""
    if point.value is not ValueKind.NUMBER:
        return
    reach = reach_of(point, profile)
    match rule:
        case LimitRule():
            yield from _beyond(rule, rule.limit, reach, f"{table}.limit")
            yield from _ending(rule, reach, table)
            for index, caps in enumerate(rule.site_caps):
                if caps.limit is not None:
                    place = f"{table}.site_caps[{index}].limit"
                    yield from _beyond(rule, caps.limit, reach, place)
        case DeviationRule() | RateRule():
            yield from _change(rule, reach, table)
        case _:
            return


def _beyond(rule: LimitRule, limit: float, reach: Reach, place: str) -> Iterator[Problem]:
    table, _, key = place.rpartition(".")
    if rule.direction is Direction.HIGH and limit > reach.high:
        message = f"is {limit:g}, but {rule.point!r} is never more than {reach.high:g}"
        yield Problem(table, key, f"{message}: {_NEVER_FIRES}")
    if rule.direction is Direction.LOW and limit < reach.low:
        message = f"is {limit:g}, but {rule.point!r} is never less than {reach.low:g}"
        yield Problem(table, key, f"{message}: {_NEVER_FIRES}")


def _ending(rule: LimitRule, reach: Reach, table: str) -> Iterator[Problem]:
    level = clear_level(rule)
    if rule.direction is Direction.HIGH and level <= reach.low:
        message = f"it clears below {level:g}, but {rule.point!r} is never less than {reach.low:g}"
        yield Problem(table, "deadband", f"{message}: {_NEVER_ENDS}")
    if rule.direction is Direction.LOW and level >= reach.high:
        message = f"it clears above {level:g}, but {rule.point!r} is never more than {reach.high:g}"
        yield Problem(table, "deadband", f"{message}: {_NEVER_ENDS}")


def _change(rule: DeviationRule | RateRule, reach: Reach, table: str) -> Iterator[Problem]:
    if rule.limit > reach.span:
        message = f"is {rule.limit:g}, but {rule.point!r} can not change by more than"
        yield Problem(table, "limit", f"{message} {reach.span:g}: {_NEVER_FIRES}")
    if rule.deadband >= rule.limit:
        message = f"{rule.deadband:g} is not below the limit of {rule.limit:g}: {_NEVER_ENDS}"
        yield Problem(table, "deadband", message)
