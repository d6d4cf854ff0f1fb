"""The demo's command line: what it takes, and what it says when it can not begin."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from simulators.__main__ import main
from simulators.broker import Which
from simulators.demo_command import add_demo


def parsed(*arguments: str) -> Any:
    parser = argparse.ArgumentParser()
    add_demo(parser.add_subparsers())
    return parser.parse_args(["demo", *arguments])


def test_without_arguments_any_broker_plays_and_nothing_is_kept() -> None:
    given = parsed()
    assert (given.broker, given.keep, given.data) == (Which.AUTO, False, None)
    assert not given.influx


def test_every_argument_is_taken() -> None:
    given = parsed("--broker", "iotcore", "--keep", "--data", "there", "--lang", "zh", "--influx")
    assert (given.broker, given.keep, given.data) == (Which.IOTCORE, True, Path("there"))
    assert given.lang == "zh"
    assert given.influx


@pytest.mark.parametrize(
    ("variable", "locale", "language"),
    [("LC_ALL", "zh_CN.UTF-8", "zh"), ("LANG", "zh_CN.UTF-8", "zh"), ("LANG", "C", "en")],
)
def test_the_language_is_that_of_the_locale(
    monkeypatch: pytest.MonkeyPatch, variable: str, locale: str, language: str
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LANG", raising=False)
    monkeypatch.setenv(variable, locale)
    assert parsed().lang == language


@pytest.mark.parametrize("wrong", [["--broker", "rabbit"], ["--lang", "fr"], ["--data"], ["now"]])
def test_what_is_not_known_is_usage(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", *wrong])
    assert ended.value.code == 2


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--help"])
    assert ended.value.code == 0
    assert "simulators demo --keep" in capsys.readouterr().out


def test_without_the_broker_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("simulators.broker.SHIPPED", tmp_path / "gone")
    assert main(["demo", "--broker", "mosquitto", "--data", str(tmp_path / "data")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("simulators demo: mosquitto is not installed here: apt-get install")
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_a_folder_that_can_not_be_made_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", "--data", str(tmp_path / "file" / "data")]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("simulators demo: ")
    assert str(tmp_path / "file") in said


def test_without_an_influxd_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["demo", "--broker", "iotcore", "--influx"]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("simulators demo: no influxd on the path")
