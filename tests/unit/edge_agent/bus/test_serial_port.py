"""A real pty, opened, shared with nobody, pulled out, opened again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from serial.rs485 import RS485Settings

from edge_agent.bus.port import PortGoneError
from edge_agent.bus.serial_port import (
    DirectionControl,
    PortSettings,
    control,
    open_serial,
)
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
    with pytest.raises(PortGoneError, match="another program has it open; stop that one"):
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
    with pytest.raises(PortGoneError) as gone:
        open_serial(PortSettings(str(missing), SerialFormat()))
    remedy = "it is not there; plug the adapter in, or name another port"
    assert str(gone.value) == f"can not open {missing}: {remedy}"


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


class Board:
    """A driver with an RS-485 mode, or without."""

    def __init__(self, refuses: Exception | None = None) -> None:
        self._refuses = refuses
        self._mode: RS485Settings | None = None

    @property
    def rs485_mode(self) -> RS485Settings | None:
        return self._mode

    @rs485_mode.setter
    def rs485_mode(self, wanted: RS485Settings | None) -> None:
        if self._refuses is not None:
            raise self._refuses
        self._mode = wanted


def test_the_driver_is_told_how_to_switch_the_transceiver() -> None:
    board = Board()
    control(
        board,
        "ttyAMA0",
        DirectionControl(
            rts_on_send=False, rts_after_send=True, delay_before_us=2_000, delay_after_us=1_000
        ),
    )
    assert board.rs485_mode is not None
    assert vars(board.rs485_mode) == {
        "rts_level_for_tx": False,
        "rts_level_for_rx": True,
        "loopback": False,
        "delay_before_tx": 0.002,
        "delay_before_rx": 0.001,
    }


@pytest.mark.parametrize("refusal", [ValueError("not a tty"), OSError(25, "x")])
def test_a_driver_that_can_not_is_refused_with_a_remedy(refusal: Exception) -> None:
    with pytest.raises(PortGoneError, match=r"ttyUSB0: its driver has no RS-485 mode.*leave rs485"):
        control(Board(refusal), "ttyUSB0", DirectionControl())


def test_a_port_that_can_not_switch_is_not_opened_and_not_held(terminal: PseudoTerminal) -> None:
    for _ in range(2):
        with pytest.raises(PortGoneError, match="no RS-485 mode"):
            open_serial(PortSettings(terminal.path, SerialFormat(), direction=DirectionControl()))
    open_serial(settings(terminal)).close()
