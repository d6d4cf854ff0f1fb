"""`simulators demo` as one starts it: Ctrl-C in the midst of it leaves no process and no port."""

import os
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from simulators.broker import BrokerError, Which, find
from tests.patience import PATIENCE_S, until_true

WATCHED = "all devices are watched"


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A Unix socket has 107 characters: pytest's own folder left too few after a thousand runs."""
    with TemporaryDirectory(prefix="demo") as folder:
        yield Path(folder)


@contextmanager
def demo(folder: Path, which: Which) -> Iterator[subprocess.Popen[str]]:
    """The demo with its temporary folder below `folder`, in a process group as a shell makes it."""
    command = [sys.executable, "-m", "simulators", "demo", "--lang", "en", "--broker", which]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(folder)},
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            for pid in pids_that_name(folder):  # only when the test failed
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def pids_that_name(folder: Path) -> list[int]:
    """Processes with the folder in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and str(folder) in (entry / "cmdline").read_text():
                found.append(int(entry.name))
        except (OSError, UnicodeDecodeError):  # it ended while we looked, or is not ours
            continue
    return found


def ports_of(folder: Path) -> dict[str, int]:
    """The ports of broker, API and alarm centre, as the server was told them."""
    (file,) = folder.glob("*/server.toml")
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    centre = urlsplit(told["receivers"]["alarm-centre"]["url"]).port
    assert centre is not None
    return {"broker": told["mqtt"]["port"], "api": told["api"]["port"], "centre": centre}


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("which", [Which.MOSQUITTO, Which.IOTCORE])
def test_ctrl_c(short_path: Path, which: Which) -> None:
    try:
        find(which)
    except BrokerError as error:
        pytest.skip(str(error))
    with demo(short_path, which) as process:
        assert process.stdout is not None
        told = []
        for line in process.stdout:
            told.append(line)
            if WATCHED in line:
                break
        assert told, process.communicate()
        assert WATCHED in told[-1], (told, process.communicate())
        ports = ports_of(short_path)
        assert all(listens(port) for port in ports.values())
        assert len(pids_that_name(short_path)) >= 3  # broker, server, gateway

        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130, errors
        assert "Traceback" not in errors
        until_true(lambda: not pids_that_name(short_path))
        assert {name: listens(port) for name, port in ports.items()} == dict.fromkeys(ports, False)
        assert list(short_path.iterdir()) == []
