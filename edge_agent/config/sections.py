"""A parsed agent.toml as typed sections: what is sound is kept, all that is wrong is named."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from device_profiles.typed_toml import Problem, read_table
from edge_agent.config.tables import (
    AgentFile,
    BufferTable,
    ClockTable,
    DeviceTable,
    GatewayTable,
    HealthTable,
    LineTable,
    LocalActionTable,
    MqttTable,
)
from runtime.likeness import nearest

T = TypeVar("T", bound=msgspec.Struct)
_SECTIONS = AgentFile.__struct_fields__
_SECRETS = ("password", "token", "secret")
_MISSING = {
    "gateway.id": 'is missing: name this gateway, such as id = "gw-001"',
    "mqtt.host": 'is missing: name the broker, such as host = "mqtt.example.org"',
    "devices.profile": 'is missing: name the profile, such as profile = "calectro_ug3"',
    "devices.line": "is missing: name the line that the device is on",
}
_OLD_KEYS = {
    "devices.test_mode": "is not known any more, test mode ends by itself:"
    ' write test_mode_for = "2h" (at most 8h), or leave it',
}
# Their defaults would be judged in the place of what was meant.
_CROSS_CHECKED = frozenset({"unit", "baud", "parity", "stop_bits"})


class Sections(msgspec.Struct):
    """What of the file could be read; None or absent is what has a problem."""

    gateway: GatewayTable | None = None
    mqtt: MqttTable | None = None
    clock: ClockTable | None = None
    buffer: BufferTable | None = None
    health: HealthTable | None = None
    lines: dict[str, LineTable] = msgspec.field(default_factory=dict)
    devices: dict[str, DeviceTable] = msgspec.field(default_factory=dict)
    local_actions: dict[str, LocalActionTable] = msgspec.field(default_factory=dict)
    named_lines: frozenset[str] = frozenset()
    problems: list[Problem] = msgspec.field(default_factory=list)

    def whole(self) -> AgentFile | None:
        """The file, if nothing is wrong with any section."""
        if self.problems or self.gateway is None or self.mqtt is None:
            return None
        return AgentFile(
            gateway=self.gateway,
            mqtt=self.mqtt,
            clock=self.clock or ClockTable(),
            buffer=self.buffer or BufferTable(),
            health=self.health or HealthTable(),
            lines=self.lines,
            devices=self.devices,
            local_actions=self.local_actions,
        )


def read_sections(raw: Mapping[str, Any]) -> Sections:
    """Read every table; unknown tables and keys, wrong types and misplaced secrets are problems."""
    found = Sections()
    problems = found.problems
    problems.extend(_unknown_tables(raw))
    problems.extend(_secrets(raw))
    found.gateway = _read(raw, "gateway", GatewayTable, problems)
    found.clock = _read(raw, "clock", ClockTable, problems)
    found.buffer = _read(raw, "buffer", BufferTable, problems)
    found.mqtt = _read(raw, "mqtt", MqttTable, problems)
    found.health = _read(raw, "health", HealthTable, problems)
    found.lines = _read_named(raw, "lines", LineTable, problems)
    found.devices = _read_named(raw, "devices", DeviceTable, problems)
    found.local_actions = _read_named(raw, "local_actions", LocalActionTable, problems)
    found.named_lines = frozenset(_table(raw, "lines"))
    return found


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = raw.get(name, {})
    return table if isinstance(table, Mapping) else {}


def _unknown_tables(raw: Mapping[str, Any]) -> Iterator[Problem]:
    for name, table in raw.items():
        if name not in _SECTIONS:
            yield Problem("", name, f"is not a known table; {_nearest(name, _SECTIONS)}")
        elif not isinstance(table, Mapping):
            yield Problem("", name, f"is {table!r}, should be a table: write [{name}]")


def _nearest(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    return f"did you mean [{near[0]}]?" if near else f"known: {', '.join(known)}"


def _secrets(raw: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _SECRETS:
        if key in _table(raw, "mqtt"):
            remedy = "secrets do not stand in this file: write password_file or password_env"
            yield Problem("mqtt", key, remedy)


def _read(raw: Mapping[str, Any], name: str, to: type[T], problems: list[Problem]) -> T | None:
    table = {key: value for key, value in _table(raw, name).items() if key not in _SECRETS}
    read = read_table(table, to)
    if isinstance(read, tuple):
        problems.extend(_placed(one, name, name) for one in read)
        return None
    return read


def _read_named(
    raw: Mapping[str, Any], section: str, to: type[T], problems: list[Problem]
) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, table in _table(raw, section).items():
        if not isinstance(table, Mapping):
            remedy = f"is not a known key; each has a table of its own: [{section}.<name>]"
            problems.append(Problem(section, name, remedy))
            continue
        old = {key for key in table if f"{section}.{key}" in _OLD_KEYS}
        problems.extend(
            Problem(f"{section}.{name}", key, _OLD_KEYS[f"{section}.{key}"]) for key in old
        )
        known = {key: value for key, value in table.items() if key not in old}
        read = read_table(known, to)
        if isinstance(read, tuple):
            problems.extend(_placed(one, f"{section}.{name}", section) for one in read)
            read = _without_the_wrong(known, to, read)
        if not isinstance(read, tuple):
            found[name] = read
    return found


def _without_the_wrong(
    table: Mapping[str, Any], to: type[T], problems: Sequence[Problem]
) -> T | tuple[Problem, ...]:
    """What is left without its wrong keys, so that the others are cross-checked all the same."""
    wrong = {f"{one.table}.{one.key}".strip(".").partition("[")[0] for one in problems}
    if wrong & _CROSS_CHECKED:
        return tuple(problems)
    return read_table({key: value for key, value in table.items() if key not in wrong}, to)


def _placed(problem: Problem, table: str, section: str) -> Problem:
    """The problem under the full name of its table, with the remedy where a key is missing."""
    full = f"{table}.{problem.table}" if problem.table else table
    message = problem.message
    if message == "is missing" and not problem.table:
        message = _MISSING.get(f"{section}.{problem.key}", message)
    return replace(problem, table=full, message=message)
