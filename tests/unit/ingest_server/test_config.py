"""server.toml as a whole: what it says when it is right, and paths that count from the file."""

from pathlib import Path

import pytest

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.config import ConfigError, load
from tests.server_toml import GOOD, SECRET, written

EXAMPLE = Path(__file__).parents[3] / "examples" / "server.toml"


def test_everything_is_read(tmp_path: Path) -> None:
    config = load(written(tmp_path))
    assert config.data == tmp_path / "data"
    assert config.alarms_url == "http://127.0.0.1:8470/v1/alarms"
    assert config.store.retention_us == 30 * 86_400_000_000
    assert config.gateway_silent_us == 30_000_000
    (centre,) = config.receivers
    assert (centre.id, centre.heartbeat_s) == ("centre", 30.0)
    assert centre.classes == {AlarmClass.HAZARD}
    assert centre.severities == {Severity.CRITICAL}
    assert centre.places == {"flat-12"}
    assert config.places["flat-12"].address == "Xinhua Street 12"


def test_an_empty_file_is_a_server_on_loopback(tmp_path: Path) -> None:
    config = load(written(tmp_path, ""))
    assert (config.mqtt.host, config.mqtt.port, config.mqtt.tls) == ("127.0.0.1", 1883, False)
    assert (config.api.host, config.api.port, config.api.token) == ("127.0.0.1", 8470, None)
    assert config.receivers == ()


def test_the_example_holds_every_default(tmp_path: Path) -> None:
    """What it states and what is left out are the same, the receivers and places aside."""
    example = load(written(tmp_path, EXAMPLE.read_text(encoding="utf-8")))
    bare = load(written(tmp_path, ""))
    for name in ("data", "mqtt", "api", "store", "gateway_silent_us"):
        assert getattr(example, name) == getattr(bare, name)
    assert [receiver.id for receiver in example.receivers] == ["alarm-centre"]


def test_every_key_stands_in_the_example() -> None:
    from ingest_server import config_file as file  # noqa: PLC0415 - all of it is looked through

    text = EXAMPLE.read_text(encoding="utf-8")
    for table in vars(file).values():
        if isinstance(table, type) and table.__name__.endswith("Table"):
            for key in table.__struct_fields__:  # type: ignore[attr-defined]  # a msgspec Struct
                assert f"{key} = " in text, f"{table.__name__}.{key}"


def test_relative_paths_count_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    config = load(Path("../server.toml"))
    assert config.data.is_absolute()
    assert config.data.resolve() == tmp_path.resolve() / "data"


def test_no_secret_is_in_its_repr(tmp_path: Path) -> None:
    text = GOOD.replace("port = 8470", 'token_file = "api.token"')
    shown = repr(load(written(tmp_path, text)))
    for secret in ("secret\n", SECRET, "tttt", "hook"):
        assert secret not in shown


def test_problems_carry_file_line_table_and_key(tmp_path: Path) -> None:
    file = written(tmp_path, "[mqtt]\nprot = 1\n[receivers.a]\n[places]\nx = 1\n")
    with pytest.raises(ConfigError) as raised:
        load(file)
    told = {(one.line, one.problem.table, one.problem.key) for one in raised.value.problems}
    assert told == {(2, "mqtt", "prot"), (3, "receivers.a", "url"), (4, "", "places")}
    assert str(raised.value).count(str(file)) == 3
