"""Every shipped scenario end to end: the real programs and an alarm centre around its devices."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulators.broker import BrokerError, Which, find
from simulators.scenario.library import load, shipped
from simulators.scenario.model import Scenario

PATIENCE_S = 100
SLOW = {
    "cable-cut",
    "cover-stolen",
    "frozen-heartbeat",
    "late-replies",
    "lightning-reboot",
    "night-apnoea",
    "no-false-alarms",
    "two-on-one-address",
}


@pytest.fixture(autouse=True)
def _broker() -> None:
    try:
        find(Which.AUTO)
    except BrokerError as error:
        pytest.skip(str(error))


def staged(wanted: str, speed: float, truth: Path) -> subprocess.CompletedProcess[str]:
    """The command as one types it; what it leaves behind is in the report of a failure."""
    command = [sys.executable, "-m", "simulators", "run", wanted, "--stage", "--lang", "en"]
    return subprocess.run(
        [*command, "--speed", str(speed), "--truth", str(truth)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def check_truth(truth: Path, scenario: Scenario) -> None:
    """Every order in its turn, and every device at least at the beginning and at the end."""
    entries = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    assert [one["number"] for one in entries] == list(range(1, len(entries) + 1))
    orders = [(one["device"], one["value"]) for one in entries if one["quantity"] == "order"]
    assert orders == [(one.device, one.order) for one in scenario.steps]
    values = [one for one in entries if one["quantity"] != "order"]
    for device in scenario.devices:
        at_s = [one["at_s"] for one in values if one["device"] == device.name]
        assert min(at_s) < 1
        assert max(at_s) >= scenario.length_us / 1_000_000


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=[pytest.mark.slow] if one in SLOW else []) for one in shipped()],
)
def test_all_is_as_expected(tmp_path: Path, name: str) -> None:
    scenario = load(name)
    done = staged(name, scenario.fastest, tmp_path / "truth.jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "expectations met, no false alarm" in done.stdout
    check_truth(tmp_path / "truth.jsonl", scenario)


WRONG = """\
title = { en = "A wrong expectation", zh = "错误的预期" }
fastest = 10

[devices.duct]
kind = "ug3"

[[timeline]]
at = "5s"
device = "duct"
do = "smoke on"
expect = [
    { rule = "tamper", within = "2s" },
    { nothing = true, for = "10s", within = "2s" },
]
"""


def test_a_wrong_expectation_is_found(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG, encoding="utf-8")
    done = staged(str(path), 10, tmp_path / "truth.jsonl")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "MISSED" in done.stdout
    assert "FALSE ALARM" in done.stdout
    assert "0 of 2 expectations met" in done.stdout
