"""What follows from the broker's host, which shards are taken, and how sessions connect."""

from pathlib import Path

import pytest

from device_profiles.typed_toml import Problem
from ingest_server.config_file import MqttTable
from ingest_server.config_mqtt import MqttConfig, check_mqtt
from ingest_server.config_secret import Secrets


def checked(folder: Path, table: MqttTable, **environment: str) -> MqttConfig | list[Problem]:
    problems: list[Problem] = []
    config = check_mqtt(table, folder, Secrets(folder, environment, problems), problems)
    return problems or config


@pytest.mark.parametrize(
    ("table", "port", "tls"),
    [
        (MqttTable(), 1883, False),
        (MqttTable(tls=True), 8883, True),
        (MqttTable(host="broker.example"), 8883, True),
        (MqttTable(host="broker.example", port=9), 9, True),
        (MqttTable(host="::1"), 1883, False),
    ],
)
def test_port_and_tls_follow_from_the_host(
    tmp_path: Path, table: MqttTable, port: int, tls: bool
) -> None:
    config = checked(tmp_path, table)
    assert isinstance(config, MqttConfig)
    assert (config.port, config.tls) == (port, tls)
    assert config.options("urgent").client_id == "ingest-urgent"
    assert config.options("rest").session_expiry_s == 7 * 86_400


@pytest.mark.parametrize(
    ("text", "taken"),
    [("0-63", range(64)), ("5", [5]), ("0-1, 63", [0, 1, 63]), ("3-3,2-4", [2, 3, 4])],
)
def test_shards(tmp_path: Path, text: str, taken: list[int]) -> None:
    config = checked(tmp_path, MqttTable(shards=text))
    assert isinstance(config, MqttConfig)
    assert list(config.shards) == list(taken)


@pytest.mark.parametrize("text", ["64", "5-3", "a", "0-", "", "0-63,x", "-1"])
def test_wrong_shards_are_named(tmp_path: Path, text: str) -> None:
    problems = checked(tmp_path, MqttTable(shards=text or ","))
    assert isinstance(problems, list)
    assert {one.key for one in problems} == {"shards"}


def test_a_password_comes_from_a_file_or_a_variable(tmp_path: Path) -> None:
    (tmp_path / "p").write_text(" from-file \n")
    for table in (
        MqttTable(username="u", password_file="p"),  # noqa: S106 - the name of a file
        MqttTable(username="u", password_env="P"),  # noqa: S106 - the name of a variable
    ):
        config = checked(tmp_path, table, P="from-env")
        assert isinstance(config, MqttConfig)
        assert config.options("rest").password in {"from-file", "from-env"}
        assert "from-" not in repr(config)
