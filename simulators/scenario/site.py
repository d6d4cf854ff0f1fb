"""The gateway that watches the devices of a scenario, as the stage configures it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from simulators.scenario.cast import AnyPort, wire_of
from simulators.scenario.kinds import SPEAKS_LATER, STREAM
from simulators.scenario.model import Carrier, Device, Line, Scenario
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.stage import DeviceSpec, GatewaySpec, Key, LineSpec, NetworkSpec, Setting

GATEWAY: Final = "gw-scenario"
RULES: Final = "rules"
KINDS: Final = {Carrier.TCP: "modbus-tcp", Carrier.RTU_TCP: "modbus-rtu-over-tcp"}


def gateway_of(scenario: Scenario, ports: Mapping[str, AnyPort]) -> GatewaySpec:
    """Return the gateway; the lines have to be plugged in."""
    serial: list[LineSpec] = []
    networks: list[NetworkSpec] = []
    for line in scenario.lines:
        port = ports[line.name]
        if isinstance(port, SerialLine | SerialStream):
            serial.append(_serial(line, port, scenario.devices))
        else:
            networks.append(NetworkSpec(line.name, KINDS[line.carrier], port.port))
    devices = tuple(_device(one) for one in scenario.devices)
    return GatewaySpec(GATEWAY, tuple(serial), devices, tuple(networks))


def heard_first(scenario: Scenario) -> set[str]:
    """Return the devices that can be heard before anything has happened."""
    return {one.name for one in scenario.devices if one.kind not in SPEAKS_LATER}


def _serial(line: Line, port: SerialLine | SerialStream, devices: Iterable[Device]) -> LineSpec:
    kind = next(one.kind for one in devices if one.line == line.name)
    if kind in STREAM:
        return LineSpec(line.name, "uart", Path(port.path))
    wire = wire_of(line, kind)
    # A pty has no parity bit, so whoever opens it must ask for none.
    keys: dict[str, Key] = {"baud": wire.baud, "parity": "N", "stop_bits": wire.stop_bits}
    return LineSpec(line.name, "modbus-rtu", Path(port.path), keys)


def _device(one: Device) -> DeviceSpec:
    keys: dict[str, Setting] = {} if one.unit is None else {"unit": one.unit}
    keys |= {name: _setting(value) for name, value in one.agent.items() if name != RULES}
    rules = tuple(
        {name: _setting(value) for name, value in rule.items()} for rule in one.agent.get(RULES, ())
    )
    return DeviceSpec(one.name, one.profile, one.line, keys, rules)


def _setting(value: Any) -> Setting:
    return tuple(value) if isinstance(value, list) else value
