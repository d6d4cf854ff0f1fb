"""The server's own catalogue as the watcher needs it: rules, points and hashes of a profile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from alarm_rules.in_force import in_force, rules_hash
from alarm_rules.rule import AbsenceRule, Rule, hazard_points, points_of
from device_profiles.load import profile_hash
from device_profiles.model import Profile
from ingest_server.db.snapshot import Snapshot


class Mismatch(StrEnum):
    """How the gateway's idea of a device differs from ours."""

    UNKNOWN_PROFILE = "unknown_profile"
    OTHER_PROFILE = "other_profile"
    OTHER_RULES = "other_rules"


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule, its own hash, and whether all it needs comes by the urgent lane."""

    rule: Rule
    definition: str
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class KnownProfile:
    """`points`: those that any rule uses; None when some rule uses them all."""

    id: str
    hash: str
    rules_hash: str
    rules: tuple[RuleInForce, ...]
    points: frozenset[str] | None


class KnownProfiles:
    """Profiles by id, with their rules in force."""

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        self._known = {name: _know(profile) for name, profile in profiles.items()}

    def find(self, profile: str) -> KnownProfile | None:
        return self._known.get(profile)

    def mismatch(self, profile: str, its_hash: str, its_rules: str) -> Mismatch | None:
        """What is wrong with a birth's words about a device, or None."""
        known = self._known.get(profile)
        if known is None:
            return Mismatch.UNKNOWN_PROFILE
        if known.hash != its_hash:
            return Mismatch.OTHER_PROFILE
        return None if known.rules_hash == its_rules else Mismatch.OTHER_RULES

    def find_rule(self, profile: str, rule: str) -> RuleInForce | None:
        known = self._known.get(profile)
        rules = () if known is None else known.rules
        return next((one for one in rules if one.rule.id == rule), None)

    def is_absence(self, alarm: Snapshot) -> bool:
        """Whether the alarm is of a device's absence."""
        force = self.find_rule(alarm.profile or "", alarm.rule)
        return force is not None and isinstance(force.rule, AbsenceRule)


def _know(profile: Profile) -> KnownProfile:
    force = in_force(profile.rules)
    urgent = hazard_points(force.rules)
    return KnownProfile(
        profile.id,
        profile_hash(profile),
        force.hash,
        tuple(_rule(rule, urgent) for rule in force.rules),
        _points(force.rules),
    )


def _rule(rule: Rule, urgent: frozenset[str]) -> RuleInForce:
    points = points_of(rule)
    return RuleInForce(rule, rules_hash([rule]), bool(points) and urgent.issuperset(points))


def _points(rules: Iterable[Rule]) -> frozenset[str] | None:
    needs = [points_of(rule) for rule in rules]
    return None if () in needs else frozenset(point for points in needs for point in points)
