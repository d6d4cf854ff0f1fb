"""The options of `device`: an action wants a name, and a bad file is said."""

from pathlib import Path

import pytest

from edge_agent.__main__ import main


def test_an_action_wants_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["device", "do", "smoke-01", "reset"])
    assert left.value.code == 2
    assert "--by" in capsys.readouterr().err


def test_a_bad_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agent.toml").write_text("nonsense = 1")
    assert main(["device", "read", "smoke-01", "-c", str(tmp_path / "agent.toml")]) == 2
    assert "nonsense" in capsys.readouterr().err
