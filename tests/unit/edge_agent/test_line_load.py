"""The load of a line against figures worked out by hand."""

import tomllib
from pathlib import Path

import pytest
from msgspec.structs import replace

from alarm_rules.duration import duration_text
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.health import LineHealth, LineLoad, UnitHealth
from edge_agent.line_load import LoadMeter, line_load, line_loads, overloads
from edge_agent.load_words import load_text


def config(folder: Path, devices: int, period: str, baud: int = 9600) -> Config:
    text = f"""
gateway.id = "gw-001"
mqtt = {{ host = "localhost", tls = false }}
lines.shed = {{ kind = "modbus-rtu", port = "ttyShed", baud = {baud} }}
lines.room = {{ kind = "uart", port = "ttyRoom" }}
"""
    for unit in range(1, devices + 1):
        text += f'devices.d-{unit} = {{ profile = "calectro_ug3", line = "shed", unit = {unit}'
        text += f', poll_period = "{period}" }}\n'
    assert tomllib.loads(text)
    file = folder / "agent.toml"
    file.write_text(text)
    return load_config(file, {}).config


def load_of(found: Config, units: tuple[UnitHealth, ...] = ()) -> LineLoad:
    line = found.lines[0]
    load = line_load(line, found.devices_of(line.name), units)
    assert load is not None
    return load


def test_the_load_is_that_of_the_wire(tmp_path: Path) -> None:
    # 8 + 6 characters of 11 bits at 9600 baud are 16.04 ms, the gap 4.01 ms, thinking 10 ms.
    loads = line_loads(config(tmp_path, 1, "1s"))
    assert loads.keys() == {"shed"}
    assert loads["shed"].share == pytest.approx(0.0301, abs=0.0002)
    assert loads["shed"].hard == loads["shed"].share
    assert not loads["shed"].is_measured


def test_measured_reply_times_take_the_place_of_those_assumed(tmp_path: Path) -> None:
    found = config(tmp_path, 1, "1s")
    slow = load_of(found, (UnitHealth(1, replies=9, reply_p50_us=116_040),))
    assert slow.share == pytest.approx(0.1201, abs=0.0002)
    assert slow.is_measured


def test_a_line_that_can_not_carry_its_polls_is_named_with_what_helps(tmp_path: Path) -> None:
    assert overloads(config(tmp_path, 20, "1s")) == ()
    (sentence,) = overloads(config(tmp_path, 20, "500ms"))
    assert sentence.startswith("line shed is 120% loaded: ")
    assert "every 500ms can not be met (hazard points alone: 120%); move d-1, d-2" in sentence
    assert "raise the baud to 38400 (63%) or poll d-1, d-2, d-3 and 17 more every 800ms" in sentence
    assert overloads(config(tmp_path, 20, "500ms", baud=57_600)) == ()


def test_each_remedy_by_itself_is_enough(tmp_path: Path) -> None:
    before = load_of(config(tmp_path, 20, "500ms"))
    moved = config(tmp_path, 20 - len(before.remedy.move), "500ms")
    assert not load_of(moved).is_full
    one_less = config(tmp_path, 21 - len(before.remedy.move), "500ms")
    assert load_of(one_less).is_full
    assert before.remedy.baud is not None
    faster = load_of(config(tmp_path, 20, "500ms", baud=before.remedy.baud))
    assert faster.share == pytest.approx(before.remedy.baud_share, rel=0.01)
    slower = config(tmp_path, 20, duration_text(before.remedy.poll_us))
    assert not load_of(slower).is_full


def mixed(folder: Path, hard: str, soft: str, units: int = 8) -> Config:
    """Smoke detectors and cover sensors on one line of 9600 baud."""
    text = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "ttyShed", baud = 9600, parity = "N", stop_bits = 1 }
"""
    for unit in range(1, units + 1):
        text += f'devices.smoke-{unit} = {{ profile = "calectro_ug3", line = "shed", unit = {unit}'
        text += f', poll_period = "{hard}" }}\n'
        text += (
            f'devices.water-{unit} = {{ profile = "bcd_ruler", line = "shed", unit = {100 + unit}'
        )
        text += f', poll_period = "{soft}", rules = [] }}\n'
    file = folder / "agent.toml"
    file.write_text(text)
    return load_config(file, {}).config


def test_a_line_whose_hazard_points_fit_says_how_late_the_others_are(tmp_path: Path) -> None:
    found = mixed(tmp_path, "1s", "100ms")
    line = found.lines[0]
    devices = tuple(
        replace(one, rules=replace(one.rules, rules=())) if "water" in one.id else one
        for one in found.devices
    )
    load = line_load(line, devices)
    assert load is not None
    assert load.share > 1 > load.hard > 0
    assert load.late == ()
    assert load.stretch == pytest.approx((load.share - load.hard) / (1 - load.hard), rel=0.02)
    assert "keep their period, the others come" in load_text(load)
    assert all(name.startswith("water") for name in load.remedy.poll)


def test_a_meter_is_crowded_until_there_is_room_again(tmp_path: Path) -> None:
    found = config(tmp_path, 20, "500ms")
    meter = LoadMeter(found.lines[0], found.devices)
    quick = tuple(UnitHealth(n, replies=9, reply_p50_us=16_100) for n in range(1, 21))
    slower = tuple(UnitHealth(n, replies=9, reply_p50_us=18_000) for n in range(1, 21))
    assert meter.is_crowded(LineHealth("shed", is_open=True))
    assert not meter.is_crowded(LineHealth("shed", is_open=True, units=quick))
    assert not meter.is_crowded(LineHealth("shed", is_open=True, units=slower))
    assert meter.is_crowded(LineHealth("shed", is_open=True))
    assert meter.is_crowded(LineHealth("shed", is_open=True, units=slower))


def test_what_hardly_changes_weighs_little_and_a_wire_unknown_has_no_load(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text("""
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.hall = { kind = "modbus-tcp", host = "h" }
lines.pit = { kind = "modbus-rtu-over-tcp", host = "h", port = 4001 }
devices.gas-01 = { profile = "honeywell_sensepoint_xcd", line = "hall" }
devices.gas-02 = { profile = "honeywell_sensepoint_xcd", line = "pit" }
""")
    # Each second 8 + 31 and 8 + 21 characters of 11 bits at 19 200 baud, two gaps, two thoughts;
    # each minute 8 + 19 and 8 + 9 characters.
    each_second = (68 * 11 / 19_200) + 2 * (0.002006 + 0.01)
    each_minute = (44 * 11 / 19_200) + 2 * (0.002006 + 0.01)
    found = load_config(file, {}).config
    loads = line_loads(found)
    assert loads.keys() == {"pit"}
    assert loads["pit"].share == pytest.approx(each_second + each_minute / 60, rel=0.01)
    hall = line_load(found.lines[0], found.devices[:1], (UnitHealth(1, reply_p50_us=4_000),))
    assert hall is not None
    assert hall.share == pytest.approx(0.008 + 0.008 / 60, rel=0.01)
