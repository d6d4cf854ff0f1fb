"""The server's own catalogue as the watcher needs it: rules, points and hashes of a device."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import msgspec

from alarm_rules.in_force import InForce, OverrideError, in_force, rules_hash
from alarm_rules.link import LINK_POOR
from alarm_rules.override import Override
from alarm_rules.rule import AbsenceRule, Rule, Severity, hazard_points, points_of
from device_profiles.load import profile_hash
from device_profiles.model import Profile
from ingest_server.db.registry import KnownDevice
from ingest_server.db.snapshot import Snapshot
from wire.reading import is_of_link

_log = logging.getLogger(__name__)
_ORDER = list(Severity)  # the worst first
_SITES = 4_096  # what differs more often than this is made again when it is needed


class Mismatch(StrEnum):
    """How the gateway's idea of a device differs from ours."""

    UNKNOWN_PROFILE = "unknown_profile"
    OTHER_PROFILE = "other_profile"
    OTHER_RULES = "other_rules"


class RulesAre(StrEnum):
    """Whether a device is judged by the rules that its gateway has in force (design P11).

    PENDING: the server judges by others. UNKNOWN: it has no such profile and judges nothing.
    """

    IN_FORCE = "in_force"
    PENDING = "pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule, its own hash, and whether all it needs comes by the urgent lane.

    `outranked_by`: the rules of its group with a worse severity.
    """

    rule: Rule
    definition: str
    is_urgent: bool
    outranked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownProfile:
    """The rules of one device, worst first. `hash`: of the profile itself.

    `points`: those that any rule names; None beside them when some rule uses all that it says.
    """

    id: str
    hash: str
    rules_hash: str
    rules: tuple[RuleInForce, ...]
    points: frozenset[str | None]

    def uses(self, point: str) -> bool:
        """Whether any rule does; what is said of its link is not what the device says."""
        return point in self.points or (None in self.points and not is_of_link(point))

    def find(self, rule: str) -> RuleInForce | None:
        return next((one for one in self.rules if one.rule.id == rule), None)


class _Site(msgspec.Struct, frozen=True):
    site_class: str | None = None
    overrides: tuple[Override, ...] = ()


_site = msgspec.json.Decoder(_Site)


class KnownProfiles:
    """Profiles by id; the rules in force of a device are its profile's and its site's."""

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        self._profiles = dict(profiles)
        self._hashes = {name: profile_hash(profile) for name, profile in profiles.items()}
        self._make = lru_cache(_SITES)(self._make_anew)

    def of(self, device: KnownDevice) -> KnownProfile | None:
        """What the device is judged by; None when its profile is not in the catalogue.

        A site's changes that we can not take (of a newer release, say) are left out; then
        `rules_are` says PENDING.
        """
        return self._make(device.profile, device.site)

    def mismatch(self, device: KnownDevice) -> Mismatch | None:
        """What is wrong with a birth's words about a device, or None."""
        known = self.of(device)
        if known is None:
            return Mismatch.UNKNOWN_PROFILE
        if known.hash != device.profile_hash:
            return Mismatch.OTHER_PROFILE
        return None if known.rules_hash == device.rules_hash else Mismatch.OTHER_RULES

    def rules_are(self, device: KnownDevice) -> RulesAre:
        known = self.of(device)
        if known is None:
            return RulesAre.UNKNOWN
        is_same = known.rules_hash == device.rules_hash
        return RulesAre.IN_FORCE if is_same else RulesAre.PENDING

    def is_absence(self, alarm: Snapshot) -> bool:
        """Whether the alarm is of a device's absence."""
        profile = self._profiles.get(alarm.profile or "")
        rules = () if profile is None else profile.rules
        return any(isinstance(one, AbsenceRule) and one.id == alarm.rule for one in rules)

    def _make_anew(self, name: str, site: str | None) -> KnownProfile | None:
        profile = self._profiles.get(name)
        if profile is None:
            return None
        force = _force(profile, site)
        rules = (*force.rules, LINK_POOR)
        return KnownProfile(name, self._hashes[name], force.hash, _ranked(rules), _points(rules))


def _force(profile: Profile, site: str | None) -> InForce:
    if site is not None:
        try:
            said = _site.decode(site)
            return in_force(profile.rules, said.overrides, said.site_class)
        except (msgspec.ValidationError, OverrideError) as error:
            _log.warning("what a site changed of %s is not taken: %s", profile.id, error)
    return in_force(profile.rules)


def _ranked(rules: Iterable[Rule]) -> tuple[RuleInForce, ...]:
    """The worst first, so that of a group the one that outranks is judged before the others."""
    ranked = sorted(rules, key=lambda rule: _ORDER.index(rule.severity))
    urgent = hazard_points(ranked)
    return tuple(
        RuleInForce(
            rule,
            rules_hash([rule]),
            bool(points_of(rule)) and urgent.issuperset(points_of(rule)),
            tuple(one.id for one in ranked if _outranks(one, rule)),
        )
        for rule in ranked
    )


def _outranks(one: Rule, other: Rule) -> bool:
    is_worse = _ORDER.index(one.severity) < _ORDER.index(other.severity)
    return one.group is not None and one.group == other.group and is_worse


def _points(rules: Iterable[Rule]) -> frozenset[str | None]:
    return frozenset(point for rule in rules for point in points_of(rule) or (None,))
