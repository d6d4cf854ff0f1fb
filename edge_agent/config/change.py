"""What differs between two configurations: lines to start and stop, and what needs a restart."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from device_profiles.typed_toml import Problem
from edge_agent.config.model import Config, DeviceConfig, LineConfig

_FIXED = "can not be changed while the agent runs: needs a restart"
_BUFFER_KEYS = {
    "path": "path",
    "size": "size",
    "reserved": "reserved_for_urgent",
    "group_readings": "group_readings",
    "endurance": "card_endurance",
}
_MQTT_KEYS = {
    "host": "host",
    "port": "port",
    "tls": "tls",
    "ca_file": "ca_file",
    "username": "username",
    "client_id": "client_id",
    "password": "password_file",
}


class LineChanges(msgspec.Struct, frozen=True):
    """Lines by name: `stop` in their old order, then `start` in their new one.

    A line that changed stands in both; one that stands in neither is not touched.
    """

    stop: tuple[str, ...]
    start: tuple[str, ...]


def needs_restart(old: Config, new: Config) -> tuple[Problem, ...]:
    """What only a new start of the agent can change, by table and key."""
    return tuple(_fixed(old, new))


def changed_lines(old: Config, new: Config) -> LineChanges:
    """Lines that have devices, where they or their devices differ in what is done with them."""
    before, after = _watched(old), _watched(new)
    return LineChanges(
        stop=tuple(name for name, line in before.items() if after.get(name) != line),
        start=tuple(name for name, line in after.items() if before.get(name) != line),
    )


def _fixed(old: Config, new: Config) -> Iterator[Problem]:
    if old.gateway != new.gateway:
        yield Problem("gateway", "id", _FIXED)
    if old.trust != new.trust:
        yield Problem("clock", "trust", _FIXED)
    for name, key in _BUFFER_KEYS.items():
        if getattr(old.buffer, name) != getattr(new.buffer, name):
            yield Problem("buffer", key, _FIXED)
    for name, key in _MQTT_KEYS.items():
        if getattr(old.mqtt, name) != getattr(new.mqtt, name):
            yield Problem("mqtt", key, _FIXED)
    if old.socket != new.socket:
        yield Problem("health", "socket", _FIXED)


def _watched(config: Config) -> dict[str, tuple[LineConfig, tuple[DeviceConfig, ...]]]:
    return {
        line.name: (line, devices)
        for line in config.lines
        if (devices := tuple(map(_as_watched, config.devices_of(line.name))))
    }


def _as_watched(device: DeviceConfig) -> DeviceConfig:
    """Where it stands and what it is called is said in the birth alone; a test stops no line."""
    return replace(device, place=None, name=None, is_test=False, test_us=0)
