"""Real Modbus masters read all five new devices: over TCP, RTU over TCP, and serial lines."""

import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.client.base import ModbusBaseSyncClient
from pymodbus.exceptions import ModbusException

from runtime.clock import SystemClock
from simulators.cover_motion import CoverMotion
from simulators.fault import (
    Fault,
    connection_reset,
    exception,
    half_frame,
    late,
    silence,
    wrong_transaction,
    wrong_unit,
)
from simulators.gas_cloud import GasCloud
from simulators.gas_model import XRL
from simulators.gas_monitor import XCD_FORMAT, GasMonitor
from simulators.manhole_cover import PitContacts, TiltSensor
from simulators.modbus_fault import twin
from simulators.modbus_tcp import ModbusTcp, RtuOverTcp
from simulators.register_unit import cut_power
from simulators.serial_line import SerialLine
from simulators.slave_line import SlaveUnit
from simulators.submersible_gauge import SubmersibleGauge
from simulators.water_gauge import RADAR_FORMAT, WaterRadar, WaterRuler
from simulators.water_level import WaterLevel
from simulators.wire_time import WireFormat

FAST = WireFormat(115_200, "N", 1)


@contextmanager
def connected(client: ModbusBaseSyncClient) -> Iterator[ModbusBaseSyncClient]:
    assert client.connect()
    try:
        yield client
    finally:
        client.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here


def over(port: ModbusTcp | RtuOverTcp, timeout: float = 2.0) -> ModbusTcpClient:
    framer = FramerType.RTU if isinstance(port, RtuOverTcp) else FramerType.SOCKET
    return ModbusTcpClient(port.host, port=port.port, framer=framer, timeout=timeout, retries=0)


def over_serial(line: SerialLine) -> ModbusSerialClient:
    return ModbusSerialClient(line.path, baudrate=line.wire.baud, timeout=2, retries=0)


def street() -> list[SlaveUnit]:
    cover = CoverMotion(roll=2.5, pitch=-12, rest_g=0)
    return [
        GasMonitor(GasCloud(0.25), 1),
        WaterRuler(WaterLevel(1.23)),
        WaterRadar(WaterLevel(0.35), 4, height_m=2.5, installed_cm=250),
        TiltSensor(cover),
        PitContacts(cover),
    ]


def check_street(client: ModbusBaseSyncClient) -> None:
    assert client.read_holding_registers(0, count=1, device_id=3).registers == [0x0123]
    assert client.read_holding_registers(3, count=1, device_id=4).registers == [350]
    angles = client.read_holding_registers(0x3D, count=3, device_id=0x50).registers
    assert angles == [0x01C7, 0xF777, 0]
    assert client.read_discrete_inputs(0, count=8, device_id=255).bits[:2] == [True, True]
    gas = client.read_holding_registers(2, count=2, device_id=1).registers
    assert struct.unpack(">f", struct.pack(">HH", *gas)) == (25.0,)
    assert client.read_input_registers(13, count=2, device_id=1).registers == [0, 1]


def test_all_over_tcp() -> None:
    with ModbusTcp(street(), keep_exchanges=True) as port, connected(over(port)) as client:
        check_street(client)
        assert port.counts.requests == len(port.exchanges) == 6
        assert client.read_holding_registers(0, count=1, device_id=99).exception_code == 11


def test_all_over_rtu_over_tcp() -> None:
    with (
        RtuOverTcp(street(), FAST, keep_exchanges=True) as port,
        connected(over(port)) as client,
    ):
        check_street(client)
        assert port.counts.requests == len(port.exchanges) == 6


@pytest.mark.parametrize("wire", [XCD_FORMAT, RADAR_FORMAT])
def test_all_over_serial_lines_at_their_speeds(wire: WireFormat) -> None:
    line = SerialLine(street(), baud=wire.baud, parity=wire.parity, stop_bits=wire.stop_bits)
    with line, connected(over_serial(line)) as client:
        check_street(client)


def test_a_new_address_counts_from_the_next_request() -> None:
    radar = WaterRadar(WaterLevel())
    with SerialLine([radar], baud=115_200) as line, connected(over_serial(line)) as client:
        assert client.write_register(0x03F4, 9, device_id=1).registers == [9]
        assert client.read_holding_registers(0x03F4, count=1, device_id=9).registers == [9]


