"""Where lines are: as the file names it, and with all links resolved."""

from pathlib import Path

from edge_agent.config.places import beside, named_places, real_places
from edge_agent.config.tables import LineKind, LineTable

LINES = {
    "shed": LineTable(kind=LineKind.MODBUS_RTU, port="ttyShed"),
    "room": LineTable(kind=LineKind.UART, port="/dev/ttyS1"),
    "hall": LineTable(kind=LineKind.MODBUS_TCP, host="PLC-7"),
    "lost": LineTable(kind=LineKind.UART),
}


def test_a_relative_path_is_beside_the_file_and_a_host_has_its_number(tmp_path: Path) -> None:
    (tmp_path / "ttyReal").touch()
    (tmp_path / "ttyShed").symlink_to("ttyReal")
    file = tmp_path / "agent.toml"
    assert beside(file, "/dev/ttyS1") == Path("/dev/ttyS1")
    named = named_places(file, LINES)
    assert named == {"shed": f"{tmp_path}/ttyShed", "room": "/dev/ttyS1", "hall": "plc-7:502"}
    assert real_places(file, LINES) == named | {"shed": str((tmp_path / "ttyReal").resolve())}
