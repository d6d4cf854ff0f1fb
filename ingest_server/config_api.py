"""The table [api] of server.toml: where the API listens, who may use it, and its certificate."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from device_profiles.typed_toml import Problem
from ingest_server.config_file import ApiTable
from ingest_server.config_secret import Secrets
from runtime.mqtt_words import is_loopback

TOKEN_CHARACTERS = 32
_HOW = "openssl rand -hex 32"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiConfig:
    """`token` None: the server makes one at the first start and keeps it in `token_file`."""

    host: str
    port: int
    url: str
    token: str | None = field(repr=False)
    token_file: Path
    tls_certificate: Path | None
    tls_key: Path | None


def check_api(
    table: ApiTable, folder: Path, data: Path, secrets: Secrets, problems: list[Problem]
) -> ApiConfig:
    """Beyond loopback a token and a certificate of your own are needed."""
    certificate = _file(table.tls_certificate, folder, "tls_certificate", problems)
    key = _file(table.tls_key, folder, "tls_key", problems)
    if (certificate is None) is not (key is None):
        absent = "tls_key" if key is None else "tls_certificate"
        _report(problems, absent, "is missing: certificate and key go together")
    if not is_loopback(table.host):
        _check_reachable(table, problems)
    return ApiConfig(
        host=table.host,
        port=table.port,
        url=_url(table, problems, tls=certificate is not None),
        token=_token(table, secrets, problems),
        token_file=folder / table.token_file if table.token_file else data / "api.token",
        tls_certificate=certificate,
        tls_key=key,
    )


def _check_reachable(table: ApiTable, problems: list[Problem]) -> None:
    where = f"is missing: {table.host} is reachable from other machines"
    if table.token_file is None:
        _report(problems, "token_file", f"{where}; name a file with a token of 32 characters")
    if table.tls_certificate is None:
        _report(problems, "tls_certificate", f"{where}; name it and tls_key, or use 127.0.0.1")


def _token(table: ApiTable, secrets: Secrets, problems: list[Problem]) -> str | None:
    names = () if table.token_file is None else (table.token_file,)
    for token in secrets.from_files(names, "api", "token_file"):
        if len(token) >= TOKEN_CHARACTERS and token.isascii() and not set(token) & set(" \t\r\n"):
            return token
        text = (
            f"holds no token: {TOKEN_CHARACTERS} characters or more in one line; make one: {_HOW}"
        )
        _report(problems, "token_file", text)
    return None


def _file(name: str | None, folder: Path, key: str, problems: list[Problem]) -> Path | None:
    if name is None:
        return None
    path = folder / name
    if not path.is_file():
        _report(problems, key, f"{path} is no file; make it or correct the name")
    return path


def _url(table: ApiTable, problems: list[Problem], *, tls: bool) -> str:
    if table.url is None:
        host = f"[{table.host}]" if ":" in table.host else table.host
        return f"{'https' if tls else 'http'}://{host}:{table.port}"
    try:
        parts = urlsplit(table.url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_good = False
    if not is_good:
        _report(problems, "url", f"{table.url[:80]!r} is no address: write https://host:port")
    return table.url.rstrip("/")


def _report(problems: list[Problem], key: str, message: str) -> None:
    problems.append(Problem("api", key, message))
