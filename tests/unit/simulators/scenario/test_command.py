"""The command `simulators run`: its help, its lists, its checks, and what is usage."""

import json
from pathlib import Path

import pytest

from simulators.__main__ import main
from simulators.scenario.library import shipped
from tests.unit.simulators.scenario.storm import STORM


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["run", *arguments])
    return code, capsys.readouterr().out


def test_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "simulators run underpass-flood --stage --speed 4" in told
    assert "130 interrupted" in told


@pytest.mark.parametrize(("language", "text"), [("en", "A cable is cut"), ("zh", "线缆被挖断")])
def test_the_library_is_listed(
    capsys: pytest.CaptureFixture[str], language: str, text: str
) -> None:
    code, told = run(capsys, "--list", "--lang", language)
    assert code == 0
    assert text in told
    assert len(told.splitlines()) == len(shipped()) + 1


def test_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, told = run(capsys, "--list", "--json")
    found = [json.loads(line) for line in told.splitlines()]
    assert [one["name"] for one in found] == shipped()
    assert all(one["fastest"] >= 1 and one["title"]["zh"] for one in found)


def test_a_check_plays_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "storm.toml"
    path.write_text(STORM, encoding="utf-8")
    code, told = run(capsys, str(path), "--check", "--json")
    assert (code, json.loads(told)) == (
        0,
        {"name": "storm", "devices": 3, "orders": 2, "expectations": 3},
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "which scenario? Name a file, or one of: bicycle-shed-fire"),
        (["cable-cutt"], "did you mean 'cable-cut'?"),
        (["cable-cut", "--speed", "0"], "--speed 0.0: must be above 0"),
        (["cable-cut", "--speed", "nan"], "must be above 0"),
        (["cable-cut", "--stage", "--speed", "99"], "expectations hold up to 4"),
        (["cable-cut", "--api", "70000"], "--api 70000: must be from 0 to 65535"),
        (["cable-cut", "--data", "x"], "--data: only with --stage"),
        (["cable-cut", "--stage", "--data", "/"], "--data /: not empty"),
    ],
)
def test_usage(caplog: pytest.LogCaptureFixture, arguments: list[str], told: str) -> None:
    assert main(["run", *arguments]) == 2
    assert told in caplog.text


def test_one_judge_only() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", "cable-cut", "--stage", "--record", "x"])
    assert ended.value.code == 2
