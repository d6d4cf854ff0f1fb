"""`simulators run` as one starts it, with a record, an API, links and the truth; no stage."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from runtime.clock import SystemClock
from tests.patience import PATIENCE_S, until_true
from tests.unit.simulators.scenario.test_play import SHORT, page

LONG = SHORT.replace('at = "3s"', 'at = "60s"')


@contextmanager
def running(folder: Path, text: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    path = folder / "short.toml"
    path.write_text(text, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "simulators", "run", str(path), "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"LC_ALL": "C"},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def told_until(process: subprocess.Popen[str], event: str) -> dict[str, object]:
    assert process.stdout is not None
    for line in process.stdout:
        found: dict[str, object] = json.loads(line)
        if found["event"] == event:
            return found
    raise AssertionError(process.stderr.read() if process.stderr else "")


def test_without_a_judge_it_is_played_and_written_down(tmp_path: Path) -> None:
    truth, links = tmp_path / "truth.jsonl", tmp_path / "links"
    arguments = ("--speed", "50", "--truth", str(truth), "--links", str(links))
    with running(tmp_path, SHORT, *arguments) as process:
        assert told_until(process, "line")["path"] == str(links / "ruler")
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0
    entries = [json.loads(line) for line in truth.read_text().splitlines()]
    orders = [one["value"] for one in entries if one["quantity"] == "order"]
    assert orders == ["rise 60/min 0.3", "trouble none"]
    assert not (links / "ruler").exists()


@pytest.mark.parametrize("comes", [True, False])
def test_a_record_is_read_live(tmp_path: Path, *, comes: bool) -> None:
    record = tmp_path / "got.jsonl"
    text = SHORT.replace('within = "200ms"', 'within = "30s"' if comes else 'within = "1ms"')
    with running(tmp_path, text, "--record", str(record)) as process:
        told_until(process, "order")
        if comes:
            line = msgspec.json.encode(page(SystemClock().utc_us()))
            record.write_bytes(line + b"\n")
        verdict = told_until(process, "verdict")
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == (0 if comes else 1)
    assert verdict["good"] is comes


def test_it_can_be_told_over_http_while_it_plays(tmp_path: Path) -> None:
    with running(tmp_path, LONG, "--api", "0") as process:
        url = str(told_until(process, "api")["url"])
        told = httpx.post(
            f"{url}/devices/ruler/orders",
            json={"order": "silent 3"},
            trust_env=False,
            timeout=PATIENCE_S,
        )
        assert told.status_code == 200
        until_true(
            lambda: (
                "rise 60/min 0.3"
                in httpx.get(f"{url}/truth", trust_env=False, timeout=PATIENCE_S).text
            )
        )
        orders = [
            one["value"]
            for one in httpx.get(f"{url}/truth", trust_env=False, timeout=PATIENCE_S).json()[
                "items"
            ]
            if one["quantity"] == "order"
        ]
        assert orders == ["silent 3", "rise 60/min 0.3"]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--truth", "/nowhere/truth"), 2, "/nowhere/truth"),
        (("--centre", "http://127.0.0.1:1"), 1, "is simulators alarm-centre running there"),
    ],
)
def test_what_can_not_begin_says_why(
    tmp_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    with running(tmp_path, SHORT, *arguments) as process:
        _, error = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, told in error) == (code, True)
