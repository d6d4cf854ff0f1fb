"""Help keeps its lines and is as wide as is said, without shutil."""

import subprocess
import sys

import pytest

from runtime.command_line import CommandLine

_PLAY = """
import sys
from runtime.command_line import CommandLine
CommandLine(prog="x").add_subparsers().add_parser("run").add_argument("-c", help="f")
print("shutil" in sys.modules)
"""


def made() -> CommandLine:
    parser = CommandLine(prog="agent", description="one\n  two", epilog="three\n  four")
    commands = parser.add_subparsers()
    commands.add_parser("run", help="many words that are too many for a narrow terminal, said here")
    return parser


def test_lines_are_kept_and_the_width_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    said = made().format_help()
    assert "one\n  two\n" in said
    assert "three\n  four\n" in said
    assert max(map(len, said.splitlines())) <= 60


@pytest.mark.parametrize("said", ["", "0", "wide", "²"])
def test_without_a_sound_width_or_a_terminal_it_is_80(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", said)
    assert 60 < max(map(len, made().format_help().splitlines())) <= 80


def test_options_need_no_shutil() -> None:
    ran = subprocess.run([sys.executable, "-c", _PLAY], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
