"""A real InfluxDB 2 as a child process: set up once, then killed, frozen and started at will."""

import csv
import io
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from simulators.broker import free_port
from simulators.program import Command

VERSION = "2.7.12"
INSTALL = "install InfluxData's influxdb2, or build one with deploy/influxdb/build"
ORG, BUCKET = "lifeline", "readings"

_UP_S = 60.0  # it has so long to answer
_ANSWER_S = 10.0


class InfluxError(Exception):
    """The influxd is not there, or did not do what was asked; the text says what to do."""


def find() -> Path:
    """The influxd of the path, else the one that deploy/influxdb/build made. Raise InfluxError."""
    installed = shutil.which("influxd")
    if installed is not None:
        return Path(installed)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    built = cache / "lifeline" / f"influxd-{VERSION}" / "influxd"
    if built.is_file():
        return built
    raise InfluxError(f"no influxd on the path or in {built.parent}: {INSTALL}")


class Influxd:
    """One influxd on 127.0.0.1:`port`, its files in `folder`, with an organisation and a bucket.

    `token_file` holds a token that may read and write that bucket and nothing else. `start` after
    `stop` or `kill` finds everything again. `settings`: of influxd, by the names of its environment
    variables. Methods block.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        retention_s: int = 0,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._retention_s = retention_s
        self._settings = dict(settings or {})
        self.port = port or free_port()
        self._admin = secrets.token_urlsafe(24)
        self._org = ""
        self.token_file = folder / "token"
        self._program = Command([str(find())], folder / "influxd.log", self._environment())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return self.token_file.read_text(encoding="ascii").strip()

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
        """Start and wait until it answers. Raise InfluxError with the end of its log."""
        if self._is_well():
            raise InfluxError(f"port {self.port} is in use by another InfluxDB")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._program.start()
        if not self._program.comes_up(self._is_well, _UP_S):
            how = "does not answer" if self._program.is_running else "ended at its start"
            self.kill()
            raise InfluxError(f"influxd {how}:\n{self._program.last_words()}")
        if not self.token_file.exists():
            self._set_up()

    def stop(self) -> None:
        """End it in good order, by force if it takes too long."""
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

    def write_to(self, bucket: str, lines: str, token: str = "") -> None:
        """Line protocol, times in microseconds; raise InfluxError with what was answered."""
        path = f"/api/v2/write?org={ORG}&bucket={bucket}&precision=us"
        self._ask(path, lines.encode(), "text/plain", token)

    def query(self, flux: str) -> list[dict[str, str]]:
        """The rows of all tables, every cell as text."""
        said = self._ask(f"/api/v2/query?org={ORG}", flux.encode(), "application/vnd.flux")
        head: list[str] = []
        found = []
        for row in csv.reader(io.StringIO(said.decode(), newline="")):
            if not row:
                head = []
            elif not head:
                head = row
            else:
                found.append(dict(zip(head, row, strict=True)))
        return found

    def count(self) -> int:
        """How many readings are stored: each has one `quality`."""
        rows = self.query(
            f'from(bucket: "{BUCKET}") |> range(start: 1970-01-01T00:00:00Z, stop:'
            ' 2200-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "reading" and'
            ' r._field == "quality") |> count()'
        )
        return sum(int(row["_value"]) for row in rows)

    def _environment(self) -> Mapping[str, str]:
        return {
            "INFLUXD_HTTP_BIND_ADDRESS": f"127.0.0.1:{self.port}",
            "INFLUXD_BOLT_PATH": str(self._folder / "influxd.bolt"),
            "INFLUXD_SQLITE_PATH": str(self._folder / "influxd.sqlite"),
            "INFLUXD_ENGINE_PATH": str(self._folder / "engine"),
            "INFLUXD_REPORTING_DISABLED": "true",
            "INFLUXD_LOG_LEVEL": "warn",
            **self._settings,
        }

    def _set_up(self) -> None:
        """As deploy/influxdb/README.md: organisation, bucket, and a token for that bucket alone."""
        made = self._json(
            "/api/v2/setup",
            {
                "username": "admin",
                "password": secrets.token_urlsafe(18),
                "org": ORG,
                "bucket": BUCKET,
                "token": self._admin,
                "retentionPeriodSeconds": self._retention_s,
            },
        )
        self._org = made["org"]["id"]
        self.token_file.touch(mode=0o600)
        self.token_file.write_text(self._granted(made["bucket"]["id"]), encoding="ascii")

    def add_bucket(self, name: str, retention_s: int = 0) -> str:
        """Make another bucket; a token that may read and write it. For who set this one up."""
        rules = [{"type": "expire", "everySeconds": retention_s}]
        wanted = {"orgID": self._org, "name": name, "retentionRules": rules}
        made = self._json("/api/v2/buckets", wanted)
        return self._granted(made["id"])

    def _granted(self, bucket: str) -> str:
        resource = {"type": "buckets", "id": bucket, "orgID": self._org}
        wanted = [{"action": action, "resource": resource} for action in ("read", "write")]
        made = self._json("/api/v2/authorizations", {"orgID": self._org, "permissions": wanted})
        return str(made["token"])

    def _is_well(self) -> bool:
        try:
            self._ask("/health", patience_s=1.0)
        except InfluxError:
            return False
        return True

    def _json(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        said = self._ask(path, json.dumps(body).encode(), "application/json", self._admin)
        found: dict[str, Any] = json.loads(said)
        return found

    def _ask(
        self,
        path: str,
        body: bytes | None = None,
        kind: str = "",
        token: str = "",
        patience_s: float = _ANSWER_S,
    ) -> bytes:
        """With the bucket's own token once there is one. Raise InfluxError."""
        headers = {"Content-Type": kind} if kind else {}
        if token or self.token_file.exists():
            headers["Authorization"] = f"Token {token or self.token}"
        request = Request(self.url + quote(path, safe="/?&=%"), body, headers)  # noqa: S310 - http
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=patience_s) as answer:
                said: bytes = answer.read()
                return said
        except URLError as error:
            told = error.read().decode(errors="replace") if hasattr(error, "read") else ""
            raise InfluxError(f"{path}: {error.reason} {told}") from error
        except OSError as error:
            raise InfluxError(f"{path}: {error}") from error
