"""What the computer says of itself, from files of the kernel that may be missing or odd."""

from pathlib import Path

from edge_agent.machine import machine_health


def test_this_machine(tmp_path: Path) -> None:
    said = machine_health(tmp_path)
    assert said.memory is not None
    assert said.memory > 1_000_000
    assert said.disk_free is not None


def test_temperature_in_degrees(tmp_path: Path) -> None:
    zone = tmp_path / "temp"
    zone.write_text("48312\n")
    assert machine_health(tmp_path, thermal=zone).temperature == 48.312


def test_what_can_not_be_read_is_not_known(tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    odd.write_text("nonsense\n")
    said = machine_health(tmp_path / "gone", statm=tmp_path / "gone", thermal=odd)
    assert (said.memory, said.disk_free, said.temperature) == (None, None, None)
