"""A TOML file as read, and its problems with file and line: for profiles and configurations."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from device_profiles.toml_words import remedy_for
from device_profiles.typed_toml import Problem
from runtime.toml_lines import TomlLines, line_told


class FileProblem(msgspec.Struct, frozen=True):
    """One error, the file it stands in, and its line where that is known."""

    file: str
    problem: Problem
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.problem}"

    def plain(self) -> dict[str, str | int | None]:
        """For scripts."""
        return {
            "file": self.file,
            "line": self.line,
            "table": self.problem.table,
            "key": self.problem.key,
            "message": self.problem.message,
        }


class UnreadableError(Exception):
    """There is no such file, or it is not TOML; `problem` says which and where."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class TomlFile:
    """`raw` is what tomllib makes of the file."""

    def __init__(self, path: Path, text: str) -> None:
        """Raise ValueError, such as tomllib.TOMLDecodeError, or RecursionError."""
        self.path = path
        self.raw: dict[str, Any] = tomllib.loads(text)
        self._text = text
        self._lines: TomlLines | None = None

    def placed(self, problems: Iterable[Problem]) -> list[FileProblem]:
        """Each with its line; of what is missing, the line of the table that lacks it."""
        return [FileProblem(str(self.path), one, self._line_of(one)) for one in problems]

    def _line_of(self, problem: Problem) -> int | None:
        if self._lines is None:  # most files have no problem
            self._lines = TomlLines(self._text)
        return self._lines.line_of(problem.place)


def read_toml(path: Path, remedy: str = "") -> TomlFile:
    """Raise UnreadableError; `remedy` says what to do about a file that is not there."""
    try:
        return TomlFile(path, path.read_text(encoding="utf-8-sig"))  # Notepad begins with a mark
    except OSError as error:
        message = f"can not be read: {error.strerror}"
        text, line = f"{message}; {remedy}" if remedy else message, None
    except UnicodeDecodeError as error:
        text = f"is not TOML: byte {error.start} is not UTF-8 ({error.reason}); save it as UTF-8"
        line = error.object[: error.start].count(b"\n") + 1
    except RecursionError:
        text, line = "is not TOML: brackets within brackets, too many", None
    except ValueError as error:  # TOMLDecodeError is one; so is a number of thousands of digits
        told, known = remedy_for(str(error)), f"is not TOML: {error}"
        text, line = f"{known}; {told}" if told else known, line_told(error)
    raise UnreadableError(FileProblem(str(path), Problem("", "", text), line))
