"""The table [store]: what each kind needs, what it has no use for, and a token that is none."""

from pathlib import Path

import pytest

from device_profiles.typed_toml import Problem
from ingest_server.config_file import StoreKind, StoreTable
from ingest_server.config_secret import Secrets
from ingest_server.config_store import StoreConfig, check_store

INFLUX = {
    "kind": StoreKind.INFLUXDB,
    "org": "lifeline",
    "bucket": "readings",
    "token_env": "INFLUX_TOKEN",
}
TOKEN = "a-token=="  # noqa: S105 - of nothing


def checked(folder: Path, **keys: object) -> StoreConfig | list[Problem]:
    problems: list[Problem] = []
    secrets = Secrets(folder, {"INFLUX_TOKEN": TOKEN, "TWO_WORDS": "a b"}, problems)
    made = check_store(StoreTable(**keys), folder, secrets, problems)  # type: ignore[arg-type]  # as a test gives them
    return problems or made


def test_left_out_it_is_the_embedded_store(tmp_path: Path) -> None:
    config = checked(tmp_path)
    assert isinstance(config, StoreConfig)
    assert (config.influx, config.retention_us) == (None, 30 * 86_400_000_000)
    assert config.name == "store.db"


def test_influxdb_on_loopback_needs_names_and_a_token(tmp_path: Path) -> None:
    config = checked(tmp_path, **INFLUX)
    assert isinstance(config, StoreConfig)
    assert config.influx is not None
    assert config.influx.url == "http://127.0.0.1:8086"
    assert config.influx.token == TOKEN
    assert TOKEN not in repr(config)
    assert config.name == "InfluxDB at http://127.0.0.1:8086"


def test_elsewhere_it_is_https_with_an_authority_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("certificate")
    keys = {**INFLUX, "url": "https://influx.example:8086/", "ca_file": "ca.crt"}
    config = checked(tmp_path, **keys)
    assert isinstance(config, StoreConfig)
    assert config.influx is not None
    assert (config.influx.url, config.influx.ca_file) == (
        "https://influx.example:8086",
        tmp_path / "ca.crt",
    )


@pytest.mark.parametrize(
    ("keys", "key", "text"),
    [
        ({"org": None}, "org", "is missing"),
        ({"bucket": None}, "bucket", "is missing"),
        ({"token_env": None}, "token_file", "is missing"),
        ({"token_file": "no.token"}, "token_file", "can not be read"),
        ({"token_env": "NOT_SET"}, "token_env", "set it before"),
        ({"token_env": "TWO_WORDS"}, "token_env", "one word"),
        ({"url": "influx.example:8086"}, "url", "is no address"),
        ({"url": "ftp://influx.example"}, "url", "is no address"),
        ({"url": "http://[::1"}, "url", "is no address"),
        ({"url": "http://127.0.0.1:port"}, "url", "is no address"),
        ({"url": "http://influx.example"}, "url", "https:// beyond loopback"),
        ({"url": "https://me:word@influx.example"}, "url", "token_file instead"),
        ({"retention": 1}, "retention", "bucket's own"),
        ({"url": "https://influx.example", "ca_file": "no.crt"}, "ca_file", "is no file"),
    ],
)
def test_each_error_names_key_and_remedy(
    tmp_path: Path, keys: dict[str, object], key: str, text: str
) -> None:
    problems = checked(tmp_path, **{**INFLUX, **keys})
    assert isinstance(problems, list)
    assert any(one.table == "store" and one.key == key and text in one.message for one in problems)


def test_both_tokens_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    problems = checked(tmp_path, **{**INFLUX, "token_file": "token"})
    assert isinstance(problems, list)
    assert [one.key for one in problems] == ["token_env"]


@pytest.mark.parametrize("key", ["url", "org", "bucket", "token_file", "token_env", "ca_file"])
def test_the_embedded_store_has_no_use_for_them(tmp_path: Path, key: str) -> None:
    problems = checked(tmp_path, **{key: "x"})
    assert isinstance(problems, list)
    assert [(one.table, one.key) for one in problems] == [("store", key)]
    assert "influxdb" in problems[0].message
