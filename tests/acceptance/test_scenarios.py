"""The shipped scenarios of fire, end to end; that none is left out; what a wrong one says."""

from pathlib import Path

import pytest

from simulators.scenario.library import shipped
from tests.acceptance.staged import FIRE, GAS, PEOPLE, WATER, chosen, goes_as_expected, play

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


def test_every_shipped_scenario_is_played_by_a_test() -> None:
    assert sorted(FIRE + GAS + PEOPLE + WATER) == shipped()


@pytest.mark.slow
@pytest.mark.parametrize("name", chosen(FIRE))
def test_all_is_as_expected(tmp_path: Path, name: str) -> None:
    goes_as_expected(name, tmp_path)


def test_a_wrong_expectation_is_found(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG, encoding="utf-8")
    done = play(str(path), 10, tmp_path / "truth.jsonl")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "MISSED" in done.stdout
    assert "FALSE ALARM" in done.stdout
    assert "0 of 2 expectations met" in done.stdout
