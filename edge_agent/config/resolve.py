"""From the tables of agent.toml, found sound, to the configuration as the agent uses it."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from alarm_rules.in_force import in_force
from device_profiles.load import profile_hash
from device_profiles.model import Profile
from device_profiles.transport import Modbus
from edge_agent.config.check_lines import MODBUS_PORT, serial_of
from edge_agent.config.listen import parse_place
from edge_agent.config.local_action import local_actions
from edge_agent.config.model import BufferConfig, Config, DeviceConfig, LineConfig, NetworkConfig
from edge_agent.config.places import address, beside, socket_of
from edge_agent.config.size import parse_size
from edge_agent.config.tables import AgentFile, DeviceTable, LineKind, LineTable
from runtime.mqtt_words import Options

WATCHED = ("lines", "devices")
"""The tables that say what is watched: the only ones that may come from afar."""

_TLS_PORT, _PLAIN_PORT = 8883, 1883
_SETTLE_MARGIN_US = 300_000
_NETWORK_TIMEOUT_US = 1_000_000  # a gateway has a time-out of its own before it says so
_CONNECT_US = 3_000_000
# An alarm that waits for the broker is worth more than a smooth start of a thousand gateways.
_RECONNECT_MAX_S = 8.0
_canonical = msgspec.json.Encoder(order="deterministic")


def resolved(
    path: Path, file: AgentFile, profiles: Mapping[str, Profile], password: str | None
) -> Config:
    """Of a file in which nothing is wrong; what a relative path means is decided by `path`."""
    buffer = beside(path, file.buffer.path)
    devices = tuple(
        _device(name, device, profiles[device.profile]) for name, device in file.devices.items()
    )
    return Config(
        gateway=file.gateway.id,
        trust=file.clock.trust,
        buffer=BufferConfig(
            buffer,
            parse_size(file.buffer.size),
            parse_size(file.buffer.reserved_for_urgent),
            file.buffer.group_readings,
            parse_size(file.buffer.card_endurance),
        ),
        mqtt=_options(path, file, password),
        socket=socket_of(path, file.buffer, file.health),
        figures=None if file.health.listen is None else parse_place(file.health.listen),
        lines=tuple(_line(path, name, file, profiles) for name in file.lines),
        devices=devices,
        local_actions=local_actions(file.local_actions, devices),
        hash=config_hash(file),
        watched_hash=_digest({name: getattr(file, name) for name in WATCHED}),
    )


def config_hash(file: AgentFile) -> str:
    """16 hex digits of SHA-256 over the content: layout, comments and secrets do not count."""
    mqtt = msgspec.structs.replace(file.mqtt, password_file=None, password_env=None)
    return _digest(msgspec.structs.replace(file, mqtt=mqtt))


def _digest(content: object) -> str:
    return hashlib.sha256(_canonical.encode(content)).hexdigest()[:16]


def _options(path: Path, file: AgentFile, password: str | None) -> Options:
    table = file.mqtt
    otherwise = _TLS_PORT if table.tls else _PLAIN_PORT
    return Options(
        host=table.host,
        port=otherwise if table.port is None else table.port,
        client_id=table.client_id or file.gateway.id,
        username=table.username or file.gateway.id,
        reconnect_max_s=_RECONNECT_MAX_S,
        password=password,
        ca_file=None if table.ca_file is None else beside(path, table.ca_file),
        tls=table.tls,
    )


def _line(path: Path, name: str, file: AgentFile, profiles: Mapping[str, Profile]) -> LineConfig:
    line = file.lines[name]
    used = [profiles[device.profile] for device in file.devices.values() if device.line == name]
    is_network = line.kind.is_network
    return LineConfig(
        name=name,
        kind=line.kind,
        port=address(line) if is_network else str(beside(path, str(line.port))),
        serial=serial_of(line, used),
        settle_us=_settle_us(line, used),
        network=_network(line) if is_network else None,
        rs485=line.rs485,
        local_echo=line.local_echo,
    )


def _network(line: LineTable) -> NetworkConfig:
    return NetworkConfig(
        host=line.host or "",
        port=line.port if isinstance(line.port, int) else MODBUS_PORT,
        timeout_us=_NETWORK_TIMEOUT_US if line.timeout is None else line.timeout,
        connect_us=_CONNECT_US if line.connect_timeout is None else line.connect_timeout,
    )


def _settle_us(line: LineTable, used: Sequence[Profile]) -> int:
    if line.settle is not None:
        return line.settle
    if line.kind is LineKind.MODBUS_TCP:  # a reply names its request
        return 0
    late_us = [one.transport.late_max for one in used if isinstance(one.transport, Modbus)]
    return max(late_us) + _SETTLE_MARGIN_US if late_us else 0


def _device(name: str, device: DeviceTable, profile: Profile) -> DeviceConfig:
    transport = profile.transport
    unit = period_us = 0
    if isinstance(transport, Modbus):
        unit = transport.default_unit if device.unit is None else device.unit
        period_us = transport.poll_period if device.poll_period is None else device.poll_period
    return DeviceConfig(
        id=name,
        profile=profile,
        profile_hash=profile_hash(profile),
        line=device.line,
        unit=unit,
        period_us=period_us,
        report=device.report,
        is_test=False,
        test_us=device.test_mode_for or 0,
        rules=in_force(profile.rules, device.rules, device.site_class),
        baseline=device.baseline,
        site_class=device.site_class,
        overrides=device.rules,
        place=device.place,
        name=device.name,
    )
