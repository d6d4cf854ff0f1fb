"""A real Modbus master over a pty: values, faults, and a reply never too early."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial
from pymodbus.client import ModbusSerialClient
from pymodbus.exceptions import ModbusException

from runtime.clock import SystemClock
from simulators.fault import exception, late, silence
from simulators.rtu import seal
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector

READ = bytes.fromhex("01 02 00 00 00 04 79 C9")


@contextmanager
def master(line: SerialLine, timeout: float = 2.0) -> Iterator[ModbusSerialClient]:
    client = ModbusSerialClient(
        line.path, baudrate=line.wire.baud, stopbits=2, timeout=timeout, retries=0
    )
    assert client.connect()
    try:
        yield client
    finally:
        client.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here


def test_a_pymodbus_master_reads_and_resets() -> None:
    detector = SmokeDetector()
    with SerialLine([detector, SmokeDetector(2)]) as line, master(line) as client:
        assert client.read_discrete_inputs(0, count=4, device_id=1).bits[:4] == [1, 0, 0, 0]
        detector.set_smoke(True)
        assert client.read_discrete_inputs(0, count=4, device_id=1).bits[:4] == [1, 0, 1, 1]
        detector.set_smoke(False)
        assert client.write_register(0, 234, device_id=1).registers == [234]
        assert client.read_discrete_inputs(0, count=4, device_id=1).bits[:4] == [1, 0, 0, 0]
        assert client.read_holding_registers(1, count=1, device_id=2).registers == [234]
        assert client.write_register(0, 1, device_id=2).exception_code == 3
        assert line.counts.requests == 6


def test_faults_reach_the_master() -> None:
    detector = SmokeDetector()
    with SerialLine([detector], baud=57600) as line, master(line, timeout=0.5) as client:
        detector.faults.add(exception(4, count=1))
        assert client.read_discrete_inputs(0, count=4).exception_code == 4
        detector.faults.add(silence(count=1))
        with pytest.raises(ModbusException):
            client.read_discrete_inputs(0, count=4)
        assert client.read_discrete_inputs(0, count=4).bits[:4] == [1, 0, 0, 0]


@pytest.mark.parametrize("baud", [9600, 57600])
def test_no_reply_comes_before_the_wire_allows(baud: int) -> None:
    clock = SystemClock()
    with (
        SerialLine([SmokeDetector()], baud=baud) as line,
        serial.Serial(line.path, timeout=2) as port,
    ):
        physical = line.wire.duration_us(8) + line.wire.gap_us + line.wire.duration_us(6)
        for _ in range(10):
            start = clock.mono_us()
            port.write(READ)
            assert port.read(6) == bytes.fromhex("01 02 01 01 60 48")
            assert clock.mono_us() - start >= physical


def test_a_late_reply_still_comes() -> None:
    clock = SystemClock()
    detector = SmokeDetector()
    detector.faults.add(late(0.05, count=1))
    with SerialLine([detector]) as line, serial.Serial(line.path, timeout=2) as port:
        start = clock.mono_us()
        port.write(READ)
        assert port.read(6) == seal(1, b"\x02\x01\x01")
        assert clock.mono_us() - start >= 50_000


def test_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    link = tmp_path / "bus"
    with SerialLine([SmokeDetector()], link=link) as line:
        with serial.Serial(line.path, timeout=2) as port:
            line.unplug()
            with pytest.raises(serial.SerialException):
                port.read(1)
        assert not link.exists()
        with pytest.raises(OSError, match="not plugged in"):
            line.path  # noqa: B018 - the property raises
        line.plug()
        with serial.Serial(line.path, timeout=2) as port:
            port.write(READ)
            assert len(port.read(6)) == 6
    assert not link.is_symlink()


def test_exchanges_are_kept_on_demand() -> None:
    with (
        SerialLine([SmokeDetector()], keep_exchanges=True) as line,
        serial.Serial(line.path, timeout=2) as port,
    ):
        port.write(READ)
        port.read(6)
        assert line.exchanges[0].request == READ[1:-2]
        assert line.exchanges[0].reply == seal(1, b"\x02\x01\x01")
