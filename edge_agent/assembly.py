"""From the configuration to devices, lanes of points, and the birth that names them all."""

import math
import os
from collections.abc import Collection, Mapping

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from alarm_rules.rule import hazard_points
from alarm_rules.set_point import set_points, stated_points, voting_points, widest_deadbands
from device_profiles.model import Profile
from device_profiles.transport import Modbus, Serial
from edge_agent import gateway_readings, link_readings
from edge_agent.buffer.lanes import PointPlan
from edge_agent.bus.framing import RtuFraming
from edge_agent.bus.line import LineSettings
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.place import Place, open_place
from edge_agent.bus.port import Port
from edge_agent.bus.serial_port import DirectionControl, PortSettings
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.bus.wire_time import NoWire, Parity, SerialFormat
from edge_agent.config.model import Config, DeviceConfig, LineConfig
from edge_agent.config.tables import LineKind, ReportMode
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.driver.request_cost import THINKING_US, RequestCost
from edge_agent.driver.stream import StreamDriver
from edge_agent.poll.device import ListenedDevice, PolledDevice
from edge_agent.poll.report_filter import PointPolicy, ReportPolicy
from wire.identity import Anchor, Birth, Device, Line, SiteRules, Software
from wire.reading import ITS_ACTION, ITSELF
from wire.topic import Lane

_PSEUDO_TERMINALS = "/dev/pts/"
_OURS = {
    **{point: PointPlan(Lane.BULK, unit) for point, unit in gateway_readings.UNITS.items()},
    ITS_ACTION: PointPlan(Lane.URGENT, None),
}
_OF_LINK = {point: PointPlan(Lane.BULK, unit) for point, unit in link_readings.UNITS.items()}


def serial_format(serial: Serial) -> SerialFormat:
    return SerialFormat(
        serial.baud, Parity(serial.parity.value), serial.stop_bits, serial.data_bits
    )


def port_settings(line: LineConfig) -> PortSettings:
    table = line.rs485
    direction = None
    if table is not None:
        direction = DirectionControl(
            rts_on_send=table.rts_on_send,
            rts_after_send=table.rts_after_send,
            delay_before_us=table.delay_before_send,
            delay_after_us=table.delay_after_send,
            hear_ourselves=table.hear_ourselves,
        )
    return PortSettings(line.port, serial_format(line.serial), direction=direction)


def line_settings(line: LineConfig) -> LineSettings:
    """Of a Modbus line: where it is, whose time its replies keep, and how its frames look."""
    is_tcp = line.kind is LineKind.MODBUS_TCP
    return LineSettings(
        line.name,
        _place(line),
        settle_us=line.settle_us,
        framing=MbapFraming() if is_tcp else RtuFraming(),
        local_echo=line.local_echo,
    )


def _place(line: LineConfig) -> Place:
    network = line.network
    if network is None:
        return port_settings(line)
    is_tcp = line.kind is LineKind.MODBUS_TCP
    wire = NoWire() if is_tcp else serial_format(line.serial)
    return TcpSettings(network.host, network.port, wire, network.connect_us)


def open_port(place: Place) -> Port:
    """Open the port; a pseudo-terminal (a simulated device) as 8N, for it can have nothing else.

    Raise PortGoneError.
    """
    if not isinstance(place, PortSettings):
        return open_place(place)
    if os.path.realpath(place.path).startswith(_PSEUDO_TERMINALS):
        place = replace(place, opened=replace(place.format, parity=Parity.NONE, data_bits=8))
    return open_place(place)


def character_us(line: LineConfig) -> float | None:
    """How long a character is on the wire; None of Modbus TCP, where there may be no wire."""
    if line.kind is LineKind.MODBUS_TCP:
        return None
    shape = serial_format(line.serial)
    return shape.bits * 1_000_000 / shape.baud


def request_cost(line: LineConfig, transport: Modbus) -> RequestCost:
    """What a read of such a device costs the line, as long as nothing was measured."""
    character = character_us(line)
    if character is None:
        return RequestCost()
    silence_us = max(serial_format(line.serial).gap_us, transport.turnaround)
    return RequestCost(character, silence_us + THINKING_US)


