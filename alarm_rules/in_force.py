"""Defaults, overrides and caps make the rules in force of one device, and their hash."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from alarm_rules.duration import Duration, duration_text
from alarm_rules.rule import AbsenceRule, Name, Rule, Severity, StateRule
from wire.reading import Value

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}  # 0 is the worst
_canonical = msgspec.json.Encoder(order="deterministic")


class Override(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a site wants otherwise for one rule; None leaves the default. Only stricter is taken."""

    rule: Name
    enabled: bool | None = None
    severity: Severity | None = None
    latched: bool | None = None
    on_delay: Duration | None = None
    off_delay: Duration | None = None
    duration: Duration | None = None
    equals: bool | float | str | None = None


class Refused(StrEnum):
    """Why an override is not taken."""

    UNKNOWN_RULE = "unknown_rule"
    TWICE = "twice"
    NOT_OF_THIS_KIND = "not_of_this_kind"
    SWITCHES_OFF = "switches_off"
    MILDER = "milder"
    UNLATCHES = "unlatches"
    LATER = "later"  # on_delay or duration longer than the cap
    ENDS_SOONER = "ends_sooner"  # off_delay shorter than the cap
    VALUE_FIXED = "value_fixed"
    WRONG_VALUE = "wrong_value"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused wish: of which rule, why, and what would be taken."""

    rule: str
    reason: Refused
    remedy: str

    def __str__(self) -> str:
        return f"rule {self.rule!r}: {self.reason}: {self.remedy}"


class OverrideError(Exception):
    """Overrides that would make a device less safe, or that fit no rule; all of them."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(map(str, refusals)))
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class InForce:
    """The enabled rules of one device, in the profile's order, and their hash."""

    rules: tuple[Rule, ...]
    hash: str


def in_force(defaults: Sequence[Rule], overrides: Sequence[Override] = ()) -> InForce:
    """Apply a site's overrides; raise OverrideError with every refusal."""
    refusals = [*_misplaced(defaults, overrides)]
    wanted = {override.rule: override for override in overrides}
    rules: list[Rule] = []
    for rule in defaults:
        override = wanted.get(rule.id)
        if override is not None:
            refusals.extend(_refusals(rule, override))
        rules.append(rule if override is None else _with(rule, override))
    if refusals:
        raise OverrideError(refusals)
    enabled = tuple(rule for rule in rules if rule.enabled)
    return InForce(enabled, rules_hash(enabled))


def rules_hash(rules: Iterable[Rule]) -> str:
    """16 hex digits of SHA-256 over the canonical JSON of the rules, in any order."""
    by_id = sorted(rules, key=lambda rule: rule.id)
    return hashlib.sha256(_canonical.encode(by_id)).hexdigest()[:16]


def _with(rule: Rule, override: Override) -> Rule:
    wishes = {
        field: value
        for field, value in msgspec.structs.asdict(override).items()
        if field != "rule" and value is not None and hasattr(rule, field)
    }
    return msgspec.structs.replace(rule, **wishes)


def _misplaced(defaults: Sequence[Rule], overrides: Sequence[Override]) -> Iterator[Refusal]:
    known = [rule.id for rule in defaults]
    seen: set[str] = set()
    for override in overrides:
        if override.rule not in known:
            yield Refusal(override.rule, Refused.UNKNOWN_RULE, f"one of {', '.join(known)}")
        if override.rule in seen:
            yield Refusal(override.rule, Refused.TWICE, "write all wishes for a rule together")
        seen.add(override.rule)


def _refusals(rule: Rule, override: Override) -> Iterator[Refusal]:
    yield from _softer(rule, override)
    yield from _slower(rule, override)
    if override.duration is not None:
        yield from _duration(rule, override.duration)
    if override.equals is not None:
        yield from _value(rule, override.equals)


def _softer(rule: Rule, override: Override) -> Iterator[Refusal]:
    if rule.enabled and override.enabled is False:
        yield Refusal(rule.id, Refused.SWITCHES_OFF, "a rule of the profile stays on")
    if rule.latched and override.latched is False:
        yield Refusal(rule.id, Refused.UNLATCHES, "it stays latched until reset")
    cap = rule.caps.severity or rule.severity
    if override.severity is not None and _ORDER[override.severity] > _ORDER[cap]:
        yield Refusal(rule.id, Refused.MILDER, f"severity {cap} or worse")


def _slower(rule: Rule, override: Override) -> Iterator[Refusal]:
    longest = rule.on_delay if rule.caps.on_delay is None else rule.caps.on_delay
    if override.on_delay is not None and override.on_delay > longest:
        yield Refusal(rule.id, Refused.LATER, f"on_delay at most {duration_text(longest)}")
    least = rule.off_delay if rule.caps.off_delay is None else rule.caps.off_delay
    if override.off_delay is not None and override.off_delay < least:
        yield Refusal(rule.id, Refused.ENDS_SOONER, f"off_delay at least {duration_text(least)}")


def _duration(rule: Rule, duration: int) -> Iterator[Refusal]:
    if not isinstance(rule, AbsenceRule):
        yield Refusal(rule.id, Refused.NOT_OF_THIS_KIND, "duration belongs to absence rules")
        return
    longest = rule.duration if rule.caps.duration is None else rule.caps.duration
    if duration > longest:
        yield Refusal(rule.id, Refused.LATER, f"duration at most {duration_text(longest)}")
    if duration == 0:
        yield Refusal(rule.id, Refused.WRONG_VALUE, "duration must be longer than nothing")


def _value(rule: Rule, equals: Value) -> Iterator[Refusal]:
    if not isinstance(rule, StateRule):
        yield Refusal(rule.id, Refused.NOT_OF_THIS_KIND, "equals belongs to state rules")
    elif not rule.site_sets_value:
        yield Refusal(rule.id, Refused.VALUE_FIXED, f"{rule.equals!r} comes with the profile")
    elif type(equals) is not type(rule.equals):
        yield Refusal(rule.id, Refused.WRONG_VALUE, f"a value like {rule.equals!r}")
