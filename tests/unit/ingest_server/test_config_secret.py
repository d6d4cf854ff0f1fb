"""A secret is read from where it is named; what is wrong is told without the secret."""

from pathlib import Path

import pytest

from device_profiles.typed_toml import Problem
from ingest_server.config_secret import Secrets


@pytest.fixture
def problems() -> list[Problem]:
    return []


def test_files_and_variables_are_stripped(tmp_path: Path, problems: list[Problem]) -> None:
    (tmp_path / "a").write_text("  one \n")
    secrets = Secrets(tmp_path, {"TWO": " two "}, problems)
    assert secrets.from_files(["a", str(tmp_path / "a")], "t", "k") == ["one", "one"]
    assert secrets.from_environment(["TWO"], "t", "k") == ["two"]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "told"), [(None, "make it"), (b"", "is empty"), (b"\xff\xfe", "is not text")]
)
def test_a_file_of_no_use_is_told(
    tmp_path: Path, problems: list[Problem], content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "a").write_bytes(content)
    assert Secrets(tmp_path, {}, problems).from_files(["a"], "mqtt", "password_file") == []
    (problem,) = problems
    assert (problem.table, problem.key) == ("mqtt", "password_file")
    assert told in problem.message


def test_a_variable_that_is_not_set_is_told(tmp_path: Path, problems: list[Problem]) -> None:
    assert Secrets(tmp_path, {"A": " "}, problems).from_environment(["A", "B"], "t", "k") == []
    assert [one.message.split(";")[0] for one in problems] == [
        "the environment has no A",
        "the environment has no B",
    ]
