"""What can be written on the command line, and what happens when no agent runs."""

import argparse
from pathlib import Path

import pytest

from edge_agent.show.baseline_options import add, baseline
from tests.baseline_site import COVER, site


def chosen(folder: Path, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add(parser.add_subparsers())
    return parser.parse_args(["baseline", *words, "-c", str(folder / "agent.toml"), "--lang", "en"])


@pytest.mark.parametrize(
    "words",
    [("take", COVER, "--by", "Li Lei", "--note", "dry"), ("clear", COVER, "--by", "Li Lei")],
)
def test_without_an_agent_nothing_is_done(
    tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    site(tmp_path)
    answer = baseline(chosen(tmp_path, *words))
    assert answer.code == 1
    assert "no agent answers" in answer.complaints[0]
    assert capsys.readouterr().err == "", "nobody is asked to keep anything at rest"


def test_show_needs_no_agent(tmp_path: Path) -> None:
    site(tmp_path)
    answer = baseline(chosen(tmp_path, "show"))
    assert (answer.code, "MISSING" in answer.text) == (1, True)


def test_a_configuration_that_is_wrong_is_named(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text("x = 1")
    assert baseline(chosen(tmp_path, "show")).code == 2


@pytest.mark.parametrize("words", [("take", COVER), ("take", "--by", "Li Lei"), ()])
def test_who_and_what_must_be_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        chosen(tmp_path, *words)
