"""The command line: real processes, real ports, exit codes."""

import base64
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import serial

from simulators.__main__ import main
from tests.patience import PATIENCE_S

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "simulators", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_json(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    found: dict[str, object] = json.loads(process.stdout.readline())
    return found


def order(process: subprocess.Popen[str], line: str) -> dict[str, object]:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return read_json(process)


def test_a_device_needs_nothing_of_the_alarm_centre() -> None:
    script = "import simulators.__main__, sys; print('aiohttp' in sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "False\n"


def test_ug3_on_a_port_obeys_and_quits(tmp_path: Path) -> None:
    link = tmp_path / "ttyUG3"
    with running("ug3", "--json", "--link", str(link)) as process:
        assert read_json(process) == {"path": str(link)}
        state = order(process, "smoke on")["state"]
        assert state == {"mounted": True, "service": False, "smoke": True, "relay": True}
        assert "smoke" in str(order(process, "smok on")["error"])
        assert order(process, "help")["help"]
        with serial.Serial(str(link), timeout=2) as port:
            port.write(bytes.fromhex("01 02 00 00 00 04 79 C9"))
            assert port.read(6) == bytes.fromhex("01 02 01 0D 60 4D")
        process.communicate("quit\n", timeout=PATIENCE_S)
        assert process.returncode == 0
    assert not link.is_symlink()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_radar_stops_cleanly(tmp_path: Path, number: signal.Signals, code: int) -> None:
    link = tmp_path / "ttyRadar"
    with running("r60afd1", "--json", "--link", str(link)) as process:
        assert read_json(process) == {"path": str(link)}
        assert process.stdin is not None
        process.stdin.close()
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == code
    assert not link.is_symlink()


def test_alarm_centre_serves_and_tells_by_its_exit_code(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    arguments = ("alarm-centre", "--json", "--port", "0", "--secret-file", str(secret))
    with running(*arguments) as process:
        url = str(read_json(process)["url"])
        assert (
            httpx.post(url, content=b"{}", trust_env=False, timeout=PATIENCE_S).status_code == 401
        )
        assert read_json(process)["complaints"] == ["not verified: id_missing"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["alarm-centre"], "--secret-file"),
        (["alarm-centre", "--secret-file", "does-not-exist"], "No such file"),
        (["ug3", "--unit", "0"], "--unit 0"),
        (["ug3", "--baud", "0"], "--baud 0"),
        (["ug3", "--link", "no/such/folder/tty"], "--link"),
    ],
)
def test_usage_errors(
    arguments: list[str],
    told: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ALARM_CENTRE_SECRET", raising=False)
    assert main(arguments) == 2
    assert told in caplog.text


def test_a_bad_secret_is_a_usage_error_and_is_not_shown(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALARM_CENTRE_SECRET", "hunter2")
    assert main(["alarm-centre", "--port", "0"]) == 2
    assert "whsec_" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    "command", ["alarm-centre", "ug3", "r60afd1", "xcd", "manhole", "bcd-ruler"]
)
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "example" in capsys.readouterr().out
