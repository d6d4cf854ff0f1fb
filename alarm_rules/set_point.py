"""At which values of which points a rule may change its mind: what a gateway always reports."""

from collections.abc import Iterable

from alarm_rules.rule import (
    AbsenceRule,
    DeviationRule,
    Direction,
    LimitRule,
    RateRule,
    Rule,
    StateRule,
    VotedRule,
)


def voting_points(rules: Iterable[Rule]) -> frozenset[str]:
    """The points of which every sample counts: a gateway reports them all, changed or not."""
    return frozenset(
        rule.point
        for rule in rules
        if isinstance(rule, VotedRule) and (rule.needed, rule.of) != (1, 1)
    )


def stated_points(rules: Iterable[Rule]) -> frozenset[str]:
    """The points of which a rule judges a state or a text: each change may be a crossing."""
    return frozenset(
        rule.point
        for rule in rules
        if isinstance(rule, StateRule) and isinstance(rule.equals, bool | str)
    )


_STEPS = 10
"""A change within a window is judged from values that are off by a tenth of it at most."""


def widest_deadbands(rules: Iterable[Rule]) -> dict[str, float]:
    """By point the widest deadband that a gateway may report with, where a rule needs a bound."""
    found: dict[str, float] = {}
    for rule in rules:
        if isinstance(rule, RateRule):
            found[rule.point] = min(rule.limit / _STEPS, found.get(rule.point, rule.limit))
    return found


def set_points(rules: Iterable[Rule]) -> dict[str, tuple[float, ...]]:
    """By point the values at which a rule may change its mind, ascending.

    A gateway reports every sample that lies on another side of one than the last reported
    (below, at, above), whatever the deadband.
    """
    found: dict[str, set[float]] = {}
    for rule in rules:
        values = set(_set_points(rule))
        if values and not isinstance(rule, AbsenceRule):
            found.setdefault(rule.point, set()).update(values)
    return {point: tuple(sorted(values)) for point, values in found.items()}


def _set_points(rule: Rule) -> tuple[float, ...]:
    match rule:
        case LimitRule():
            return (rule.limit, clear_level(rule))
        case DeviationRule(baseline=float() as baseline):
            near = rule.limit - rule.deadband
            low = (baseline - rule.limit, baseline - near)
            high = (baseline + near, baseline + rule.limit)
            return {Direction.LOW: low, Direction.HIGH: high, None: (*low, *high)}[rule.direction]
        case StateRule() if not isinstance(rule.equals, bool | str):
            return (rule.equals,)
        case _:
            return ()


def clear_level(rule: LimitRule) -> float:
    """Below (low: above) this value the rule clears."""
    if rule.direction is Direction.HIGH:
        return rule.limit - rule.deadband
    return rule.limit + rule.deadband
