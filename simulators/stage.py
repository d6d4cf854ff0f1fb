"""A whole city on one machine: broker, ingestion server and gateways as child processes."""

import base64
import json
import secrets
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulators.broker import Broker, Which, free_port
from simulators.influxd import BUCKET, ORG, Influxd
from simulators.program import Program
from simulators.server_api import ServerApi

Key = str | float | bool
Setting = Key | tuple[float, ...]
SERVER_USER = "ingest-server"
_STEP_S = 0.05
_ANSWER_S = 5.0


class StageError(Exception):
    """A program did not come up; the text ends with its last words."""


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line of a gateway: a Modbus line or a radar's UART, on the path of a pseudo-terminal."""

    name: str
    kind: str
    port: Path
    keys: Mapping[str, Key] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A line of a gateway that leads over TCP, to a device or to a converter."""

    name: str
    kind: str
    port: int
    host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """A device of a gateway, with any other keys of its table, and what its site wants of rules."""

    name: str
    profile: str
    line: str
    keys: Mapping[str, Setting] = field(default_factory=dict)
    rules: tuple[Mapping[str, Setting], ...] = ()


@dataclass(frozen=True, slots=True)
class GatewaySpec:
    """A gateway, its lines and its devices."""

    name: str
    lines: tuple[LineSpec, ...]
    devices: tuple[DeviceSpec, ...]
    networks: tuple[NetworkSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceSpec:
    """A place of server.toml."""

    name: str
    keys: Mapping[str, Key]


class Stage:
    """Writes the configuration into `folder` and runs the real programs on loopback.

    `webhook_secret` is what the alarm centre verifies with. `gateway_port`: where the gateways find
    the broker, when something stands between. `influx`: readings go to an InfluxDB in `influx/`.
    Methods block.
    """

    def __init__(
        self,
        folder: Path,
        gateways: tuple[GatewaySpec, ...],
        *,
        webhook_url: str,
        webhook_secret: str,
        places: tuple[PlaceSpec, ...] = (),
        which: Which = Which.AUTO,
        gateway_silent: str = "30s",
        api_port: int | None = None,
        broker_port: int | None = None,
        gateway_port: int | None = None,
        influx: bool = False,
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._passwords = {
            name: secrets.token_urlsafe(18) for name in (SERVER_USER, *(g.name for g in gateways))
        }
        self.broker = Broker(
            folder / "broker", port=broker_port, which=which, accounts=self._passwords
        )
        self._gateway_port = gateway_port or self.broker.port
        port = api_port or free_port()
        self.api = ServerApi(f"http://127.0.0.1:{port}", folder / "server" / "api.token")
        self.influx = Influxd(folder / "influx") if influx else None
        self._write_secrets(webhook_secret)
        self._write_server(port, webhook_url, places, gateway_silent)
        self.server = Program(
            "ingest_server",
            ["run", "-c", str(folder / "server.toml")],
            folder / "server.log",
        )
        self.agents = {g.name: self._agent(g) for g in gateways}

    def start(self, *, gateways: bool = True) -> None:
        """Start broker, InfluxDB, server and gateways; raise BrokerError, InfluxError."""
        self.broker.start()
        if self.influx is not None:
            self.influx.start()
        self.server.start()
        for agent in self.agents.values() if gateways else ():
            agent.start()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop everything in order: gateways, server, InfluxDB, broker."""
        for program in (*self.agents.values(), self.server):
            program.stop()
        if self.influx is not None:
            self.influx.stop()
        self.broker.stop()

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Wait until the server is ready; raise StageError with its last words."""
        for _ in range(round(seconds / _STEP_S)):
            if self.api.is_ready():
                return
            for program in (self.server, *self.agents.values()):
                if program.pid is not None and not program.is_running:
                    raise StageError(f"a program ended at its start:\n{program.last_words()}")
            time.sleep(_STEP_S)
        raise StageError(f"the server is not ready:\n{self.server.last_words()}")

    def status(self, gateway: str) -> dict[str, Any]:
        """What a gateway says of itself on its socket; raise StageError when it does not."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
                asked.settimeout(_ANSWER_S)
                asked.connect(str(self.folder / gateway / "agent.sock"))
                asked.shutdown(socket.SHUT_WR)
                said = b"".join(iter(lambda: asked.recv(65_536), b""))
                found: dict[str, Any] = json.loads(said)
                return found
        except (OSError, ValueError) as error:
            raise StageError(f"{gateway} does not say how it is: {error}") from error

    def last_words(self) -> str:
        """The ends of all logs."""
        programs = {"server": self.server, **self.agents}
        return "\n".join(f"--- {n}\n{program.last_words()}" for n, program in programs.items())

    def passwords(self, file: Path, gateways: Iterable[str]) -> Path:
        """Write lines GATEWAY:PASSWORD for `simulators fleet`; the file."""
        _secret_file(file, "".join(f"{name}:{self._passwords[name]}\n" for name in gateways))
        return file

    def config_of(self, gateway: str) -> Path:
        return self.folder / f"{gateway}.toml"

    def _agent(self, gateway: GatewaySpec) -> Program:
        self.config_of(gateway.name).write_text(self._agent_toml(gateway), encoding="utf-8")
        return Program(
            "edge_agent",
            ["run", "-c", str(self.config_of(gateway.name))],
            self.folder / f"{gateway.name}.log",
        )

    def _write_secrets(self, webhook_secret: str) -> None:
        _secret_file(self.folder / "webhook.secret", webhook_secret)
        for name, password in self._passwords.items():
            _secret_file(self.folder / f"{name}.password", password)

    def _write_server(
        self, port: int, url: str, places: tuple[PlaceSpec, ...], gateway_silent: str
    ) -> None:
        tables = [
            _table("server", {"data": "server"}),
            _table(
                "mqtt",
                {
                    "host": self.broker.host,
                    "port": self.broker.port,
                    "tls": False,
                    "username": SERVER_USER,
                    "password_file": f"{SERVER_USER}.password",
                },
            ),
            _table("api", {"port": port}),
            *([] if self.influx is None else [_table("store", _influx_keys(self.influx))]),
            _table("alarms", {"gateway_silent": gateway_silent}),
            _table(
                "receivers.alarm-centre",
                {"url": url, "secret_file": "webhook.secret", "allow_private": True},
            ),
            *(_table(f"places.{place.name}", place.keys) for place in places),
        ]
        (self.folder / "server.toml").write_text("\n".join(tables), encoding="utf-8")

    def _agent_toml(self, gateway: GatewaySpec) -> str:
        tables = [
            _table("gateway", {"id": gateway.name}),
            _table("clock", {"trust": "system"}),
            _table("buffer", {"path": f"{gateway.name}/buffer.db"}),
            _table("health", {"socket": f"{gateway.name}/agent.sock"}),
            _table(
                "mqtt",
                {
                    "host": self.broker.host,
                    "port": self._gateway_port,
                    "tls": False,
                    "password_file": f"{gateway.name}.password",
                },
            ),
        ]
        for line in gateway.lines:
            keys: dict[str, Key] = {"kind": line.kind, "port": str(line.port), **line.keys}
            tables.append(_table(f"lines.{line.name}", keys))
        for one in gateway.networks:
            where: dict[str, Key] = {"kind": one.kind, "host": one.host, "port": one.port}
            tables.append(_table(f"lines.{one.name}", where))
        for device in gateway.devices:
            wanted: dict[str, Setting] = {
                "profile": device.profile,
                "line": device.line,
                **device.keys,
            }
            tables.append(_table(f"devices.{device.name}", wanted))
            tables += [_table(f"[devices.{device.name}.rules]", rule) for rule in device.rules]
        return "\n".join(tables)


def new_webhook_secret() -> str:
    """32 random bytes as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _influx_keys(influx: Influxd) -> dict[str, Key]:
    return {
        "kind": "influxdb",
        "url": influx.url,
        "org": ORG,
        "bucket": BUCKET,
        "token_file": str(influx.token_file.absolute()),
    }


def _secret_file(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _table(name: str, keys: Mapping[str, Setting]) -> str:
    lines = [f"[{name}]"]
    for key, value in keys.items():
        lines.append(f"{key} = {_value(value)}")
    return "\n".join([*lines, ""])


def _value(value: Setting) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
