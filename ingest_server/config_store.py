"""The table [store] of server.toml: readings in SQLite beside the journal, or in an InfluxDB 2."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from device_profiles.typed_toml import Problem
from ingest_server.config_file import DAY, StoreKind, StoreTable
from ingest_server.config_secret import Secrets
from runtime.mqtt_words import is_loopback

USUAL_RETENTION_US = 30 * DAY
_USUAL_URL = "http://127.0.0.1:8086"
_OF_INFLUX = ("url", "org", "bucket", "token_file", "token_env", "ca_file")


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluxConfig:
    """`url` without a slash at its end; the authority of `ca_file` instead of the system's."""

    url: str
    org: str
    bucket: str
    token: str = field(repr=False)
    ca_file: Path | None = None

    @property
    def name(self) -> str:
        """For messages."""
        return f"InfluxDB at {self.url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreConfig:
    """`retention_us` is of the embedded store; a bucket has its own."""

    retention_us: int = USUAL_RETENTION_US
    influx: InfluxConfig | None = None

    @property
    def name(self) -> str:
        """For messages."""
        return "store.db" if self.influx is None else self.influx.name


def check_store(
    table: StoreTable, folder: Path, secrets: Secrets, problems: list[Problem]
) -> StoreConfig:
    """Report what is missing, what can not be, and what is of no use."""
    if table.kind is StoreKind.INFLUXDB:
        if table.retention is not None:
            text = 'is the bucket\'s own there ("influx bucket update --retention"): leave it out'
            _report(problems, "retention", text)
        return StoreConfig(influx=_influx(table, folder, secrets, problems))
    for key in _OF_INFLUX:
        if getattr(table, key) is not None:
            _report(problems, key, 'is of use with kind = "influxdb" only: leave it out')
    retention_us = USUAL_RETENTION_US if table.retention is None else table.retention
    return StoreConfig(retention_us=retention_us)


def _influx(
    table: StoreTable, folder: Path, secrets: Secrets, problems: list[Problem]
) -> InfluxConfig:
    for key in ("org", "bucket"):
        if getattr(table, key) is None:
            _report(problems, key, "is missing: write its name in InfluxDB")
    url = table.url or _USUAL_URL
    parts = _checked_url(url, problems)
    return InfluxConfig(
        url=url.rstrip("/"),
        org=table.org or "",
        bucket=table.bucket or "",
        token=_token(table, secrets, problems),
        ca_file=_authority(table, folder, parts, problems),
    )


def _checked_url(url: str, problems: list[Problem]) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # is looked at only now
    except ValueError:
        parts = urlsplit("")
    host = parts.hostname
    if host is None or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        _report(problems, "url", f'{url[:60]!r} is no address: write "https://influx.example:8086"')
        return None
    if parts.username is not None or parts.password is not None:
        _report(problems, "url", "holds a name or password: give token_file instead")
    if parts.scheme == "http" and not is_loopback(host):
        _report(problems, "url", "must begin with https:// beyond loopback")
    return parts


def _token(table: StoreTable, secrets: Secrets, problems: list[Problem]) -> str:
    files = () if table.token_file is None else (table.token_file,)
    variables = () if table.token_env is None else (table.token_env,)
    if files and variables:
        _report(problems, "token_env", "stands beside token_file: keep one of them")
    if not files and not variables:
        text = "is missing: a file with a token that may read and write the bucket, or token_env"
        _report(problems, "token_file", text)
    found = secrets.from_files(files, "store", "token_file")
    found += secrets.from_environment(variables, "store", "token_env")
    if found and not (found[0].isascii() and found[0].isprintable() and " " not in found[0]):
        key = "token_file" if files else "token_env"
        _report(problems, key, "holds no token: one word of plain letters, digits and signs")
    return found[0] if found else ""


def _authority(
    table: StoreTable, folder: Path, url: SplitResult | None, problems: list[Problem]
) -> Path | None:
    if table.ca_file is None:
        return None
    file = folder / table.ca_file
    if not file.is_file():
        _report(problems, "ca_file", f"{file} is no file; name the authority's certificate")
    if url is not None and url.scheme == "http":
        _report(problems, "ca_file", "is of use with https:// only: leave it out")
    return file


def _report(problems: list[Problem], key: str, message: str) -> None:
    problems.append(Problem("store", key, message))
