"""Cross-checks of the local actions in agent.toml: rules, devices and actions that there are."""

from collections.abc import Iterator, Mapping

from alarm_rules.rule import Rule
from device_profiles.model import Profile
from device_profiles.typed_toml import Problem
from edge_agent.config.nearest import not_there
from edge_agent.config.sections import Sections
from edge_agent.config.tables import LocalActionTable, WhenTable
from wire.reading import ID

MOST = 32
_LONGEST = 32  # the name is part of a command's id
_GRAMMAR = "write small letters, digits and hyphens, at most 32, the first no hyphen"


def check_local_actions(found: Sections, profiles: Mapping[str, Profile]) -> Iterator[Problem]:
    """Judge every local action by what the devices' profiles have."""
    if len(found.local_actions) > MOST:
        yield Problem("local_actions", "", f"are {len(found.local_actions)}; at most {MOST}")
    for name, one in found.local_actions.items():
        table = f"local_actions.{name}"
        if not ID.fullmatch(name) or len(name) > _LONGEST:
            yield Problem(table, "", f"is not a good name: {_GRAMMAR}")
        for number, when in enumerate(one.when):
            yield from _when(f"{table}.when[{number}]", when, found, profiles)
        yield from _what(table, one, found, profiles)
        if one.undo is None and one.undo_after is not None:
            remedy = "name the action that undoes it as undo, or leave this"
            yield Problem(table, "undo_after", f"is of no use without undo: {remedy}")


def local_action_warnings(found: Sections) -> Iterator[Problem]:
    """What is allowed and seldom meant."""
    undone = [one.device for one in found.local_actions.values() if one.undo is not None]
    for name, one in found.local_actions.items():
        if one.undo is not None and undone.count(one.device) > 1:
            message = f"is {one.device!r}, which another local action undoes too: what one needs"
            remedy = "the other may end; put the rules of both into one `when`"
            yield Problem(f"local_actions.{name}", "device", f"{message} {remedy}")


def meant(rules: tuple[Rule, ...], name: str) -> tuple[Rule, ...]:
    """The rule of this id, or those of the group."""
    return tuple(one for one in rules if name in (one.id, one.group))


def _when(
    table: str, when: WhenTable, found: Sections, profiles: Mapping[str, Profile]
) -> Iterator[Problem]:
    profile = None
    if when.device not in found.devices:
        yield Problem(table, "device", not_there(when.device, found.devices, "device"))
    else:
        profile = profiles.get(found.devices[when.device].profile)
    if profile is None:
        return
    rules = meant(profile.rules, when.rule)
    if not rules:
        names = {one.id for one in profile.rules} | {one.group or one.id for one in profile.rules}
        yield Problem(table, "rule", not_there(when.rule, names, f"rule of {profile.id}"))


def _what(
    table: str, one: LocalActionTable, found: Sections, profiles: Mapping[str, Profile]
) -> Iterator[Problem]:
    if one.device not in found.devices:
        yield Problem(table, "device", not_there(one.device, found.devices, "device"))
        return
    profile = profiles.get(found.devices[one.device].profile)
    if profile is None:
        return
    actions = {action.id for action in profile.actions}
    for key, action in (("action", one.action), ("undo", one.undo)):
        if action is not None and action not in actions:
            yield Problem(table, key, not_there(action, actions, f"action of {profile.id}"))
