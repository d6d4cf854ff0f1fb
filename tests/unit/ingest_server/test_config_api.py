"""The API is open to this machine alone, unless a token and a certificate say otherwise."""

from pathlib import Path

import msgspec
import pytest

from device_profiles.typed_toml import Problem
from ingest_server.config_api import ApiConfig, check_api
from ingest_server.config_file import ApiTable
from ingest_server.config_secret import Secrets
from tests.server_toml import TOKEN, written


def checked(folder: Path, table: ApiTable) -> ApiConfig | list[Problem]:
    written(folder)
    problems: list[Problem] = []
    secrets = Secrets(folder, {}, problems)
    config = check_api(table, folder, folder / "data", secrets, problems)
    return problems or config


FOR_ALL = ApiTable(
    host="0.0.0.0",  # noqa: S104 - that is the point
    token_file="api.token",  # noqa: S106 - the name of a file
    tls_certificate="server.crt",
    tls_key="server.key",
)


def test_on_loopback_nothing_is_needed(tmp_path: Path) -> None:
    config = checked(tmp_path, ApiTable())
    assert isinstance(config, ApiConfig)
    assert (config.token, config.token_file) == (None, tmp_path / "data" / "api.token")
    assert config.url == "http://127.0.0.1:8470"


def test_beyond_loopback_with_token_and_certificate(tmp_path: Path) -> None:
    config = checked(tmp_path, FOR_ALL)
    assert isinstance(config, ApiConfig)
    assert config.token == TOKEN
    assert config.url == "https://0.0.0.0:8470"
    assert TOKEN not in repr(config)


@pytest.mark.parametrize("missing", ["token_file", "tls_certificate", "tls_key"])
def test_beyond_loopback_each_of_them_is_needed(tmp_path: Path, missing: str) -> None:
    problems = checked(tmp_path, msgspec.structs.replace(FOR_ALL, **{missing: None}))
    assert isinstance(problems, list)
    assert missing in {one.key for one in problems}


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://lifeline.example:8470/", True),
        ("lifeline.example", False),
        ("https://", False),
        ("https://[", False),
    ],
)
def test_the_address_for_links(tmp_path: Path, url: str, is_good: bool) -> None:
    config = checked(tmp_path, ApiTable(url=url))
    assert isinstance(config, ApiConfig) is is_good
    if isinstance(config, ApiConfig):
        assert config.url == "https://lifeline.example:8470"


def test_an_ipv6_address_is_bracketed(tmp_path: Path) -> None:
    config = checked(tmp_path, ApiTable(host="::1"))
    assert isinstance(config, ApiConfig)
    assert config.url == "http://[::1]:8470"
