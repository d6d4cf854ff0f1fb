"""Reads agent.toml with its secrets and profiles; every error names file, table, key and remedy."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from device_profiles.load import CatalogError, Shelf, catalog
from device_profiles.model import Profile
from device_profiles.toml_file import FileProblem, TomlFile, UnreadableError, read_toml
from device_profiles.typed_toml import Problem
from edge_agent.config.check import check_sections
from edge_agent.config.model import Config
from edge_agent.config.places import beside, named_places, real_places, socket_of
from edge_agent.config.reach import Allowed, check_reach
from edge_agent.config.resolve import WATCHED, resolved
from edge_agent.config.secret import SecretError, read_secret
from edge_agent.config.sections import Sections, read_sections
from edge_agent.config.tables import MqttTable

DEFAULT_PATH = Path("/etc/lifeline/agent.toml")
_SOCKET_BYTES = 107  # sun_path of unix(7) without its NUL


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
    findings = check_sections(found, profiles, real_places(path, found.lines))
    password, problem = _password(path, found.mqtt, environ)
    problems = [*found.problems, *findings.errors, *problem, *_ca_file(path, found.mqtt)]
    if watched is not None:
        problems += _out_of_reach(path, found, toml)
    file = found.whole()
    if file is not None:
        problems += _socket_problems(socket_of(path, file.buffer, file.health))
    if problems or file is None:
        raise ConfigError(_placed(problems, toml, watched))
    warnings = tuple(_placed(findings.warnings, toml, watched))
    return Loaded(resolved(path, file, profiles, password), warnings)


def _with_watched(toml: TomlFile, watched: TomlFile) -> dict[str, Any]:
    return {**toml.raw, **{name: watched.raw.get(name, {}) for name in WATCHED}}


def _placed(
    problems: Sequence[Problem], toml: TomlFile, watched: TomlFile | None
) -> list[FileProblem]:
    if watched is None:
        return toml.placed(problems)
    theirs = [one for one in problems if one.place.partition(".")[0] in WATCHED]
    return [*watched.placed(theirs), *toml.placed(one for one in problems if one not in theirs)]


def _out_of_reach(path: Path, found: Sections, toml: TomlFile) -> list[Problem]:
    """What comes from afar and names a port or host that the site's own file does not allow."""
    if found.gateway is None:  # it says what is allowed, and has a problem of its own
        return []
    own = named_places(path, read_sections(toml.raw).lines)
    places = named_places(path, found.lines)
    ports = tuple(str(beside(path, one)) for one in found.gateway.remote_ports)
    allowed = Allowed(frozenset(own.values()), ports, found.gateway.remote_hosts)
    return [*check_reach(found.lines, places, allowed)]


def _parse(path: Path) -> TomlFile:
    try:
        return read_toml(path, "name the file with -c")
    except UnreadableError as error:
        raise ConfigError([error.problem]) from error


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


def _socket_problems(socket: Path) -> list[Problem]:
    size = len(os.fsencode(socket))
    if size <= _SOCKET_BYTES:
        return []
    remedy = f"a Unix socket has at most {_SOCKET_BYTES}: name a shorter path"
    return [Problem("health", "socket", f"{socket} is {size} bytes long; {remedy}")]
