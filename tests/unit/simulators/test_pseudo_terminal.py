"""A pty that behaves like a raw serial port."""

import select
from pathlib import Path

import pytest
import serial

from simulators.pseudo_terminal import PseudoTerminal


def read(terminal: PseudoTerminal) -> bytes:
    select.select([terminal.fileno], [], [], 1.0)
    return terminal.read()


def test_bytes_pass_unchanged_both_ways() -> None:
    every = bytes(range(256))
    with PseudoTerminal() as terminal, serial.Serial(terminal.path, timeout=1) as port:
        terminal.write(every)
        assert port.read(256) == every
        port.write(every)
        assert read(terminal) == every
        assert terminal.read() == b""


def test_a_client_may_come_back() -> None:
    with PseudoTerminal() as terminal:
        for number in range(3):
            with serial.Serial(terminal.path, baudrate=9600, stopbits=2, timeout=1) as port:
                terminal.write(bytes((number,)))
                assert port.read(1) == bytes((number,))


def test_closing_is_a_hang_up_for_the_client() -> None:
    terminal = PseudoTerminal()
    with serial.Serial(terminal.path, timeout=1) as port:
        terminal.close()
        with pytest.raises(serial.SerialException):
            port.read(1)


def test_what_nobody_reads_is_lost_and_counted() -> None:
    with PseudoTerminal() as terminal:
        for _ in range(100):
            terminal.write(bytes(1024))
        assert terminal.lost_bytes > 0


def test_link_is_made_replaced_and_removed(tmp_path: Path) -> None:
    link = tmp_path / "bus"
    link.symlink_to("/dev/null-of-yesterday")
    with PseudoTerminal(link) as terminal:
        assert terminal.path == str(link)
        assert str(link.readlink()) == terminal.device
    assert not link.is_symlink()


def test_a_link_that_another_took_over_is_left_alone(tmp_path: Path) -> None:
    link = tmp_path / "bus"
    with PseudoTerminal(link):
        newer = PseudoTerminal(link)
    assert link.is_symlink()
    newer.close()


def test_a_file_in_the_way_is_not_destroyed(tmp_path: Path) -> None:
    link = tmp_path / "bus"
    link.write_text("precious")
    with pytest.raises(FileExistsError):
        PseudoTerminal(link)
    assert link.read_text() == "precious"
