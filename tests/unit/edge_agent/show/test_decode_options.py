"""The options of `decode` reach it."""

import json

import pytest

from edge_agent.__main__ import main


def test_a_frame_in_pieces_and_a_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "calectro_ug3", "01", "02 01 0D", "604D", "--lang", "zh"]) == 0
    assert "烟雾报警" in capsys.readouterr().out
    assert main(["decode", "calectro_ug3", "01 02 01 0D 60 4D", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
