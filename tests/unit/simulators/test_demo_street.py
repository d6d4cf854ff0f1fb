"""The street fits together: lines are reachable, devices have lines and places, units answer."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient, ModbusTcpClient

from simulators.demo_city import GATEWAY
from simulators.demo_street import DRY_M, PLACES, UNDERPASS_GATEWAY, build_street
from simulators.stage import NetworkSpec


def test_every_device_has_a_line_a_unit_of_its_own_and_a_known_place(tmp_path: Path) -> None:
    with ExitStack() as plugged:
        gateways = build_street(tmp_path, plugged).gateways
    assert [gateway.name for gateway in gateways] == [GATEWAY, UNDERPASS_GATEWAY]
    for gateway in gateways:
        devices = gateway.devices
        lines = {line.name for line in gateway.lines} | {one.name for one in gateway.networks}
        assert {one.line for one in devices} == lines
        assert len({(one.line, one.keys.get("unit")) for one in devices}) == len(devices)
    names = [one.name for gateway in gateways for one in gateway.devices]
    assert len(set(names)) == len(names) == 8
    places = {one.keys["place"] for gateway in gateways for one in gateway.devices}
    assert places == {place.name for place in PLACES}


def client(line: NetworkSpec) -> ModbusTcpClient:
    framer = FramerType.RTU if line.kind == "modbus-rtu-over-tcp" else FramerType.SOCKET
    return ModbusTcpClient(line.host, port=line.port, framer=framer, timeout=2)


def test_the_underpass_answers_over_both_networks(tmp_path: Path) -> None:
    with ExitStack() as plugged:
        street = build_street(tmp_path, plugged)
        cabinet, converter = street.gateways[1].networks
        street.water.set_level(0.25)
        asked = client(cabinet)
        assert asked.read_holding_registers(0, count=1, device_id=3).registers == [0x0025]
        assert asked.read_discrete_inputs(0, count=2, device_id=255).bits[:2] == [True, True]
        assert len(asked.read_holding_registers(0x34, count=12, device_id=80).registers) == 12
        asked.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here
        asked = client(converter)
        assert asked.read_holding_registers(3, count=1, device_id=1).registers == [250]
        asked.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here


def test_the_well_answers_on_its_line(tmp_path: Path) -> None:
    with ExitStack() as plugged:
        street = build_street(tmp_path, plugged)
        line = street.gateways[0].lines[-1]
        asked = ModbusSerialClient(str(line.port), baudrate=19_200, timeout=2)
        assert asked.read_holding_registers(5, count=2, device_id=1).registers == [0, 1]
        asked.close()  # type: ignore[no-untyped-call]  # pymodbus has no types here


def test_the_baseline_is_how_the_shut_cover_lies(tmp_path: Path) -> None:
    with ExitStack() as plugged:
        street = build_street(tmp_path, plugged)
    (baseline,) = (
        one.keys["baseline"] for one in street.gateways[1].devices if "baseline" in one.keys
    )
    assert baseline == pytest.approx(street.cover.acceleration(0), abs=0.02)
    assert street.water.smooth_m(0) == DRY_M
    assert not street.pit.state(0)["open"]
