"""The sub-commands of a person at the gateway: what is asked, and the exit codes."""

from pathlib import Path

import pytest

from edge_agent.__main__ import main

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\nbuffer.path = "b.db"\n'


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "agent.toml").write_text(HEAD)
    return str(tmp_path / "agent.toml")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["config", "show"], 0),
        (["config", "show", "--json"], 0),
        (["config", "accept"], 1),
        (["config", "reject", "--lang", "zh"], 1),
        (["clock", "show"], 1),
        (["clock", "set", "soon"], 2),
    ],
)
def test_codes(file: str, words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "-c", file]) == code
    said = capsys.readouterr()
    assert said.out or said.err


@pytest.mark.parametrize("words", [["config", "show"], ["clock", "show"]])
def test_a_bad_file(tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agent.toml").write_text("nonsense = 1")
    assert main([*words, "-c", str(tmp_path / "agent.toml")]) == 2
    assert "nonsense" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["config"], ["clock"], ["clock", "set"], ["config", "forget"]])
def test_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err
