"""Commands of devices: real processes on ptys and TCP ports, read by a real master."""

from pathlib import Path

import pytest
import serial
from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient, ModbusTcpClient

from simulators.__main__ import main
from tests.played_device import order, playing


def test_a_ruler_over_tcp() -> None:
    with playing("bcd-ruler", "--tcp", "0") as (process, path):
        assert order(process, "level 1.23") == {"level": 1.23, "register": 0x0123}
        host, port = path.split(":")
        client = ModbusTcpClient(host, port=int(port))
        assert client.read_holding_registers(0, count=1, device_id=3).registers == [0x0123]
        client.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here


def test_a_manhole_over_rtu_over_tcp() -> None:
    with playing("manhole", "--rtu-tcp", "0", "--baud", "115200") as (process, path):
        assert order(process, "contacts float on")["float"] == 1
        host, port = path.split(":")
        client = ModbusTcpClient(host, port=int(port), framer=FramerType.RTU)
        assert client.read_discrete_inputs(0, count=8, device_id=255).bits[:2] == [True, False]
        assert len(client.read_holding_registers(0x34, count=12, device_id=80).registers) == 12
        client.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here


def test_gas_on_a_serial_port(tmp_path: Path) -> None:
    with playing("xcd", "--link", str(tmp_path / "bus"), "--unit", "7") as (process, path):
        assert order(process, "gas 0.25")["reading"] == 25
        client = ModbusSerialClient(path, baudrate=19_200)
        assert client.read_holding_registers(5, count=2, device_id=7).registers == [1, 1]
        client.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here


def test_a_fire_panel_on_a_serial_port(tmp_path: Path) -> None:
    with playing("gst9000", "--link", str(tmp_path / "printer")) as (process, path):
        with serial.Serial(path, 9600, timeout=10) as port:
            assert order(process, "fire 4 4 on")["burning"] == 1
            page = port.read_until(b"\n\n").decode("gbk")
        assert page.splitlines()[1:] == [
            "  004-004",
            "\x1b9首次火警",
            "裙楼一层上空",
            "感烟探测器",
            "",
        ]


def test_a_second_gauge_of_one_address_over_tcp() -> None:
    with playing("qdy30a", "--tcp", "0") as (process, path):
        order(process, "level 1")
        order(process, "twin collide 1")
        host, port = path.split(":")
        client = ModbusTcpClient(host, port=int(port))
        assert client.read_holding_registers(0, count=7, device_id=1).exception_code == 11
        assert client.read_holding_registers(2, count=2, device_id=1).registers == [0x11, 1]
        client.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here


def test_a_radar_told_by_the_person_it_watches(tmp_path: Path) -> None:
    with playing("mr60fda2", "--link", str(tmp_path / "radar")) as (process, path):
        assert order(process, "person walk")["fall"] == 0
        assert order(process, "fall on")["fall"] == 1
        with serial.Serial(path, 115_200, timeout=10) as port:
            assert port.read_until(bytes.fromhex("0E 02 F3 01 FE")).endswith(b"\xf3\x01\xfe")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sqr2", "--unit", "256"], "--unit 256: must be from 1 to 255"),
        (["xcd", "--baud", "0"], "--baud 0"),
        (["xcd", "--tcp", "65536"], "--tcp: must be from 0 to 65535"),
        (["xcd", "--rtu-tcp", "-1"], "--rtu-tcp"),
        (["wt901c485", "--link", "no/such/folder/tty"], "--link no/such"),
        (["sen0676", "--tcp", "0", "--host", "203.0.113.1"], "203.0.113.1:0"),
    ],
)
def test_usage_errors(arguments: list[str], told: str, caplog: pytest.LogCaptureFixture) -> None:
    assert main(arguments) == 2
    assert told in caplog.text
