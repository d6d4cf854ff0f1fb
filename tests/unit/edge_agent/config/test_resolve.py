"""Defaults, rules in force, network lines, and a hash of what is said, not of how."""

from pathlib import Path

from edge_agent.config.model import NetworkConfig
from edge_agent.config.tables import LineKind
from tests.two_line_site import BODY, HEAD, load


def test_defaults_come_from_profile_and_transport(tmp_path: Path) -> None:
    config = load(tmp_path, HEAD + BODY).config
    shed, room = config.lines
    assert (shed.kind, shed.serial.baud, shed.serial.stop_bits) == (LineKind.MODBUS_RTU, 9600, 2)
    assert (shed.settle_us, room.settle_us) == (3_300_000, 0)
    assert room.serial.baud == 115_200
    smoke, radar = config.devices
    assert (smoke.unit, smoke.period_us, radar.unit) == (1, 1_000_000, 0)
    assert config.devices_of("room") == (radar,)
    assert (config.mqtt.port, config.mqtt.tls) == (8883, True)
    assert (config.mqtt.client_id, config.mqtt.username) == ("gw-001", "gw-001")


def test_a_stricter_rule_is_in_force(tmp_path: Path) -> None:
    rule = '[[devices.smoke-01.rules]]\nrule = "offline"\nduration = "10s"\n'
    stricter, plain = load(tmp_path, HEAD + BODY + rule).config, load(tmp_path, HEAD + BODY).config
    assert stricter.devices[0].rules.hash != plain.devices[0].rules.hash
    assert stricter.hash != plain.hash


def test_the_hash_is_of_the_content(tmp_path: Path) -> None:
    plain = load(tmp_path, HEAD + BODY).config.hash
    assert len(plain) == 16
    assert load(tmp_path, f"# a comment\n{HEAD}port = 8883\n{BODY}").config.hash != plain
    assert load(tmp_path, f"# a comment\n{HEAD}\n\n{BODY}").config.hash == plain
    with_secret = load(tmp_path, f'{HEAD}password_env = "X"\n{BODY}', {"X": "s3cret"}).config
    assert with_secret.hash == plain
    assert with_secret.mqtt.password == "s3cret"  # noqa: S105 - it is no real one
    assert "s3cret" not in repr(with_secret)


def test_a_network_line_has_host_number_and_times_of_its_own(tmp_path: Path) -> None:
    text = """
lines.hall = { kind = "modbus-tcp", host = "PLC-7" }
lines.pit = { kind = "modbus-rtu-over-tcp", host = "h", port = 4001, timeout = "2s", baud = 4800 }
devices.gas-01 = { profile = "honeywell_sensepoint_xcd", line = "hall" }
devices.tilt-01 = { profile = "witmotion_485", line = "pit", baseline = [0, 0, 1.5] }
"""
    config = load(tmp_path, f"{text}{HEAD}").config
    hall, pit = config.lines
    assert (hall.port, pit.port) == ("plc-7:502", "h:4001")
    assert hall.network == NetworkConfig("PLC-7", 502, 1_000_000, 3_000_000)
    assert pit.network == NetworkConfig("h", 4_001, 2_000_000, 3_000_000)
    assert (hall.settle_us, pit.settle_us) == (0, 3_300_000)
    assert pit.serial.baud == 4_800
    assert [device.baseline for device in config.devices] == [None, (0.0, 0.0, 1.5)]
