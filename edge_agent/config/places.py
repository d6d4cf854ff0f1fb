"""Where what agent.toml names is: paths beside the file, hosts with their port numbers."""

import os
from collections.abc import Mapping
from pathlib import Path

from edge_agent.config.check_lines import MODBUS_PORT
from edge_agent.config.tables import BufferTable, HealthTable, LineTable


def beside(path: Path, name: str) -> Path:
    """A path in agent.toml is relative to the file's own folder."""
    return path.parent / name


def address(line: LineTable) -> str:
    """Of a network line."""
    return f"{(line.host or '').lower()}:{line.port or MODBUS_PORT}"


def named_places(path: Path, lines: Mapping[str, LineTable]) -> dict[str, str]:
    """By line, the port or address as it is named; a line that names none has its own problem."""
    places = {}
    for name, line in lines.items():
        if line.kind.is_network:
            places[name] = address(line)
        elif isinstance(line.port, str):
            places[name] = str(beside(path, line.port))
    return places


def real_places(path: Path, lines: Mapping[str, LineTable]) -> dict[str, str]:
    """The same with all links resolved: two names of one port are one."""
    return {
        name: place if lines[name].kind.is_network else os.path.realpath(place)
        for name, place in named_places(path, lines).items()
    }


def socket_of(path: Path, buffer: BufferTable, health: HealthTable) -> Path:
    """What `edge-agent status` asks."""
    if health.socket is not None:
        return beside(path, health.socket)
    return beside(path, buffer.path).parent / "agent.sock"
