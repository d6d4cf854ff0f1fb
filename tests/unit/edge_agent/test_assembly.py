"""What the configuration becomes: devices with their drivers, lanes of points, the birth."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from msgspec.structs import replace

from alarm_rules.in_force import in_force
from alarm_rules.override import Override
from alarm_rules.rule import AlarmClass, LimitRule, Mark, RateRule, Severity, Source, Words
from device_profiles.model import Report
from device_profiles.transport import Modbus
from edge_agent.assembly import (
    birth,
    line_settings,
    listened,
    open_port,
    point_plans,
    polled,
    port_settings,
    report_policy,
    request_cost,
)
from edge_agent.buffer.lanes import PointPlan
from edge_agent.bus.framing import RtuFraming
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.port import PortGoneError
from edge_agent.bus.serial_port import DirectionControl, PortSettings
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.bus.wire_time import Parity, SerialFormat
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.exchange import Claim
from edge_agent.poll.report_filter import PointPolicy
from simulators.pseudo_terminal import PseudoTerminal
from wire.identity import Anchor, Line, SiteRules, Software, decode_birth, encode_identity
from wire.identity import Override as Wishes
from wire.topic import Lane

SOFTWARE = Software("edge-agent", "1")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "agent.toml"
    file.write_text("""
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "/dev/ttyS0", settle = "1s" }
lines.room = { kind = "uart", port = "/dev/ttyS1" }
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
unit = 7
place = "shed-3"
report = "always"
[devices.radar-01]
profile = "micradar_r60afd1"
line = "room"
""")
    found = load_config(file, {}).config
    tested = replace(found.devices[0], is_test=True)
    return replace(found, devices=(tested, *found.devices[1:]))


def test_a_polled_device(config: Config) -> None:
    smoke, radar = config.devices
    shed, room = config.lines
    device = polled(smoke, shed)
    assert (device.name, device.unit, device.period_us) == ("smoke-01", 7, 1_000_000)
    assert (device.timeout_us, device.late_max_us) == (500_000, 3_000_000)
    assert device.probe is not None
    assert device.is_test
    assert device.report.always
    assert device.report.of("smoke").max_interval_us == 10_000_000
    with pytest.raises(TypeError):
        polled(radar, room)


def test_a_listened_device(config: Config) -> None:
    smoke, radar = config.devices
    device = listened(radar)
    assert (device.name, device.is_test, device.report.always) == ("radar-01", False, False)
    with pytest.raises(TypeError):
        listened(smoke)


RULES: dict[str, Any] = {
    "alarm_class": AlarmClass.HAZARD,
    "severity": Severity.HIGH,
    "title": Words("a", "一"),
    "guidance": Words("a", "一"),
    "source": Source("here", Mark.ENGINEERING),
}


def test_what_the_rules_in_force_need_bounds_what_is_kept_back(config: Config) -> None:
    """Crossings of the rules in force, every sample of a vote, a fine grain for a rate."""
    _, radar = config.devices
    report = Report(deadband=9.0, relative=0.5, min_interval=5_000_000)
    names = ("body_movement", "sensitivity", "height", "uptime")
    points = tuple(replace(radar.profile.point(name), report=report) for name in names)
    flood = LimitRule(**RULES, id="a", point="body_movement", limit=50.0, deadband=10.0)
    votes = LimitRule(**RULES, id="b", point="sensitivity", limit=2.0, needed=2, of=3)
    rising = RateRule(**RULES, id="c", point="height", limit=1.0, window=60_000_000)
    device = replace(
        radar,
        profile=replace(radar.profile, points=points),
        rules=in_force((flood, votes, rising)),
    )
    policy = report_policy(device)
    interval_us = report.max_interval
    assert [policy.of(name) for name in names] == [
        PointPolicy(interval_us, 0, 9.0, 0.5, (40.0, 50.0)),
        PointPolicy(interval_us, 0, 9.0, 0.5, (2.0,), always=True),
        PointPolicy(interval_us, 0, 0.1, 0.0),
        PointPolicy(interval_us, 5_000_000, 9.0, 0.5),
    ]


def test_the_birth_says_what_the_site_changed(tmp_path: Path, config: Config) -> None:
    file = tmp_path / "agent.toml"
    rules = """site_class = "household"
