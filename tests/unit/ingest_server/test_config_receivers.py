"""Receivers and places of server.toml; secrets by file and variable, several while rotating."""

from pathlib import Path
from typing import Any

import pytest

from device_profiles.typed_toml import Problem
from ingest_server.config_receivers import check_places, check_receivers
from ingest_server.config_secret import Secrets
from ingest_server.receiver import Receiver
from tests.server_toml import SECRET, written

OTHER = "whsec_" + "QkJC" * 8 + "QkI="
URL = "https://centre.example/"


def checked(folder: Path, table: dict[str, Any]) -> tuple[tuple[Receiver, ...], list[Problem]]:
    written(folder)
    problems: list[Problem] = []
    secrets = Secrets(folder, {"NEW": OTHER}, problems)
    return check_receivers({"a": {"url": URL, **table}}, {"p-1"}, secrets, problems), problems


@pytest.mark.parametrize(
    ("table", "count"),
    [
        ({"secret_file": "webhook.secret"}, 1),
        ({"secret_env": "NEW"}, 1),
        ({"secret_file": ["webhook.secret", "webhook.secret"], "secret_env": ["NEW"]}, 3),
    ],
)
def test_secrets_come_from_files_and_variables(
    tmp_path: Path, table: dict[str, Any], count: int
) -> None:
    receivers, problems = checked(tmp_path, table)
    assert problems == []
    assert len(receivers[0].secrets) == count


def test_one_bad_receiver_does_not_hide_another(tmp_path: Path) -> None:
    written(tmp_path)
    problems: list[Problem] = []
    raw = {
        "a": {"url": URL},
        "b": {"url": URL, "secret_file": "webhook.secret"},
        "c": {"url": "ftp://x", "secret_file": "webhook.secret", "places": ["p-2"]},
    }
    made = check_receivers(raw, {"p-1"}, Secrets(tmp_path, {}, problems), problems)
    assert [one.id for one in made] == ["b"]
    assert [(one.table, one.key) for one in problems] == [
        ("receivers.a", "secret_file"),
        ("receivers.c", "places"),
    ]


def test_a_wrong_secret_is_never_quoted(tmp_path: Path) -> None:
    (tmp_path / "odd").write_text("whsec_hush")
    receivers, problems = checked(tmp_path, {"secret_file": ["odd", "nowhere"]})
    assert receivers == ()
    assert [one.key for one in problems] == ["secret_file", "secret_file"]
    assert "hush" not in str(problems)
    assert SECRET not in str(problems)


@pytest.mark.parametrize("raw", [None, [], "x", {"a": 1}])
def test_what_is_no_table_is_left_to_the_reader_of_the_file(tmp_path: Path, raw: object) -> None:
    problems: list[Problem] = []
    assert check_places(raw, problems) == {}
    assert check_receivers(raw, (), Secrets(tmp_path, {}, problems), problems) == ()
    assert problems == []


def test_places_are_read_and_checked() -> None:
    problems: list[Problem] = []
    raw = {"flat-12": {"grid": "31"}, "no place": {}, "half": {"latitude": 3}, "odd": {"x": 1}}
    places = check_places(raw, problems)
    assert places["flat-12"].grid == "31"
    assert {(one.table, one.key) for one in problems} == {
        ("places.no place", ""),
        ("places.half", "longitude"),
        ("places.odd", "x"),
    }
