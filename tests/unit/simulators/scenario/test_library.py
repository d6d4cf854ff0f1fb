"""What is shipped can be read and rehearsed, and is found by its name."""

from pathlib import Path

import pytest

from simulators.scenario.complaint import ScenarioError
from simulators.scenario.library import load, shipped
from tests.shipped import PROFILES
from tests.unit.simulators.scenario.storm import STORM, SWAPS


def test_a_dozen_is_shipped() -> None:
    assert len(shipped()) >= 12
    assert "underpass-flood" in shipped()


@pytest.mark.parametrize("name", shipped())
def test_each_is_understood_and_expects_something(name: str) -> None:
    found = load(name)
    assert found.name == name
    assert found.expectations
    profiles = PROFILES
    rules = {one.name: {rule.id for rule in profiles[one.profile].rules} for one in found.devices}
    for one in found.expectations:
        if one.device is not None and one.rule is not None:
            assert one.rule in rules[one.device]


def test_a_file_is_taken_too(tmp_path: Path) -> None:
    path = tmp_path / "storm.toml"
    path.write_text(STORM, encoding="utf-8")
    assert load(str(path)).name == "storm"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("underpas-flood", "did you mean 'underpass-flood'?; or the name of a file"),
        ("/nowhere.toml", "or the name of a file"),
        ("/", "directory"),
    ],
)
def test_what_is_not_there_is_told(wanted: str, told: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(wanted)
    assert told in str(refused.value)


def test_a_bad_order_is_told_before_anything_is_played(tmp_path: Path) -> None:
    path = tmp_path / "storm.toml"
    path.write_text(STORM.replace(SWAPS["order"], 'do = "pour 3"'), encoding="utf-8")
    with pytest.raises(
        ScenarioError, match=r"storm\.toml:30: timeline\[1\]\.do: 'pour 3': unknown"
    ):
        load(str(path))
