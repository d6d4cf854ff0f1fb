"""A real MQTT broker as a child process: Mosquitto with the shipped settings, else iotcore."""

import base64
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from simulators.program import Command

SHIPPED = Path(__file__).parents[1] / "deploy" / "mosquitto"
LISTENING_PORTS: Final = range(16_384, 32_768)
INSTALL = "apt-get install mosquitto, or pip install 'lifeline[demo]' for iotcore"

_SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
_UP_S = 60.0  # a broker has so long to listen
_HASH_ROUNDS = 101  # mosquitto_passwd's own number
# What a demo or a test replaces in the shipped file, because it belongs to the machine.
_OF_THE_MACHINE = {
    "listener", "certfile", "keyfile", "tls_version", "persistence_location", "password_file",
    "acl_file", "allow_anonymous", "autosave_interval", "log_dest",
}  # fmt: skip


class Which(StrEnum):
    """Which broker to start; AUTO takes Mosquitto where it is installed."""

    AUTO = "auto"
    MOSQUITTO = "mosquitto"
    IOTCORE = "iotcore"


class BrokerError(Exception):
    """The broker is not installed, or did not start; the text says what to do."""


def free_port() -> int:
    """A TCP port of the loopback on which nobody listens, and that nobody else is given.

    It stays bound here, so that no program of this machine takes it before whom it is for: he binds
    it with SO_REUSEADDR, as every server does. It lies below those that the system gives to others
    (Linux: from 32768). Until somebody listens, who connects is refused.
    """
    start = secrets.randbelow(len(LISTENING_PORTS))
    ports: list[int] = [*LISTENING_PORTS[start:], *LISTENING_PORTS[:start]]
    for port in ports:
        if _holds(port):
            return port
    raise OSError("no TCP port of the loopback is free")


def _holds(port: int) -> bool:
    """Bind the port until this process ends; False when it is somebody's."""
    held = socket.socket()
    try:
        held.bind(("127.0.0.1", port))  # alone: nobody listens there, and nobody else holds it
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # now beside who will listen
    except OSError:
        held.close()
        return False
    held.detach()  # the system closes it
    return True


def find(which: Which = Which.AUTO) -> Which:
    """The broker that would be started. Raise BrokerError if it is not installed."""
    mosquitto = _mosquitto() is not None and SHIPPED.is_dir()
    if mosquitto and which is not Which.IOTCORE:
        return Which.MOSQUITTO
    if which is not Which.MOSQUITTO and importlib.util.find_spec("iotcore") is not None:
        return Which.IOTCORE
    wanted = "no MQTT broker" if which is Which.AUTO else f"{which} is not"
    raise BrokerError(f"{wanted} installed here: {INSTALL}")


class Broker:
    """One broker on 127.0.0.1:`port`, its files (configuration, queue, log) in `folder`.

    `accounts` (user → password) turns on passwords and, with Mosquitto, the shipped access list
    (iotcore has none); without it anybody on this machine may connect. `start` after `stop` or
    `kill` takes the same port and, with Mosquitto, the queue that was saved. Methods block.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        which: Which = Which.AUTO,
        accounts: Mapping[str, str] | None = None,
        autosave_s: int = 5,
    ) -> None:
        self.kind = find(which)
        self.host = "127.0.0.1"
        self.port = port or free_port()
        self._folder = folder
        self._accounts = accounts
        self._autosave_s = autosave_s
        self._program = Command((), self.log)

    @property
    def log(self) -> Path:
        return self._folder / "broker.log"

    @property
    def pid(self) -> int | None:
        return self._program.pid

    @property
    def is_running(self) -> bool:
        return self._program.is_running

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it listens. Raise BrokerError with the end of its log."""
        if self._listens():
            raise BrokerError(f"port {self.port} is in use by another program")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._program = Command(self._command(), self.log)
        self._program.start()
        if not self._program.comes_up(self._listens, _UP_S):
            self.kill()
            said = self._program.last_words(5).splitlines()
            raise BrokerError(f"{self.kind} did not start on port {self.port}: {' | '.join(said)}")

    def stop(self) -> None:
        """End it in good order (SIGTERM), by force if it takes too long."""
        self._program.stop()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._program.kill()

    def freeze(self) -> None:
        """SIGSTOP, and wait until it stands still: connections stay open, nothing is answered."""
        self._program.freeze()

    def thaw(self) -> None:
        """SIGCONT."""
        self._program.thaw()

    def _listens(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=0.2):
                return True
        except OSError:
            return False

    def _command(self) -> list[str]:
        if self.kind is Which.IOTCORE:
            file = self._write("iotcore.toml", iotcore_settings(self.port, self._accounts))
            return [sys.executable, "-m", "iotcore", "--config", file, "--log-level", "WARNING"]
        return [_mosquitto() or "mosquitto", "-c", self._write("mosquitto.conf", self._settings())]

    def _settings(self) -> str:
        """The shipped Mosquitto settings with what belongs to the machine replaced."""
        shipped = (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8")
        kept = [line for line in shipped.splitlines() if _key(line) not in _OF_THE_MACHINE]
        kept += [
            f"user {pwd.getpwuid(os.geteuid()).pw_name}",
            f"persistence_location {self._folder.resolve()}/",
            f"autosave_interval {self._autosave_s}",
            "log_dest stderr",
            f"allow_anonymous {'false' if self._accounts else 'true'}",
        ]
        if self._accounts:
            lines = [f"{user}:{password_hash(word)}\n" for user, word in self._accounts.items()]
            kept += [
                f"password_file {self._write('passwords', ''.join(lines))}",
                f"acl_file {self._write('acl', (SHIPPED / 'acl').read_text(encoding='utf-8'))}",
            ]
        return "\n".join([*kept, f"listener {self.port} {self.host}", ""])

    def _write(self, name: str, text: str) -> str:
        file = self._folder.resolve() / name
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        return str(file)


def _mosquitto() -> str | None:
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:{_SYSTEM_FOLDERS}")


def _key(line: str) -> str:
    return line.split(maxsplit=1)[0] if line.strip() else ""


def password_hash(password: str) -> str:
    """As mosquitto_passwd writes it: PBKDF2-HMAC-SHA512, 12 bytes of salt (`$7$`)."""
    salt = secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _HASH_ROUNDS, 64)
    words = [base64.b64encode(part).decode() for part in (salt, key)]
    return f"$7${_HASH_ROUNDS}${words[0]}${words[1]}"


def iotcore_settings(port: int, accounts: Mapping[str, str] | None) -> str:
    """Rumqttd's TOML with one MQTT v5 listener on the loopback."""
    lines = [
        "id = 0",
        "[router]",
        "id = 0",
        "max_connections = 1000",
        "max_outgoing_packet_count = 200",
        "max_segment_size = 104857600",
        "max_segment_count = 10",
        "[v5.1]",
        'name = "lifeline"',
        f'listen = "127.0.0.1:{port}"',
        "next_connection_delay_ms = 1",
        "[v5.1.connections]",
        "connection_timeout_ms = 5000",
        "max_payload_size = 1048576",
        "max_inflight_count = 500",
        "dynamic_filters = true",
    ]
    if accounts:
        lines += ["[v5.1.connections.auth]"]
        lines += [f'"{user}" = "{password}"' for user, password in accounts.items()]
    return "\n".join([*lines, ""])
