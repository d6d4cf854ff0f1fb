"""A real pty, opened, shared with nobody, pulled out, opened again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.bus.port import PortGoneError
from edge_agent.bus.serial_port import PortSettings, open_serial
from edge_agent.bus.wake import Wake
from edge_agent.bus.wire_time import Parity, SerialFormat
from simulators.pseudo_terminal import PseudoTerminal

WAIT_US = 1_000_000


@pytest.fixture
def terminal() -> Iterator[PseudoTerminal]:
    with PseudoTerminal() as pair:
        yield pair


def settings(terminal: PseudoTerminal, shape: SerialFormat | None = None) -> PortSettings:
    return PortSettings(terminal.path, shape or SerialFormat())


def test_bytes_go_both_ways(terminal: PseudoTerminal) -> None:
    port = open_serial(settings(terminal))
    port.send(b"\x00\x11\x13\xff", WAIT_US)
    assert terminal.read() == b"\x00\x11\x13\xff"
    terminal.write(b"\x03\x0a\x0d")
    assert port.receive(WAIT_US) == b"\x03\x0a\x0d"
    assert port.receive(0) == b""
    port.close()


def test_nobody_else_may_open_it(terminal: PseudoTerminal) -> None:
    port = open_serial(settings(terminal))
    with pytest.raises(PortGoneError, match="lock"):
        open_serial(settings(terminal))
    port.close()
    open_serial(settings(terminal)).close()


def test_a_port_that_is_pulled_out_is_gone() -> None:
    terminal = PseudoTerminal()
    port = open_serial(settings(terminal))
    terminal.close()
    with pytest.raises(PortGoneError):
        port.receive(WAIT_US)
    with pytest.raises(PortGoneError):
        port.send(b"x", WAIT_US)
    port.close()


@pytest.mark.parametrize(
    "even",
    [SerialFormat(19_200, Parity.EVEN), SerialFormat(9_600, data_bits=7)],
)
def test_what_a_pty_can_not_be_is_gone_by_name_or_overridden(
    terminal: PseudoTerminal, even: SerialFormat
) -> None:
    overridden = PortSettings(terminal.path, even, SerialFormat(even.baud))
    for _ in range(3):
        open_serial(overridden).close()
    with pytest.raises(PortGoneError, match="can not open"):  # noqa: PT012 - which opening fails depends on the kernel
        for _ in range(3):
            open_serial(settings(terminal, even)).close()


def test_odd_speeds_can_be_set(terminal: PseudoTerminal) -> None:
    for baud in (1_200, 256_000, 1_382_400):
        open_serial(settings(terminal, SerialFormat(baud))).close()


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "ttyUSB9"
    with pytest.raises(PortGoneError, match="ttyUSB9"):
        open_serial(PortSettings(str(missing), SerialFormat()))


def test_a_file_that_is_no_port_is_refused(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    with pytest.raises(PortGoneError, match="plain"):
        open_serial(PortSettings(str(plain), SerialFormat()))


def test_waiting_ends_when_woken(terminal: PseudoTerminal) -> None:
    port, wake = open_serial(settings(terminal)), Wake()
    wake.set()
    assert port.receive(60_000_000, wake.fileno()) == b""
    wake.clear()
    wake.clear()
    wake.close()
    port.close()


def test_a_port_that_takes_no_bytes_is_gone(terminal: PseudoTerminal) -> None:
    port = open_serial(settings(terminal))
    with pytest.raises(PortGoneError, match="took no bytes"):
        port.send(bytes(1_000_000), 1_000)
    port.close()


def test_a_speed_that_the_adapter_refuses_is_a_port_that_is_gone(terminal: PseudoTerminal) -> None:
    with pytest.raises(PortGoneError, match="can not open"):
        open_serial(PortSettings(terminal.path, SerialFormat(2**40)))
