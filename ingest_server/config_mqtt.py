"""The table [mqtt] of server.toml: where the broker is, as whom, and for which shards."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from device_profiles.typed_toml import Problem
from ingest_server.config_file import SECOND, MqttTable
from ingest_server.config_secret import Secrets
from runtime.mqtt_words import Options, is_loopback
from wire.topic import SHARDS

PLAIN_PORT, TLS_PORT = 1883, 8883
_LEAST_EXPIRY_S = 86_400
_MOST_EXPIRY_S = 0xFFFF_FFFE  # MQTT 5 section 3.1.2.11.2; one more would mean "never"
_RANGE = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttConfig:
    """One broker and the shards this server takes."""

    host: str
    port: int
    tls: bool
    ca_file: Path | None
    username: str | None
    password: str | None = field(repr=False)
    client_id: str
    shards: tuple[int, ...]
    session_expiry_s: int
    receive_maximum: int

    def options(self, session: str) -> Options:
        """How the session of that name connects; its client id is `<client_id>-<session>`."""
        return Options(
            host=self.host,
            port=self.port,
            client_id=f"{self.client_id}-{session}",
            username=self.username,
            password=self.password,
            ca_file=self.ca_file,
            tls=self.tls,
            session_expiry_s=self.session_expiry_s,
            receive_maximum=self.receive_maximum,
            # One server, thousands of gateways: it may come back first, they jitter.
            reconnect_min_s=0.2,
            reconnect_max_s=2.0,
        )


def check_mqtt(
    table: MqttTable, folder: Path, secrets: Secrets, problems: list[Problem]
) -> MqttConfig:
    """Fill in what follows from the host, and report what can not be."""
    tls = not is_loopback(table.host) if table.tls is None else table.tls
    if not tls and not is_loopback(table.host):
        _report(problems, "tls", "can be false on loopback only: leave it out and give ca_file")
    ca_file = None if table.ca_file is None else folder / table.ca_file
    if ca_file is not None and not ca_file.is_file():
        _report(problems, "ca_file", f"{ca_file} is no file; name the authority's certificate")
    expiry_s = table.session_expiry // SECOND
    if not _LEAST_EXPIRY_S <= expiry_s <= _MOST_EXPIRY_S:
        text = "must be 1d or more, for what the broker holds is lost with the session"
        _report(problems, "session_expiry", text)
    return MqttConfig(
        host=table.host,
        port=_port(table, tls=tls),
        tls=tls,
        ca_file=ca_file,
        username=table.username,
        password=_password(table, secrets, problems),
        client_id=table.client_id,
        shards=_shards(table.shards, problems),
        session_expiry_s=expiry_s,
        receive_maximum=table.receive_maximum,
    )


def _port(table: MqttTable, *, tls: bool) -> int:
    if table.port is not None:
        return table.port
    return TLS_PORT if tls else PLAIN_PORT


def _password(table: MqttTable, secrets: Secrets, problems: list[Problem]) -> str | None:
    files = () if table.password_file is None else (table.password_file,)
    variables = () if table.password_env is None else (table.password_env,)
    if files and variables:
        _report(problems, "password_env", "stands beside password_file: keep one of them")
    if (files or variables) and table.username is None:
        _report(problems, "username", "is missing: a password is of no use without it")
    found = secrets.from_files(files, "mqtt", "password_file")
    found += secrets.from_environment(variables, "mqtt", "password_env")
    return found[0] if found else None


def _shards(text: str, problems: list[Problem]) -> tuple[int, ...]:
    taken: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not low <= high < SHARDS:
            what = f"{part.strip()[:20]!r} is no range of 0-{SHARDS - 1}"
            _report(problems, "shards", f'{what}: write "0-{SHARDS - 1}" or "0-15,32"')
            continue
        taken.update(range(low, high + 1))
    return tuple(sorted(taken))


def _report(problems: list[Problem], key: str, message: str) -> None:
    problems.append(Problem("mqtt", key, message))
