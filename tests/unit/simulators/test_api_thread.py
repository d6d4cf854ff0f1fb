"""The API beside a program that does something else, and the command that starts it."""

import json
import socket
import subprocess
import sys

import httpx
import pytest

from runtime.clock import SystemClock
from simulators.actor import Actor
from simulators.api_thread import ApiThread
from simulators.console import Console, switch
from tests.patience import PATIENCE_S, until_true


def test_it_serves_until_it_is_left() -> None:
    smoke: list[bool] = []
    actor = Actor(
        "duct", "ug3", Console({"smoke": switch(smoke.append)}), lambda: {"n": len(smoke)}, str
    )
    with ApiThread({"duct": actor}, 0, SystemClock()) as api:
        url = api.url
        until_true(
            lambda: httpx.get(f"{url}/truth", trust_env=False, timeout=PATIENCE_S).json()["items"]
        )
        httpx.post(
            f"{url}/devices/duct/orders",
            json={"order": "smoke on"},
            trust_env=False,
            timeout=PATIENCE_S,
        )
        items = httpx.get(f"{url}/truth", trust_env=False, timeout=PATIENCE_S).json()["items"]
    assert smoke == [True]
    assert [one["value"] for one in items if one["quantity"] == "order"] == ["smoke on"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/devices", trust_env=False, timeout=PATIENCE_S)


def test_a_taken_port_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), ApiThread({}, port, SystemClock()):
            pass


def test_a_command_obeys_standard_input_and_http_alike() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "simulators", "bcd-ruler", "--json", "--api", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["path"]
            url = json.loads(process.stdout.readline())["api"]
            told = httpx.post(
                f"{url}/devices/bcd-ruler/orders",
                json={"order": "level 0.3"},
                trust_env=False,
                timeout=PATIENCE_S,
            )
            assert told.json()["state"]["level"] == 0.3
            out, _ = process.communicate("state\nquit\n", timeout=PATIENCE_S)
            assert json.loads(out.splitlines()[0])["state"]["level"] == 0.3
            assert process.returncode == 0
        finally:
            process.kill()


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_is_none_is_usage(port: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulators", "a02yyuw", "--api", port],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert "must be from 0 to 65535" in done.stderr
