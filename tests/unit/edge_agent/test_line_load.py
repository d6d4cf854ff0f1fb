"""The load of a line against figures worked out by hand."""

import tomllib
from pathlib import Path

import pytest

from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.line_load import line_loads, overloads


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


def test_the_load_is_that_of_the_wire(tmp_path: Path) -> None:
    # 8 + 6 characters of 11 bits at 9600 baud are 16.04 ms, the gap 4.01 ms, thinking 10 ms.
    loads = line_loads(config(tmp_path, 1, "1s"))
    assert loads == {"shed": pytest.approx(0.0301, abs=0.0002)}


def test_a_line_that_can_not_carry_its_polls_is_named(tmp_path: Path) -> None:
    assert overloads(config(tmp_path, 20, "1s")) == ()
    (sentence,) = overloads(config(tmp_path, 20, "500ms"))
    assert sentence.startswith("line shed is asked for 120% of its time: poll less often")
    assert overloads(config(tmp_path, 20, "500ms", baud=57_600)) == ()


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
    loads = line_loads(load_config(file, {}).config)
    assert loads == {"pit": pytest.approx(each_second + each_minute / 60, rel=0.01)}
