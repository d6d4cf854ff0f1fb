"""The configuration with the baselines that were taken at the site: the later of the two counts."""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from alarm_rules.in_force import in_force
from alarm_rules.override import Override
from alarm_rules.rule import Rule
from edge_agent.baseline.taken import (
    Standing,
    Taken,
    configured,
    is_of,
)
from edge_agent.config.local_plan import LocalActionConfig
from edge_agent.config.model import Config, DeviceConfig
from edge_agent.own_health import BaselineHealth

NEEDED = {
    Standing.ABSENT: "has no baseline, it is not watched: take one (edge-agent baseline take)",
    Standing.OTHER_DEVICE: "has a baseline of another device, it is not watched: take it anew",
}
"""What is wrong with a point that nothing is judged against."""


class Baseline(msgspec.Struct, frozen=True):
    """What one point of one device is judged against. `taken`: also one that does not count."""

    device: str
    point: str
    unit: str
    standing: Standing
    value: tuple[float, ...] | None
    taken: Taken | None = None


def with_baselines(config: Config, taken: Iterable[Taken]) -> Config:
    """`config` as read; what counts of `taken` takes the place of what stands there."""
    by_device: dict[str, list[Taken]] = {}
    for one in taken:
        by_device.setdefault(one.device, []).append(one)
    devices = tuple(_device(device, by_device.get(device.id, ())) for device in config.devices)
    rules = {(device.id, rule.id): rule for device in devices for rule in device.rules.rules}
    actions = tuple(_action(action, rules) for action in config.local_actions)
    return replace(config, devices=devices, local_actions=actions)


def baselines(config: Config, taken: Iterable[Taken]) -> tuple[Baseline, ...]:
    """Of every point that needs one. `config` as read."""
    known = {(one.device, one.point): one for one in taken}
    return tuple(
        _baseline(device, point, known.get((device.id, point)))
        for device in config.devices
        for point in device.profile.baseline_points
    )


def health_of(one: Baseline) -> BaselineHealth:
    """The same as it is shown; who took what counts no more is told, too."""
    taken = one.taken
    if taken is None or one.standing is Standing.CONFIGURED:
        return BaselineHealth(one.device, one.point, one.unit, one.standing.value, one.value)
    return BaselineHealth(
        one.device,
        one.point,
        one.unit,
        one.standing.value,
        one.value,
        taken.by,
        taken.at,
        taken.note,
        taken.void,
    )


def standing_of(device: DeviceConfig, taken: Taken) -> Standing:
    """`device` as the configuration has it."""
    if _newer(device, taken):
        return Standing.CONFIGURED
    is_same = is_of(taken, device) and not taken.void
    return Standing.TAKEN if is_same else Standing.OTHER_DEVICE


def _newer(device: DeviceConfig, taken: Taken) -> dict[str, tuple[float, ...]]:
    """What the configuration was given since, by rule; a value taken away there gives way."""
    said = configured(device, device.profile.point(taken.point))
    return {
        rule: value
        for rule, value in said.items()
        if value is not None and value != taken.over.get(rule)
    }


def _baseline(device: DeviceConfig, point: str, taken: Taken | None) -> Baseline:
    its = device.profile.point(point)
    unit = "" if its.unit is None else its.unit
    standing = Standing.TAKEN if taken is None else standing_of(device, taken)
    if taken is not None and standing is not Standing.CONFIGURED:
        value = taken.value if standing is Standing.TAKEN else None
        return Baseline(device.id, point, unit, standing, value, taken)
    said = [value for value in configured(device, its).values() if value is not None]
    standing = Standing.CONFIGURED if said else Standing.ABSENT
    return Baseline(device.id, point, unit, standing, said[0] if said else None, taken)


def _device(device: DeviceConfig, taken: Iterable[Taken]) -> DeviceConfig:
    """One of another device hides an older one of the configuration: neither is of this device."""
    for one in taken:
        if one.point in device.profile.baseline_points:
            is_sound = is_of(one, device) and not one.void
            device = _given(device, one, one.value if is_sound else None)
    return device


def _given(device: DeviceConfig, taken: Taken, value: tuple[float, ...] | None) -> DeviceConfig:
    newer = _newer(device, taken)
    if device.profile.point(taken.point).tilt is not None:
        x_y_z = None if value is None else (value[0], value[1], value[2])
        return device if newer else replace(device, baseline=x_y_z)
    number = None if value is None else value[0]
    wishes = {override.rule: override for override in device.overrides}
    for rule in configured(device, device.profile.point(taken.point)):
        if rule not in newer:
            wish = wishes.get(rule, Override(rule=rule))
            wishes[rule] = msgspec.structs.replace(wish, baseline=number)
    overrides = tuple(wish for wish in wishes.values() if wish != Override(rule=wish.rule))
    rules = in_force(device.profile.rules, overrides, device.site_class)
    return replace(device, overrides=overrides, rules=rules)


def _action(action: LocalActionConfig, rules: dict[tuple[str, str], Rule]) -> LocalActionConfig:
    when = tuple((device, rules.get((device, rule.id), rule)) for device, rule in action.when)
    return action if when == action.when else replace(action, when=when)
