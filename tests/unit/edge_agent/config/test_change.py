"""What a new configuration asks for: which lines are touched, and what needs a restart."""

from pathlib import Path

import pytest

from edge_agent.config.change import LineChanges, changed_lines, needs_restart
from edge_agent.config.load import load_config
from edge_agent.config.model import Config

TEXT = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
buffer = { path = "buffer.db", size = "64MiB", reserved_for_urgent = "8MiB" }
lines.shed = { kind = "modbus-rtu", port = "ttyShed", settle = "0s" }
lines.hall = { kind = "modbus-rtu", port = "ttyHall" }
lines.spare = { kind = "modbus-rtu", port = "ttySpare" }
devices.smoke-01 = { profile = "calectro_ug3", line = "shed", unit = 1 }
devices.smoke-02 = { profile = "calectro_ug3", line = "hall", unit = 2 }
"""
SMOKE_2 = 'devices.smoke-02 = { profile = "calectro_ug3", line = "hall", unit = 2'


def config(folder: Path, *changes: tuple[str, str]) -> Config:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "agent.toml").write_text(text)
    return load_config(folder / "agent.toml", {"P": "secret"}).config


@pytest.mark.parametrize(
    ("change", "stop", "start"),
    [
        (("unit = 2", "unit = 3"), ("hall",), ("hall",)),
        (("unit = 2", 'unit = 2, poll_period = "2s"'), ("hall",), ("hall",)),
        (("unit = 2", 'unit = 2, test_mode_for = "2h"'), (), ()),
        (("ttyHall", "ttyElsewhere"), ("hall",), ("hall",)),
        (("unit = 2", 'unit = 2, place = "cellar", name = "Cellar"'), (), ()),
        (('line = "hall"', 'line = "shed"'), ("shed", "hall"), ("shed",)),
        (('line = "hall"', 'line = "spare"'), ("hall",), ("spare",)),
        (("ttySpare", "ttyElsewhere"), (), ()),
    ],
)
def test_lines_that_did_not_change_are_left_alone(
    tmp_path: Path, change: tuple[str, str], stop: tuple[str, ...], start: tuple[str, ...]
) -> None:
    old, new = config(tmp_path), config(tmp_path, change)
    assert changed_lines(old, new) == LineChanges(stop, start)
    assert needs_restart(old, new) == ()


def test_a_file_that_says_the_same_changes_nothing(tmp_path: Path) -> None:
    old, new = config(tmp_path), config(tmp_path, ("\nlines.hall", "\n# the hall\nlines.hall"))
    assert changed_lines(old, new) == LineChanges((), ())
    assert old.hash == new.hash


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('id = "gw-001"', 'id = "gw-002"'), "gateway.id"),
        (("gateway.id", 'clock.trust = "system"\ngateway.id'), "clock.trust"),
        (("buffer.db", "other/buffer.db"), "buffer.path"),
        (("64MiB", "65MiB"), "buffer.size"),
        (("8MiB", "9MiB"), "buffer.reserved_for_urgent"),
        (('"8MiB"', '"8MiB", group_readings = 250'), "buffer.group_readings"),
        (("localhost", "127.0.0.1"), "mqtt.host"),
        (("tls = false", "tls = false, port = 1884"), "mqtt.port"),
        (("tls = false", 'tls = false, username = "u"'), "mqtt.username"),
        (("tls = false", 'tls = false, client_id = "u"'), "mqtt.client_id"),
        (("tls = false", 'tls = false, password_env = "P"'), "mqtt.password_file"),
        (("gateway.id", 'health.socket = "a.sock"\ngateway.id'), "health.socket"),
    ],
)
def test_what_needs_a_restart_is_named(tmp_path: Path, change: tuple[str, str], key: str) -> None:
    problems = needs_restart(config(tmp_path), config(tmp_path, change))
    assert key in [one.place for one in problems] or key in [
        f"{one.table}.{one.key}" for one in problems
    ]
    assert all("needs a restart" in one.message for one in problems)
