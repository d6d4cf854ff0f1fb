"""The command line: exit codes, what goes to which stream, and that asking costs little."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.__main__ import main
from tests.patience import PATIENCE_S

GOOD = """
gateway.id = "gw-001"
buffer.path = "buffer.db"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "ttyShed" }
devices.smoke-01 = { profile = "calectro_ug3", line = "shed" }
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "ttyShed").touch()
    file = tmp_path / "agent.toml"
    file.write_text(GOOD)
    return file


def test_without_a_command_it_says_what_it_can(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "edge-agent check -c agent.toml" in said.err


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_and_version(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    assert "edge-agent" in capsys.readouterr().out


def test_check_as_json(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-c", str(good), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["errors"], said["warnings"], said["gateway"]) == ([], [], "gw-001")
    assert said["load"]["shed"] == pytest.approx(0.03, abs=0.001)


def test_check_in_chinese(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-c", str(good), "--lang", "zh"]) == 0
    assert "将运行" in capsys.readouterr().out


def test_a_warning_is_1(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (good.parent / "ttyShed").unlink()
    assert main(["check", "-c", str(good)]) == 1
    assert "lines.shed.port" in capsys.readouterr().err
    assert main(["check", "-c", str(good), "--json"]) == 1
    (warning,) = json.loads(capsys.readouterr().out)["warnings"]
    assert (warning["table"], warning["key"]) == ("lines.shed", "port")


@pytest.mark.parametrize("command", ["run", "check", "status"])
def test_an_error_is_2(good: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    good.write_text(GOOD.replace("gw-001", "GW 1"))
    assert main([command, "-c", str(good)]) == 2
    assert f"{good}:2: gateway.id: is 'GW 1'" in capsys.readouterr().err
    if command == "check":
        assert main([command, "-c", str(good), "--json"]) == 2
        (error,) = json.loads(capsys.readouterr().out)["errors"]
        assert error["file"] == str(good)


def test_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].endswith("2020-12/schema")


def test_status_of_an_agent_that_is_not_there(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "-c", str(good), "--lang", "en"]) == 1
    said = capsys.readouterr()
    assert "gateway gw-001" in said.out
    assert "no agent answers" in said.err


def test_a_buffer_that_nobody_may_make_is_named(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good.write_text(GOOD.replace('"buffer.db"', '"ttyShed/buffer.db"'))
    command = [sys.executable, "-m", "edge_agent", "run", "-c", str(good)]
    refused = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert refused.returncode == 2
    assert "buffer" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert capsys.readouterr().out == ""


def test_asking_for_help_loads_no_driver() -> None:
    script = "import sys, edge_agent.__main__; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"pymodbus", "serial", "paho", "aiosqlite"} & set(loaded)


def test_decode_takes_the_bytes_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    pasted = ["01", "02", "01", "0D", "60", "4D"]
    assert main(["decode", "calectro_ug3", *pasted, "--lang", "en"]) == 0
    assert "Smoke alarm" in capsys.readouterr().out
    assert main(["decode", "calectro_ug3", "0102010D604D", "--lang", "zh"]) == 0
    assert "正常" in capsys.readouterr().out


def test_decode_checks_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    request = ["--request", "02 02 00 00 00 04 79 FA"]
    assert main(["decode", *request, "calectro_ug3", "01 02 01 0D 60 4D", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["frame"] == "wrong_unit"


def test_decode_of_an_unknown_profile_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "calectro", "00"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "did you mean calectro_ug3" in said.err


def test_decode_says_by_examples_how(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["decode", "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "edge-agent decode dfrobot_sen0676" in said
    assert "16384 bytes" in said