@pytest.mark.parametrize("tcp", [True, False])
@pytest.mark.parametrize(
    "fault", [silence(1), half_frame(1), connection_reset(1), late(0.3, 1)], ids=str
)
def test_faults_that_cost_the_reply(fault: Fault, *, tcp: bool) -> None:
    device = GasMonitor()
    port = ModbusTcp([device]) if tcp else RtuOverTcp([device], FAST)
    with port, connected(over(port, 0.2)) as client:
        device.faults.add(fault)
        with pytest.raises((ModbusException, ConnectionResetError)):
            client.read_holding_registers(6, count=1, device_id=1)
    with port, connected(over(port)) as client:
        assert client.read_holding_registers(6, count=1, device_id=1).registers == [1]


@pytest.mark.parametrize("fault", [wrong_transaction(1), wrong_unit(9, 1)], ids=str)
def test_a_reply_that_names_another(fault: Fault) -> None:
    device = GasMonitor()
    with ModbusTcp([device]) as port, connected(over(port, 0.2)) as client:
        device.faults.add(fault)
        with pytest.raises(ModbusException):
            client.read_holding_registers(6, count=1, device_id=1)


def test_a_refusal() -> None:
    device = GasMonitor()
    device.faults.add(exception(4, 1))
    with ModbusTcp([device]) as port, connected(over(port)) as client:
        assert client.read_holding_registers(6, count=1, device_id=1).exception_code == 4


def gauges() -> list[SlaveUnit]:
    return [SubmersibleGauge(WaterLevel(1.234)), GasMonitor(GasCloud(0.25), 2, model=XRL)]


def check_gauges(client: ModbusBaseSyncClient) -> None:
    block = client.read_holding_registers(0, count=7, device_id=1).registers
    assert block == [1, 3, 0x11, 1, 1234, 0, 5000]
    gas = client.read_holding_registers(102, count=2, device_id=2).registers
    assert struct.unpack(">f", struct.pack(">HH", *gas)) == (25.0,)


def test_gauge_and_transmitter_with_a_heartbeat_on_every_transport() -> None:
    with ModbusTcp(gauges()) as port, connected(over(port)) as client:
        check_gauges(client)
    with RtuOverTcp(gauges(), FAST) as converter, connected(over(converter)) as client:
        check_gauges(client)
    with SerialLine(gauges(), stop_bits=1) as line, connected(over_serial(line)) as client:
        check_gauges(client)


@pytest.mark.parametrize("way", ["tcp", "rtu-tcp", "serial"])
def test_two_units_of_one_address(way: str) -> None:
    """What collides is no reply, nor is the silence of a unit that boots."""
    gauge, other = SubmersibleGauge(WaterLevel(1.0)), SubmersibleGauge(WaterLevel(2.0))
    with ExitStack() as stack:
        if way == "serial":
            line = stack.enter_context(SerialLine([gauge], baud=115_200))
            client: ModbusBaseSyncClient = ModbusSerialClient(
                line.path, baudrate=115_200, timeout=0.2, retries=0
            )
        else:
            made: ModbusTcp | RtuOverTcp = RtuOverTcp([gauge], FAST)
            if way == "tcp":
                made = ModbusTcp([gauge], absent_us=0)
            stack.enter_context(made)
            client = over(made, 0.2)
        stack.enter_context(connected(client))
        gauge.faults.add(twin(other.answer, 0.0, 1))
        try:
            assert client.read_holding_registers(4, count=1, device_id=1).exception_code == 11
        except ModbusException:
            assert way != "tcp"
        assert client.connect()
        assert client.read_holding_registers(4, count=1, device_id=1).registers == [1000]


@pytest.mark.parametrize("tcp", [True, False])
def test_a_unit_that_boots_is_silent_then_settles(*, tcp: bool) -> None:
    gauge = SubmersibleGauge(WaterLevel(1.0))
    port = ModbusTcp([gauge]) if tcp else RtuOverTcp([gauge], FAST)
    with port, connected(over(port, 0.2)) as client:
        cut_power(gauge, SystemClock().mono_us(), 60)
        with pytest.raises(ModbusException):
            client.read_holding_registers(4, count=1, device_id=1)
        gauge.faults.clear()
        assert client.connect()
        assert client.read_holding_registers(4, count=1, device_id=1).registers == [0]
