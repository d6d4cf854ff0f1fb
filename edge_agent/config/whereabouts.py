"""Where an agent can be asked whose file was broken: it runs on with what it took before."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from device_profiles.toml_file import TomlFile, UnreadableError, read_toml
from edge_agent.config.places import socket_of
from edge_agent.config.sections import read_sections


def socket_despite_errors(path: Path) -> Path | None:
    """As the file says it, as far as that can be read; None when that is what is wrong."""
    try:
        raw: Mapping[str, Any] | None = read_toml(path).raw
    except UnreadableError as error:
        line = error.problem.line
        raw = None if line is None else _up_to(path, line)
    if raw is None:
        return None
    found = read_sections(raw)
    if found.buffer is None or found.health is None:
        return None
    return socket_of(path, found.buffer, found.health)


def _up_to(path: Path, line: int) -> Mapping[str, Any] | None:
    """What stands before the line that is no TOML."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        return TomlFile(path, "\n".join(text.splitlines()[: line - 1])).raw
    except (ValueError, RecursionError):
        return None
