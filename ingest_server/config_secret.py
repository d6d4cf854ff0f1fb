"""Secrets of server.toml: from a file or the environment, never from the configuration itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from device_profiles.typed_toml import Problem

_LONGEST = 4_096


class Secrets:
    """Reads them; what is wrong goes to `problems`, which never quote a secret."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], problems: list[Problem]
    ) -> None:
        self._folder = folder
        self._environment = environment
        self.problems = problems

    def from_files(self, names: Sequence[str], table: str, key: str) -> list[str]:
        """What stands in each file that can be read, stripped."""
        found = (self._file(name, table, key) for name in names)
        return [text for text in found if text is not None]

    def from_environment(self, names: Sequence[str], table: str, key: str) -> list[str]:
        found = (self._variable(name, table, key) for name in names)
        return [text for text in found if text is not None]

    def _file(self, name: str, table: str, key: str) -> str | None:
        path = self._folder / name
        try:
            with path.open(encoding="utf-8") as file:
                text = file.read(_LONGEST).strip()
        except OSError as error:
            self._report(table, key, f"{path} can not be read: {error.strerror}; make it, mode 600")
        except UnicodeDecodeError:
            self._report(table, key, f"{path} is not text; put the secret alone into it")
        else:
            if text:
                return text
            self._report(table, key, f"{path} is empty; put the secret alone into it")
        return None

    def _variable(self, name: str, table: str, key: str) -> str | None:
        text = self._environment.get(name, "").strip()
        if not text:
            self._report(table, key, f"the environment has no {name}; set it before the start")
            return None
        return text

    def _report(self, table: str, key: str, message: str) -> None:
        self.problems.append(Problem(table, key, message))
