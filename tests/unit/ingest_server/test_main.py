"""The command `ingest-server`: exit codes, help with examples, and a process that stops."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from ingest_server.__main__ import main
from simulators.broker import Broker, free_port
from tests.patience import PATIENCE_S
from tests.server_toml import written

COMMANDS = ["run", "check", "receivers", "gateways", "alarms", "quarantine", "commands"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"ingest-server {command} -c" in capsys.readouterr().out


def test_help_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "0 fine, 1 it found a problem, 2 usage" in capsys.readouterr().out


def test_a_store_that_does_not_answer_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFLUX_TOKEN", "any")
    store = f'[store]\nkind = "influxdb"\nurl = "http://127.0.0.1:{free_port()}"\n'
    file = written(tmp_path, f'{store}org = "o"\nbucket = "b"\ntoken_env = "INFLUX_TOKEN"\n')
    assert main(["check", "-c", str(file)]) == 0
    assert main(["check", "-c", str(file), "--online", "--lang", "en"]) == 1
    assert "InfluxDB at http://127.0.0.1" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [[], ["fly"], ["run", "--fast"], ["alarms", "--state", "x"]])
def test_wrong_usage_is_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["gw-001", "--set", "lines.toml"],
        ["gw-001", "--set", "lines.toml", "--expected", "a", "--withdraw"],
        ["gw-001", "--wanted", "3"],
    ],
)
def test_a_configuration_is_set_or_withdrawn_and_of_somebody(
    wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(written(tmp_path, ""))
    for language, said in (("en", "--set"), ("zh", "请指明网关|不能同时使用")):
        assert main(["gateways", "-c", file, "config", *wrong, "--lang", language]) == 2
        assert re.search(said, capsys.readouterr().err)


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("ingest-server ")


def test_check_receivers_and_a_server_that_is_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(written(tmp_path))
    assert main(["check", "-c", file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["receivers"] == 1
    assert main(["receivers", "-c", file]) == 0
    assert "centre.example" in capsys.readouterr().out
    assert main(["receivers", "-c", file, "test", "center", "--lang", "en"]) == 2
    assert "known: centre" in capsys.readouterr().err
    assert main(["gateways", "-c", file]) == 1
    assert "has not been started yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"]
)
def test_it_runs_until_a_signal(
    tmp_path: Path, broker: Broker, number: signal.Signals, code: int
) -> None:
    port = free_port()
    file = tmp_path / "server.toml"
    file.write_text(f"[mqtt]\nport = {broker.port}\n[api]\nport = {port}\n")
    command = [sys.executable, "-m", "ingest_server", "run", "-c", str(file), "--log", "text"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    ) as process:
        _wait_for(f"http://127.0.0.1:{port}/readyz")
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (code, "")
    assert err.count("API token") == 1
    assert "Traceback" not in err


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(url, trust_env=False, timeout=PATIENCE_S).status_code == HTTPStatus.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{url} never answered")