[[devices.smoke-01.rules]]
rule = "offline"
duration = "20s"
severity = "critical"
"""
    file.write_text(file.read_text().replace("[devices.radar-01]", f"{rules}[devices.radar-01]"))
    changed = birth(load_config(file, {}).config, SOFTWARE, ("boot-1", 3), ())
    smoke, radar = decode_birth(encode_identity(changed), "gw-001").devices
    wishes: Wishes = {"rule": "offline", "duration": 20_000_000, "severity": "critical"}
    assert smoke.site_rules == SiteRules("household", (wishes,))
    assert radar.site is UNSET
    override = msgspec.convert(smoke.site_rules.overrides[0], Override)
    assert in_force(config.devices[0].profile.rules, [override]).hash == smoke.rules_hash


def test_ports(config: Config) -> None:
    shed, room = config.lines
    assert line_settings(shed).settle_us == 1_000_000
    assert line_settings(shed).port.format == SerialFormat(9600, Parity.NONE, 2)
    assert port_settings(room) == PortSettings("/dev/ttyS1", SerialFormat(115_200))


def test_points_of_hazard_rules_are_urgent(config: Config) -> None:
    plans = point_plans(config)
    assert plans["smoke-01"]["smoke"] == PointPlan(Lane.URGENT, None)
    assert plans["smoke-01"]["relay"] == PointPlan(Lane.BULK, None)
    assert plans["radar-01"]["fall"].lane is Lane.URGENT
    assert plans["radar-01"]["height"] == PointPlan(Lane.BULK, "m")
    with pytest.raises(KeyError):
        plans["smoke-01"]["fall"]


def test_a_birth_names_everything_and_the_server_takes_it(config: Config) -> None:
    anchors = (Anchor("boot-0", 5_000, 1_763_700_000_000_000),)
    said = birth(config, SOFTWARE, ("boot-1", 9), anchors)
    assert decode_birth(encode_identity(said), "gw-001") == said
    assert (said.boot, said.connection, said.anchors) == ("boot-1", 9, anchors)
    assert said.config_hash == config.hash
    assert said.lines == (Line("shed", "modbus-rtu"), Line("room", "uart"))
    assert [one.place for one in said.devices] == ["shed-3", None]
    assert [one.rules_hash for one in said.devices] == [one.rules.hash for one in config.devices]


@pytest.mark.parametrize("data_bits", [7, 8])
def test_a_pseudo_terminal_is_opened_although_it_knows_no_parity(
    tmp_path: Path, data_bits: int
) -> None:
    link = tmp_path / "ttyGas"
    terminal = PseudoTerminal(link)
    settings = PortSettings(str(link), SerialFormat(9600, Parity.EVEN, data_bits=data_bits))
    for _ in range(2):  # it refuses parity from the second opening on
        open_port(settings).close()
    terminal.close()
    with pytest.raises(PortGoneError):
        open_port(settings)


NETWORK = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.hall = { kind = "modbus-tcp", host = "h" }
lines.pit = { kind = "modbus-rtu-over-tcp", host = "h", port = 4001, connect_timeout = "1s" }
lines.yard = { kind = "modbus-rtu", port = "ttyYard" }
devices.gas-01 = { profile = "honeywell_sensepoint_xcd", line = "hall" }
devices.tilt-01 = { profile = "witmotion_485", line = "pit", baseline = [0, 0, 1] }
devices.gas-02 = { profile = "honeywell_sensepoint_xcd", line = "yard" }
"""


@pytest.fixture
def network(tmp_path: Path) -> Config:
    file = tmp_path / "agent.toml"
    file.write_text(NETWORK)
    found = load_config(file, {}).config
    tested = replace(found.devices[0], is_test=True)
    return replace(found, devices=(tested, *found.devices[1:]))


def test_each_kind_of_line_has_its_place_wire_and_framing(network: Config) -> None:
    hall, pit, yard = (line_settings(line) for line in network.lines)
    assert hall.port == TcpSettings("h", 502)
    assert pit.port == TcpSettings("h", 4001, SerialFormat(9600), 1_000_000)
    assert isinstance(yard.port, PortSettings)
    assert yard.port.format == SerialFormat(19_200, Parity.EVEN)
    assert [type(one.framing) for one in (hall, pit, yard)] == [MbapFraming, RtuFraming, RtuFraming]
    assert (hall.settle_us, pit.settle_us) == (0, 3_300_000)
    assert all(one.refuse_early for one in (hall, pit, yard))


def test_a_network_gives_replies_more_time(network: Config) -> None:
    hall, _, yard = network.lines
    on_tcp, _, on_wire = network.devices
    assert polled(on_wire, yard).timeout_us == 500_000
    assert polled(on_tcp, hall).timeout_us == 1_000_000


def test_the_driver_knows_the_hazard_points_and_what_a_read_costs(network: Config) -> None:
    hall, pit, yard = network.lines
    gas, tilt, _ = network.devices
    assert polled(gas, hall).driver.claims == (Claim.HARD, Claim.SOFT)
    assert isinstance(gas.profile.transport, Modbus)
    assert isinstance(tilt.profile.transport, Modbus)
    assert request_cost(hall, gas.profile.transport).character_us == 0
    slow = request_cost(pit, tilt.profile.transport)
    assert slow.character_us == pytest.approx(10_000_000 / 9_600)
    assert slow.between_us == 10_000 + max(3_646, tilt.profile.transport.turnaround)
    assert request_cost(yard, gas.profile.transport).character_us == pytest.approx(
        11_000_000 / 19_200
    )


def test_a_server_that_is_not_there_is_gone_by_name() -> None:
    with pytest.raises(PortGoneError, match="can not connect"):
        open_port(TcpSettings("127.0.0.1", 1))


def test_what_the_gateway_says_of_itself_and_of_links_is_bulk(network: Config) -> None:
    plans = point_plans(network)
    assert plans["gateway"]["disk_free"] == PointPlan(Lane.BULK, "B")
    assert plans[network.devices[0].id]["link_reply_p50"] == PointPlan(Lane.BULK, "s")
    with pytest.raises(KeyError):
        plans["gateway"]["smoke"]


def test_direction_control_and_echo_come_from_the_line(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text("""
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
[lines.shed]
kind = "modbus-rtu"
port = "ttyShed"
local_echo = true
rs485 = { rts_on_send = false, rts_after_send = true, delay_after_send = "2ms" }
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
""")
    settings = line_settings(load_config(file, {}).config.lines[0])
    assert settings.local_echo
    assert isinstance(settings.port, PortSettings)
    assert settings.port.direction == DirectionControl(
        rts_on_send=False, rts_after_send=True, delay_after_us=2_000
    )
