"""Defaults, overrides and caps make the rules in force of one device, and their hash."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from alarm_rules.caps import default_at, site_classes
from alarm_rules.override import Override, Refusal, Refused, misplaced, refusals, with_wishes
from alarm_rules.rule import AlarmClass, DeviationRule, Rule, UnsetRule, Words

UNSET = "_unset"
"""What follows the id of a deviation in that of the rule which asks for its baseline."""
_canonical = msgspec.json.Encoder(order="deterministic")


class OverrideError(Exception):
    """Overrides that would make a device less safe, or that fit no rule; all of them."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(map(str, refusals)))
        self.refusals = tuple(refusals)


class InForce(msgspec.Struct, frozen=True):
    """The enabled rules of one device, in the profile's order, and their hash."""

    rules: tuple[Rule, ...]
    hash: str


def in_force(
    defaults: Sequence[Rule], overrides: Sequence[Override] = (), site_class: str | None = None
) -> InForce:
    """Apply the caps of a class of site, then a site's overrides.

    Raise OverrideError with every refusal.
    """
    refused = [*_unknown_class(defaults, site_class), *misplaced(defaults, overrides)]
    wanted = {override.rule: override for override in overrides}
    rules: list[Rule] = []
    for shipped in defaults:
        rule, override = default_at(shipped, site_class), wanted.get(shipped.id)
        if override is not None:
            refused.extend(refusals(rule, override, site_class))
            rule = with_wishes(rule, override)
        rules.extend((rule, *_unset(rule)))
    if refused:
        raise OverrideError(refused)
    enabled = tuple(rule for rule in rules if rule.enabled)
    return InForce(enabled, rules_hash(enabled))


def rules_hash(rules: Iterable[Rule]) -> str:
    """16 hex digits of SHA-256 over the canonical JSON of the rules, in any order."""
    by_id = sorted(rules, key=lambda rule: rule.id)
    return hashlib.sha256(_canonical.encode(by_id)).hexdigest()[:16]


def _unknown_class(defaults: Sequence[Rule], site_class: str | None) -> Iterator[Refusal]:
    """A misspelt class would silently leave the defaults of another."""
    known = site_classes(defaults)
    if site_class is not None and known and site_class not in known:
        remedy = f"one of {', '.join(sorted(known))}"
        yield Refusal("site_class", Refused.UNKNOWN_SITE_CLASS, remedy)


def _unset(rule: Rule) -> Iterator[UnsetRule]:
    """A deviation without a baseline judges nothing, and says so."""
    if not isinstance(rule, DeviationRule):
        return
    yield UnsetRule(
        id=f"{rule.id}{UNSET}",
        alarm_class=AlarmClass.SENSOR_HEALTH,
        severity=rule.severity,
        title=Words(f"{rule.title.en}: no baseline", f"{rule.title.zh}：未设基准"),
        guidance=Words(
            "Nothing is watched until the baseline is taken at the site: edge-agent baseline take,"
            f" or write it as baseline of rule {rule.id} into the gateway's configuration.",
            "基准值尚未在现场设定，此项暂无监测。请在网关执行 edge-agent baseline take，"
            f"或写入网关配置：规则 {rule.id} 的 baseline。",
        ),
        source=rule.source,
        enabled=rule.enabled,
        point=rule.point,
        is_set=rule.baseline is not None,
    )
