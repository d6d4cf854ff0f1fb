"""Devices hang on their lines, feel one world, and are plugged in as one."""

import socket
from pathlib import Path

import pytest

from runtime.clock import SystemClock
from simulators.fault_orders import Transport
from simulators.modbus_tcp import ModbusTcp, RtuOverTcp
from simulators.pace import Pace
from simulators.scenario.cast import TRANSPORTS, Cast, wire_of
from simulators.scenario.model import Carrier, Line
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.wire_time import WireFormat
from tests.patience import PATIENCE_S
from tests.unit.simulators.scenario.storm import storm


def made(carrier: str, links: Path | None, speed: float = 1.0) -> Cast:
    scenario = storm(carrier=f'carrier = "{carrier}"')
    return Cast(scenario, Pace(speed), SystemClock(), links)


@pytest.mark.parametrize(
    ("carrier", "kind"), [("pty", SerialLine), ("tcp", ModbusTcp), ("rtu-tcp", RtuOverTcp)]
)
def test_every_carrier(tmp_path: Path, carrier: str, kind: type[object]) -> None:
    with made(carrier, tmp_path / "ports") as cast:
        assert isinstance(cast.ports["pole"], kind)
        assert isinstance(cast.ports["panel"], SerialStream)
        assert list(cast.actors) == ["ruler", "gauge", "panel"]
        assert cast.actors["panel"].path == str(tmp_path / "ports" / "panel")
        assert cast.actors["ruler"].path == cast.actors["gauge"].path != ""
    assert cast.actors["ruler"].path == "" or carrier != "pty"


def test_one_place_is_one_world() -> None:
    cast = made("tcp", None)
    cast.actors["gauge"].console.obey("level 0.4")
    assert cast.actors["ruler"].state()["level"] == 0.4


def test_a_unit_answers_on_the_line() -> None:
    with made("tcp", None) as cast:
        port = cast.ports["pole"]
        assert isinstance(port, ModbusTcp)
        cast.actors["ruler"].console.obey("level 0.12")
        with socket.create_connection((port.host, port.port), timeout=PATIENCE_S) as master:
            master.sendall(bytes.fromhex("00 01 00 00 00 06 03 03 00 00 00 01"))
            assert master.recv(64) == bytes.fromhex("00 01 00 00 00 05 03 03 02 00 12")


def test_unplugging_one_device_takes_its_line() -> None:
    with made("pty", None) as cast:
        cast.actors["gauge"].console.obey("unplug")
        assert cast.actors["ruler"].path == ""
        cast.actors["ruler"].console.obey("plug")
        assert cast.actors["gauge"].path != ""


def test_a_port_that_can_not_be_had_leaves_none_open(tmp_path: Path) -> None:
    (tmp_path / "panel").write_text("a file")
    cast = made("pty", tmp_path)
    with pytest.raises(FileExistsError), cast:
        pass
    assert cast.actors["ruler"].path == ""


def test_a_line_has_its_own_speed_or_that_of_its_device() -> None:
    assert wire_of(Line("x"), "xcd") == WireFormat(19_200, "E", 1)
    assert wire_of(Line("x", baud=2400, parity="N"), "xcd") == WireFormat(2400, "N", 1)
    assert wire_of(Line("x"), "ld2410").baud == 256_000
    assert set(TRANSPORTS) == set(Carrier)
    assert set(TRANSPORTS.values()) == set(Transport)
