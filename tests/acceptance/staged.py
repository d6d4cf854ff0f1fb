"""Plays a shipped scenario as one types it, on a stage of its own, and checks what it left."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulators.broker import BrokerError, Which, find
from simulators.scenario.library import load
from simulators.scenario.model import Scenario

PATIENCE_S = 250  # a scenario takes its time, and that on a loaded machine
FIRE = ("bicycle-shed-fire", "cable-cut", "late-replies")
GAS = ("kitchen-gas-leak", "gas-warm-up", "frozen-heartbeat", "cover-stolen")
PEOPLE = ("night-fall", "night-apnoea", "no-false-alarms")
WATER = ("underpass-flood", "lying-sensor", "two-on-one-address", "lightning-reboot")
"""Each group in a file of its own, so that as many are played at once as there are workers."""


def chosen(group: tuple[str, ...]) -> tuple[str, ...]:
    """The first of a group; all of it with LIFELINE_SCENARIOS=all, as `make scenarios` says."""
    return group if os.environ.get("LIFELINE_SCENARIOS") == "all" else group[:1]


def play(wanted: str, speed: float, truth: Path) -> subprocess.CompletedProcess[str]:
    try:
        find(Which.AUTO)
    except BrokerError as error:
        pytest.skip(str(error))
    command = [sys.executable, "-m", "simulators", "run", wanted, "--stage", "--lang", "en"]
    data = truth.with_name("stage")  # its logs are looked through at the end of the test
    return subprocess.run(
        [*command, *("--speed", str(speed)), *("--truth", str(truth)), *("--data", str(data))],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def goes_as_expected(name: str, folder: Path) -> None:
    """As fast as its expectations hold: exit code 0, and a ground truth that is complete."""
    scenario, truth = load(name), folder / "truth.jsonl"
    done = play(name, scenario.fastest, truth)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "expectations met, no false alarm" in done.stdout
    is_complete(truth, scenario)


def is_complete(truth: Path, scenario: Scenario) -> None:
    """Every order in its turn, and every device from the beginning to the end."""
    entries = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    assert [one["number"] for one in entries] == list(range(1, len(entries) + 1))
    orders = [(one["device"], one["value"]) for one in entries if one["quantity"] == "order"]
    assert orders == [(one.device, one.order) for one in scenario.steps]
    values = [one for one in entries if one["quantity"] != "order"]
    for device in scenario.devices:
        at_s = [one["at_s"] for one in values if one["device"] == device.name]
        assert min(at_s) <= max(one.at_us for one in scenario.steps) / 1_000_000
        assert max(at_s) >= scenario.length_us / 1_000_000
