"""What a file becomes: defaults, paths, secrets, profiles of the site, and the hash."""

import shutil
from pathlib import Path

import pytest

from device_profiles.load import SHIPPED
from edge_agent.config.load import ConfigError, load_config
from tests.two_line_site import BODY, HEAD, load


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as error:
        load(folder, text)
    return str(error.value)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = load(tmp_path, f'{HEAD}{BODY}[buffer]\npath = "data/b.db"\n').config
    assert config.lines[0].port == str(tmp_path / "ttyShed")
    assert config.lines[1].port == "/dev/ttyS1"
    assert config.buffer.path == tmp_path / "data" / "b.db"
    assert config.socket == tmp_path / "data" / "agent.sock"


def test_what_the_site_says_goes_before_the_profile(tmp_path: Path) -> None:
    text = BODY.replace('port = "ttyShed"', 'port = "ttyShed"\nbaud = 19200\nsettle = "0s"')
    text = text.replace('line = "shed"', 'line = "shed"\nunit = 7\npoll_period = "500ms"')
    config = load(tmp_path, HEAD + text).config
    assert (config.lines[0].serial.baud, config.lines[0].settle_us) == (19_200, 0)
    assert (config.devices[0].unit, config.devices[0].period_us) == (7, 500_000)


def test_without_tls_the_plain_port(tmp_path: Path) -> None:
    assert load(tmp_path, f"{HEAD}tls = false\n{BODY}").config.mqtt.port == 1883


def test_whoever_only_asks_needs_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(f'{HEAD}password_file = "/nowhere/at/all"\n{BODY}')
    assert load_config(file, None).config.mqtt.password is None


def test_a_certificate_that_can_not_be_read(tmp_path: Path) -> None:
    said = refused(tmp_path, f'{HEAD}ca_file = "ca.pem"\n{BODY}')
    assert f"mqtt.ca_file: {tmp_path / 'ca.pem'} can not be read" in said


def test_profiles_of_the_site(tmp_path: Path) -> None:
    own = tmp_path / "profiles" / "smoke.toml"
    own.parent.mkdir()
    shipped = SHIPPED / "smoke" / "calectro_ug3.toml"
    own.write_text(shipped.read_text(encoding="utf-8").replace('"calectro_ug3"', '"our_smoke"'))
    head = HEAD.replace("[mqtt]", 'profiles = "profiles"\n[mqtt]')
    text = head + BODY.replace("calectro_ug3", "our_smoke")
    assert load(tmp_path, text).config.devices[0].profile.id == "our_smoke"
    shutil.copy(shipped, own.parent)
    assert "has the id of a shipped profile" in refused(tmp_path, text)
    own.write_text("schema = 2\n")
    assert f"{own}: id: is missing" in refused(tmp_path, text)
    assert "is not a folder" in refused(tmp_path, text.replace('"profiles"', '"none"'))


def test_what_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_config(file, {})


@pytest.mark.parametrize(
    "table", [f'health.socket = "/{"x" * 120}"\n', f'buffer.path = "{"x" * 120}/buffer.db"\n']
)
def test_a_socket_with_a_path_that_no_system_takes(tmp_path: Path, table: str) -> None:
    said = refused(tmp_path, table + HEAD + BODY)
    assert "health.socket: /" in said
    assert "at most 107: name a shorter path" in said
