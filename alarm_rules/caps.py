"""How far a rule may be changed at a class of site: the stricter side of each figure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from alarm_rules.rule import Caps, CommonRule, Direction, LimitRule, Rule, Severity, SiteCaps

_ORDER: Final = {severity: rank for rank, severity in enumerate(Severity)}  # 0 is the worst


class Bound(StrEnum):
    """On which side of its cap a figure is the stricter one."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"


CAPPED: Final = {
    "severity": Bound.AT_MOST,  # of rank
    "on_delay": Bound.AT_MOST,
    "duration": Bound.AT_MOST,
    "needed": Bound.AT_MOST,
    "limit": Bound.AT_MOST,
    "off_delay": Bound.AT_LEAST,
    "deadband": Bound.AT_LEAST,
    "tolerance": Bound.AT_LEAST,
    "window": Bound.AT_LEAST,
    "of": Bound.AT_LEAST,
}
"""The figures that have a cap; of a low limit the higher one is the stricter."""


def bound_of(rule: CommonRule, field: str) -> Bound:
    if field == "limit" and isinstance(rule, LimitRule) and rule.direction is Direction.LOW:
        return Bound.AT_LEAST
    return CAPPED[field]


def is_milder(rule: CommonRule, field: str, value: Any, caps: Caps) -> bool:
    """Whether a figure of the rule would lie on the wrong side of its cap."""
    cap = getattr(caps, field)
    if field == "severity":
        value, cap = _ORDER[value], _ORDER[cap]
    return bool(value > cap if bound_of(rule, field) is Bound.AT_MOST else value < cap)


def site_classes(rules: Iterable[CommonRule]) -> frozenset[str]:
    """The classes of site that some rule makes a difference for."""
    return frozenset(caps.site_class for rule in rules for caps in rule.site_caps)


def caps_of(rule: CommonRule, site_class: str | None) -> Caps:
    """Every cap of the rule filled in; where none is given the default is the cap."""
    given = _given(rule, site_class)
    filled = {
        field: getattr(rule, field)
        for field in CAPPED
        if getattr(given, field) is None and hasattr(rule, field)
    }
    return replace(given, **filled)


def default_at(rule: Rule, site_class: str | None) -> Rule:
    """The rule as it ships for a class of site: what is milder than its caps there gives way."""
    caps = _given(rule, site_class)
    if not isinstance(caps, SiteCaps):
        return rule
    stricter = {
        field: getattr(caps, field)
        for field in CAPPED
        if getattr(caps, field) is not None
        and hasattr(rule, field)
        and is_milder(rule, field, getattr(rule, field), caps)
    }
    return msgspec.structs.replace(rule, **stricter)


def _given(rule: CommonRule, site_class: str | None) -> Caps:
    return next((caps for caps in rule.site_caps if caps.site_class == site_class), rule.caps)
