"""Bad configuration, more than ten ways: file, key and remedy are named, all at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """
[gateway]
id = "gw-001"

[buffer]
path = "buffer.db"

[mqtt]
host = "127.0.0.1"
tls = false

[lines.shed]
kind = "modbus-rtu"
port = "ttyShed"

[lines.room]
kind = "uart"
port = "ttyRoom"

[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
unit = 1

[devices.radar-01]
profile = "micradar_r60afd1"
line = "room"
"""

ANOTHER_SMOKE = '[devices.smoke-02]\nprofile = "calectro_ug3"\nline = "shed"\n'
ANOTHER_RADAR = '[devices.radar-02]\nprofile = "micradar_r60afd1"\nline = "room"\n'

# What is wrong: what stands in the file instead of what, the key named, the remedy named.
WAYS: dict[str, tuple[str, str, str, str]] = {
    "unknown key": ("unit = 1", "units = 1", "devices.smoke-01.units", "did you mean 'unit'?"),
    "unknown table": ("[gateway]", "[gatway]", "gatway", "did you mean [gateway]?"),
    "missing key": ('id = "gw-001"', "", "gateway.id", 'such as id = "gw-001"'),
    "wrong type": ("unit = 1", 'unit = "one"', "devices.smoke-01.unit", "expected `int`"),
    "wrong word": ('"uart"', '"r60"', "lines.room.kind", "one of modbus-rtu, uart"),
    "wrong name": ('"gw-001"', '"GW 1"', "gateway.id", "small letters, digits and hyphens"),
    "wrong device name": ("[devices.smoke-01]", "[devices.Smoke_1]", "devices.Smoke_1", "small"),
    "unknown profile": (
        "calectro_ug3",
        "calectro_ug4",
        "devices.smoke-01.profile",
        "did you mean 'calectro_ug3'?",
    ),
    "unknown line": ('line = "shed"', 'line = "shet"', "devices.smoke-01.line", "mean 'shed'?"),
    "line of another kind": (
        'line = "shed"',
        'line = "room"',
        "devices.smoke-01.line",
        "kind = 'modbus-rtu'",
    ),
    "unit out of range": ("unit = 1", "unit = 65", "devices.smoke-01.unit", "1 to 64"),
    "unit twice": (
        "[devices.radar-01]",
        f"{ANOTHER_SMOKE}unit = 1\n[devices.radar-01]",
        "devices.smoke-02.unit",
        "give each unit its own number",
    ),
    "unit on a stream": (
        'line = "room"',
        'line = "room"\nunit = 3',
        "devices.radar-01.unit",
        "leave it",
    ),
    "two on a stream": (
        "[devices.radar-01]",
        f"{ANOTHER_RADAR}[devices.radar-01]",
        "lines.room",
        "give each a line of its own",
    ),
    "port twice": ("ttyRoom", "./ttyShed", "lines.room.port", "belongs to one line"),
    "no duration": (
        "unit = 1",
        'unit = 1\npoll_period = "1 sec"',
        "devices.smoke-01.poll_period",
        "write 500ms, 1s",
    ),
    "no number of seconds": (
        "unit = 1",
        "unit = 1\npoll_period = 1",
        "devices.smoke-01.poll_period",
        "write 500ms, 1s",
    ),
    "too fast": (
        "unit = 1",
        'unit = 1\npoll_period = "1ms"',
        "devices.smoke-01.poll_period",
        "at least 20ms",
    ),
    "no size": (
        'path = "buffer.db"',
        'path = "buffer.db"\nsize = "64 megabytes"',
        "buffer.size",
        "write 512KiB, 64MiB",
    ),
    "nothing left for bulk": (
        'path = "buffer.db"',
        'path = "buffer.db"\nsize = "16MiB"',
        "buffer.reserved_for_urgent",
        "less than the size of the buffer, 16MiB",
    ),
    "plain text beyond loopback": ('"127.0.0.1"', '"mqtt.city.cn"', "mqtt.tls", "tls = true"),
    "a secret in the file": (
        "tls = false",
        'tls = false\npassword = "hunter2"',
        "mqtt.password",
        "password_file or password_env",
    ),
    "a secret that is not there": (
        "tls = false",
        'tls = false\npassword_file = "nowhere"',
        "mqtt.password_file",
        "readable for the agent alone",
    ),
    "a variable that is not set": (
        "tls = false",
        'tls = false\npassword_env = "LIFELINE_NOT_SET"',
        "mqtt.password_env",
        "set it, or use password_file",
    ),
    "a milder rule": (
        "unit = 1",
        'unit = 1\n[[devices.smoke-01.rules]]\nrule = "offline"\nduration = "1h"',
        "devices.smoke-01.rules",
        "duration at most 30s",
    ),
    "no such rule": (
        "unit = 1",
        'unit = 1\n[[devices.smoke-01.rules]]\nrule = "smokes"',
        "devices.smoke-01.rules",
        "one of smoke, tamper",
    ),
    "no TOML": ("[gateway]", "[gateway", "", "is not TOML"),
}


def check(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    file = folder / "agent.toml"
    file.write_text(text)
    command = [sys.executable, "-m", "edge_agent", "check", "-c", str(file), "--lang", "en"]
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [*command, *options], capture_output=True, text=True, check=False, env=environment
    )


def test_a_good_file_shows_what_would_run(tmp_path: Path) -> None:
    for port in ("ttyShed", "ttyRoom"):
        (tmp_path / port).touch()
    checked = check(tmp_path, GOOD)
    assert checked.stderr == ""
    assert checked.returncode == 0
    assert "gw-001 would run: 2 lines, 2 devices" in checked.stdout


@pytest.mark.parametrize("way", WAYS)
def test_a_bad_file_is_refused_by_file_line_key_and_remedy(tmp_path: Path, way: str) -> None:
    good, bad, key, remedy = WAYS[way]
    assert good in GOOD
    checked = check(tmp_path, GOOD.replace(good, bad, 1))
    assert checked.returncode == 2
    line = next(line for line in checked.stderr.splitlines() if remedy in line)
    assert re.search(rf"{re.escape(str(tmp_path / 'agent.toml'))}:\d+: {re.escape(key)}", line)
    assert "hunter2" not in checked.stderr + checked.stdout
    assert "Traceback" not in checked.stderr


def test_all_errors_come_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('"gw-001"', '"GW 1"').replace("unit = 1", "unit = 65\nunits = 2")
    text = text.replace('"uart"', '"usb"').replace("127.0.0.1", "mqtt.city.cn")
    checked = check(tmp_path, text)
    for key in ("gateway.id", "devices.smoke-01.unit:", "devices.smoke-01.units", "lines.room.kind",
                "mqtt.tls"):  # fmt: skip
        assert key in checked.stderr
    assert len(checked.stderr.splitlines()) == 5


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "edge_agent", "run", "-c", str(tmp_path / "none.toml")]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert f"{tmp_path / 'none.toml'}: can not be read" in refused.stderr
    assert "-c" in refused.stderr
