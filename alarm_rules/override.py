"""What a site wants otherwise for a rule, and why a wish is not taken: only stricter is."""

import math
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from alarm_rules.caps import CAPPED, Bound, bound_of, caps_of, is_milder
from alarm_rules.duration import Duration, duration_text
from alarm_rules.rule import (
    VOTES,
    CommonRule,
    DeviationRule,
    Name,
    RateRule,
    Rule,
    Severity,
    StateRule,
    VotedRule,
)
from wire.reading import Value


class Override(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a site wants otherwise for one rule; None leaves the default. Only stricter is taken.

    `baseline`: of a deviation, as taken at the site; any number is taken.
    """

    rule: Name
    enabled: bool | None = None
    severity: Severity | None = None
    latched: bool | None = None
    on_delay: Duration | None = None
    off_delay: Duration | None = None
    duration: Duration | None = None
    window: Duration | None = None
    equals: bool | float | str | None = None
    limit: float | None = None
    deadband: float | None = None
    tolerance: float | None = None
    baseline: float | None = None
    needed: int | None = None
    of: int | None = None


class Refused(StrEnum):
    """Why an override is not taken."""

    UNKNOWN_RULE = "unknown_rule"
    UNKNOWN_SITE_CLASS = "unknown_site_class"
    TWICE = "twice"
    NOT_OF_THIS_KIND = "not_of_this_kind"
    SWITCHES_OFF = "switches_off"
    MILDER = "milder"
    UNLATCHES = "unlatches"
    LATER = "later"  # a longer delay or duration, more votes, a shorter window than the cap
    ENDS_SOONER = "ends_sooner"  # a shorter off_delay or a narrower deadband than the cap
    BEYOND_CAP = "beyond_cap"  # a set point farther out, or a narrower tolerance, than the cap
    VALUE_FIXED = "value_fixed"
    WRONG_VALUE = "wrong_value"


class Refusal(msgspec.Struct, frozen=True):
    """One refused wish: of which rule, why, and what would be taken."""

    rule: str
    reason: Refused
    remedy: str

    def __str__(self) -> str:
        return f"rule {self.rule!r}: {self.reason}: {self.remedy}"


_REASONS: Final = {
    "severity": Refused.MILDER,
    "on_delay": Refused.LATER,
    "duration": Refused.LATER,
    "window": Refused.LATER,
    "needed": Refused.LATER,
    "of": Refused.LATER,
    "off_delay": Refused.ENDS_SOONER,
    "deadband": Refused.ENDS_SOONER,
    "limit": Refused.BEYOND_CAP,
    "tolerance": Refused.BEYOND_CAP,
}
_DURATIONS: Final = frozenset({"on_delay", "off_delay", "duration", "window"})


def misplaced(defaults: Sequence[Rule], overrides: Sequence[Override]) -> Iterator[Refusal]:
    """Wishes for a rule that is not there, or more than one for the same."""
    known = [rule.id for rule in defaults]
    seen: set[str] = set()
    for override in overrides:
        if override.rule not in known:
            yield Refusal(override.rule, Refused.UNKNOWN_RULE, f"one of {', '.join(known)}")
        if override.rule in seen:
            yield Refusal(override.rule, Refused.TWICE, "write all wishes for a rule together")
        seen.add(override.rule)


def wishes_of(override: Override) -> dict[str, Any]:
    """What the override says, by field."""
    return {
        field: value
        for field, value in msgspec.structs.asdict(override).items()
        if field != "rule" and value is not None
    }


def with_wishes(rule: Rule, override: Override) -> Rule:
    """The rule with those of the wishes that its kind knows."""
    known = {field: value for field, value in wishes_of(override).items() if hasattr(rule, field)}
    return msgspec.structs.replace(rule, **known)


def refusals(rule: Rule, override: Override, site_class: str | None) -> Iterator[Refusal]:
    """Every reason why the override is not taken for this rule, its default at such a site."""
    caps = caps_of(rule, site_class)
    for field, value in wishes_of(override).items():
        if not hasattr(rule, field):
            kind = rule.__struct_config__.tag
            yield Refusal(rule.id, Refused.NOT_OF_THIS_KIND, f"a {kind} rule has no {field}")
        elif isinstance(value, float) and not math.isfinite(value):
            yield Refusal(rule.id, Refused.WRONG_VALUE, f"{field} must be a number")
        elif field in CAPPED and is_milder(rule, field, value, caps):
            yield Refusal(rule.id, _REASONS[field], _most(rule, field, getattr(caps, field)))
    yield from _softer(rule, override)
    yield from _senseless(with_wishes(rule, override), override)
    if override.equals is not None and isinstance(rule, StateRule):
        yield from _value(rule, override.equals)


def _most(rule: CommonRule, field: str, cap: Any) -> str:
    if field == "severity":
        return f"severity {cap} or worse"
    least = "at most" if bound_of(rule, field) is Bound.AT_MOST else "at least"
    return f"{field} {least} {duration_text(cap) if field in _DURATIONS else f'{cap:g}'}"


def _softer(rule: Rule, override: Override) -> Iterator[Refusal]:
    if rule.enabled and override.enabled is False:
        yield Refusal(rule.id, Refused.SWITCHES_OFF, "a rule of the profile stays on")
    if rule.latched and override.latched is False:
        yield Refusal(rule.id, Refused.UNLATCHES, "it stays latched until reset")


def _senseless(wanted: Rule, override: Override) -> Iterator[Refusal]:
    """What no rule can mean, though it would be stricter."""
    for field in ("duration", "window"):
        if getattr(override, field) == 0:
            yield Refusal(wanted.id, Refused.WRONG_VALUE, f"{field} must be longer than nothing")
    if isinstance(wanted, RateRule | DeviationRule):
        if not wanted.limit > 0:
            yield Refusal(wanted.id, Refused.WRONG_VALUE, "limit must be more than nothing")
        elif wanted.deadband >= wanted.limit:
            remedy = f"deadband must be less than limit {wanted.limit:g}, else it never clears"
            yield Refusal(wanted.id, Refused.WRONG_VALUE, remedy)
    if isinstance(wanted, VotedRule) and not 1 <= wanted.needed <= wanted.of <= VOTES:
        remedy = f"needed from 1 to {wanted.of}, of at most {VOTES}"
        yield Refusal(wanted.id, Refused.WRONG_VALUE, remedy)


def _value(rule: StateRule, equals: Value) -> Iterator[Refusal]:
    if not rule.site_sets_value:
        yield Refusal(rule.id, Refused.VALUE_FIXED, f"{rule.equals!r} comes with the profile")
    elif type(equals) is not type(rule.equals):
        yield Refusal(rule.id, Refused.WRONG_VALUE, f"a value like {rule.equals!r}")
