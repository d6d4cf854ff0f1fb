from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from simulators.plugged_port import PluggedPort
from tests.patience import PATIENCE_S


class Echo:
    """Says again what it hears, and notes what was lost."""

    def __init__(self) -> None:
        self.heard = b""
        self.lost = 0

    def received(self, data: bytes, _now: int) -> None:
        self.heard += data

    def due(self, _now: int) -> bytes:
        said, self.heard = self.heard, b""
        return said

    def wake_us(self, _now: int) -> int | None:
        return None

    def lose(self, _now: int) -> None:
        self.lost += 1


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def port(echo: Echo, tmp_path: Path) -> Iterator[PluggedPort]:
    made = PluggedPort(echo, echo.lose, link=tmp_path / "tty")
    yield made
    made.unplug()


def says_again(port: PluggedPort) -> None:
    with serial.Serial(port.path, timeout=PATIENCE_S) as client:
        client.write(b"hello")
        assert client.read(5) == b"hello"


def test_it_carries_bytes_only_while_it_is_plugged_in(port: PluggedPort, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not plugged in"):
        _ = port.path
    with port:
        assert port.path == str(tmp_path / "tty")
        says_again(port)
    assert not (tmp_path / "tty").is_symlink()
    with pytest.raises(OSError, match="not plugged in"):
        _ = port.path


def test_plugged_in_again_it_goes_on_without_what_was_under_way(
    port: PluggedPort, echo: Echo
) -> None:
    port.plug()
    port.plug()
    assert echo.lost == 0
    port.unplug()
    port.unplug()
    port.plug()
    assert echo.lost == 1
    says_again(port)