def polled(device: DeviceConfig, line: LineConfig) -> PolledDevice:
    """A device of a Modbus line, with its driver; raise TypeError for another transport."""
    transport = device.profile.transport
    cost = request_cost(line, transport) if isinstance(transport, Modbus) else None
    driver = ModbusDriver(
        device.profile,
        device.unit,
        device.period_us,
        device.baseline,
        hazards=hazard_points(device.rules.rules),
        cost=cost,
    )
    least_timeout_us = 0 if line.network is None else line.network.timeout_us
    return PolledDevice(
        name=device.id,
        unit=device.unit,
        driver=driver,
        period_us=driver.period_us,
        timeout_us=max(driver.timeout_us, least_timeout_us),
        late_max_us=driver.late_max_us,
        turnaround_us=driver.turnaround_us,
        probe=driver.probe,
        report=report_policy(device),
        is_test=device.is_test,
    )


def listened(device: DeviceConfig, serial: Serial | None = None) -> ListenedDevice:
    """A device that owns a stream, with its driver; raise TypeError for another transport.

    `serial`: how its port is set, if not as the device ships.
    """
    return ListenedDevice(
        name=device.id,
        driver=StreamDriver(device.profile, serial),
        report=report_policy(device),
        is_test=device.is_test,
    )


def report_policy(device: DeviceConfig) -> ReportPolicy:
    """What the profile says of each point, bounded by what the rules in force need (P3)."""
    rules = device.rules.rules
    set_at, votes, widest = set_points(rules), voting_points(rules), widest_deadbands(rules)
    at_once = hazard_points(rules) | stated_points(rules)
    points = {
        point.id: PointPolicy(
            max_interval_us=point.report.max_interval,
            min_interval_us=0 if point.id in at_once else point.report.min_interval,
            deadband=min(point.report.deadband, widest.get(point.id, math.inf)),
            relative=0.0 if point.id in widest else point.report.relative,
            set_points=set_at.get(point.id, ()),
            always=point.id in votes,
        )
        for point in device.profile.points
    }
    return ReportPolicy(points, always=device.report is ReportMode.ALWAYS)


def point_plans(config: Config) -> dict[str, Mapping[str, PointPlan]]:
    """By device and point, which lane it belongs to: urgent if a hazard rule in force needs it."""
    same: dict[tuple[int, frozenset[str]], Mapping[str, PointPlan]] = {}
    found: dict[str, Mapping[str, PointPlan]] = {}
    for device in config.devices:
        hazards = frozenset(hazard_points(device.rules.rules))
        kind = (id(device.profile), hazards)
        found[device.id] = same.get(kind) or same.setdefault(kind, _plans(device.profile, hazards))
    return {**found, ITSELF: _OURS}


def _plans(profile: Profile, hazards: Collection[str]) -> Mapping[str, PointPlan]:
    said = {
        one.id: PointPlan(Lane.URGENT if one.id in hazards else Lane.BULK, one.unit)
        for one in profile.points
    }
    return {**said, **_OF_LINK}


def birth(
    config: Config, software: Software, run: tuple[str, int], anchors: tuple[Anchor, ...]
) -> Birth:
    """What the gateway says of itself; `run`: id of this boot and number of the connection."""
    boot, connection = run
    return Birth(
        gateway=config.gateway,
        software=software,
        boot=boot,
        connection=connection,
        config_hash=config.hash,
        lines=tuple(Line(line.name, line.kind.value) for line in config.lines),
        devices=tuple(map(_born, config.devices)),
        anchors=anchors,
    )


def _born(device: DeviceConfig) -> Device:
    return Device(
        device=device.id,
        profile=device.profile.id,
        profile_hash=device.profile_hash,
        line=device.line,
        rules_hash=device.rules.hash,
        place=device.place,
        name=device.name,
        site=_site(device),
    )


def _site(device: DeviceConfig) -> SiteRules | UnsetType:
    """What the server needs to make the same rules; nothing when they are the profile's."""
    if device.site_class is None and not device.overrides:
        return UNSET
    return SiteRules(device.site_class, tuple(map(msgspec.to_builtins, device.overrides)))
