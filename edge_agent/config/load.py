"""Reads agent.toml with its secrets and profiles; every error names file, table, key and remedy."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from alarm_rules.in_force import in_force
from device_profiles.load import CatalogError, Shelf, catalog, profile_hash
from device_profiles.model import Profile
from device_profiles.toml_file import FileProblem, TomlFile, UnreadableError, read_toml
from device_profiles.transport import Modbus
from device_profiles.typed_toml import Problem
from edge_agent.config.check import check_sections
from edge_agent.config.check_lines import MODBUS_PORT, serial_of
from edge_agent.config.listen import parse_place
from edge_agent.config.local_action import local_actions
from edge_agent.config.model import BufferConfig, Config, DeviceConfig, LineConfig, NetworkConfig
from edge_agent.config.secret import SecretError, read_secret
from edge_agent.config.sections import Sections, read_sections
from edge_agent.config.size import parse_size
from edge_agent.config.tables import AgentFile, DeviceTable, LineKind, LineTable, MqttTable
from runtime.mqtt_words import Options

DEFAULT_PATH = Path("/etc/lifeline/agent.toml")
WATCHED = ("lines", "devices")
"""The tables that say what is watched: the only ones that may come from afar."""

_TLS_PORT, _PLAIN_PORT = 8883, 1883
_SETTLE_MARGIN_US = 300_000
_NETWORK_TIMEOUT_US = 1_000_000  # a gateway has a time-out of its own before it says so
_CONNECT_US = 3_000_000
_SOCKET_BYTES = 107  # sun_path of unix(7) without its NUL
_canonical = msgspec.json.Encoder(order="deterministic")


# An alarm that waits for the broker is worth more than a smooth start of a thousand gateways.
_RECONNECT_MAX_S = 8.0


class ConfigError(Exception):
    """The configuration can not be used; `problems` are all of them."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class Loaded(msgspec.Struct, frozen=True):
    """A configuration that can be used, and what should be looked at all the same."""

    config: Config
    warnings: tuple[FileProblem, ...]


def load_config(
    path: Path, environ: Mapping[str, str] | None, watched: TomlFile | None = None
) -> Loaded:
    """Read the file, the secrets that it names and the profiles; raise ConfigError.

    `environ` None: whoever only asks needs no secrets; they are not read. `watched`: takes the
    place of the file's lines and devices.
    """
    toml = _parse(path)
    found = read_sections(toml.raw if watched is None else _with_watched(toml, watched))
    profiles = _profiles(path, found)
    findings = check_sections(found, profiles, _real_ports(path, found))
    password, problem = _password(path, found.mqtt, environ)
    problems = [*found.problems, *findings.errors, *problem, *_ca_file(path, found.mqtt)]
    file = found.whole()
    if file is not None:
        problems += _socket_problems(_socket(path, file))
    if problems or file is None:
        raise ConfigError(_placed(problems, toml, watched))
    warnings = tuple(_placed(findings.warnings, toml, watched))
    return Loaded(_resolved(path, file, profiles, password), warnings)


def _with_watched(toml: TomlFile, watched: TomlFile) -> dict[str, Any]:
    return {**toml.raw, **{name: watched.raw.get(name, {}) for name in WATCHED}}


def _placed(
    problems: Sequence[Problem], toml: TomlFile, watched: TomlFile | None
) -> list[FileProblem]:
    if watched is None:
        return toml.placed(problems)
    theirs = [one for one in problems if one.place.partition(".")[0] in WATCHED]
    return [*watched.placed(theirs), *toml.placed(one for one in problems if one not in theirs)]


def _parse(path: Path) -> TomlFile:
    try:
        return read_toml(path, "name the file with -c")
    except UnreadableError as error:
        raise ConfigError([error.problem]) from error


def beside(path: Path, name: str) -> Path:
    """A path in agent.toml is relative to the file's own folder."""
    return path.parent / name


def _profiles(path: Path, found: Sections) -> Mapping[str, Profile]:
    """Those shipped, and those of the site; a problem of the site's folder goes into `found`."""
    shipped = Shelf()
    if found.gateway is None or found.gateway.profiles is None:
        return shipped
    folder = beside(path, found.gateway.profiles)
    if not folder.is_dir():
        found.problems.append(Problem("gateway", "profiles", f"{folder} is not a folder"))
        return shipped
    try:
        own = catalog(folder)
    except CatalogError as error:
        found.problems += [Problem("gateway", "profiles", str(one)) for one in error.problems]
        return shipped
    for name in sorted(own.keys() & shipped.keys()):
        message = f"{name!r} has the id of a shipped profile: give it another"
        found.problems.append(Problem("gateway", "profiles", message))
    return Shelf(own)


def _real_ports(path: Path, found: Sections) -> dict[str, str]:
    """Of lines that say where they are; a line that does not has a problem of its own."""
    ports = {}
    for name, line in found.lines.items():
        if line.kind.is_network:
            ports[name] = _address(line)
        elif isinstance(line.port, str):
            ports[name] = os.path.realpath(beside(path, line.port))
    return ports


def _address(line: LineTable) -> str:
    return f"{(line.host or '').lower()}:{line.port or MODBUS_PORT}"


def _password(
    path: Path, table: MqttTable | None, environ: Mapping[str, str] | None
) -> tuple[str | None, list[Problem]]:
    if table is None or environ is None:
        return None, []
    file = None if table.password_file is None else beside(path, table.password_file)
    try:
        return read_secret(file, table.password_env, environ), []
    except SecretError as error:
        key = "password_file" if file is not None else "password_env"
        return None, [Problem("mqtt", key, str(error))]


def _ca_file(path: Path, table: MqttTable | None) -> list[Problem]:
    if table is None or table.ca_file is None:
        return []
    file = beside(path, table.ca_file)
    try:
        file.read_bytes()
    except OSError as error:
        remedy = "name a file with the certificate of the authority"
        return [Problem("mqtt", "ca_file", f"{file} can not be read: {error.strerror}; {remedy}")]
    return []


def _socket(path: Path, file: AgentFile) -> Path:
    if file.health.socket is not None:
        return beside(path, file.health.socket)
    return beside(path, file.buffer.path).parent / "agent.sock"


def _socket_problems(socket: Path) -> list[Problem]:
    size = len(os.fsencode(socket))
    if size <= _SOCKET_BYTES:
        return []
    remedy = f"a Unix socket has at most {_SOCKET_BYTES}: name a shorter path"
    return [Problem("health", "socket", f"{socket} is {size} bytes long; {remedy}")]


def _resolved(
    path: Path, file: AgentFile, profiles: Mapping[str, Profile], password: str | None
) -> Config:
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
        socket=_socket(path, file),
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
        port=_address(line) if is_network else str(beside(path, str(line.port))),
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
        is_test=device.test_mode,
        rules=in_force(profile.rules, device.rules, device.site_class),
        baseline=device.baseline,
        site_class=device.site_class,
        overrides=device.rules,
        place=device.place,
        name=device.name,
    )
