"""A line finds its devices in the order of the file; what came from a file can not be changed."""

from pathlib import Path

import msgspec
import pytest

from edge_agent.config import model
from edge_agent.config.load import load_config
from edge_agent.config.model import Config

TEXT = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "ttyShed" }
lines.hall = { kind = "modbus-rtu", port = "ttyHall" }
lines.room = { kind = "uart", port = "ttyRoom" }
devices.smoke-02 = { profile = "calectro_ug3", line = "shed", unit = 2 }
devices.radar-01 = { profile = "micradar_r60afd1", line = "room" }
devices.smoke-01 = { profile = "calectro_ug3", line = "shed", unit = 1 }
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "agent.toml"
    file.write_text(TEXT)
    return load_config(file, {}).config


@pytest.mark.parametrize(
    ("line", "devices"),
    [("shed", ["smoke-02", "smoke-01"]), ("room", ["radar-01"]), ("hall", []), ("none", [])],
)
def test_the_devices_of_a_line_in_the_order_of_the_file(
    config: Config, line: str, devices: list[str]
) -> None:
    assert [one.id for one in config.devices_of(line)] == devices


def test_every_device_stands_on_exactly_one_line(config: Config) -> None:
    found = [one for line in config.lines for one in config.devices_of(line.name)]
    assert len(found) == len(config.devices)
    assert {one.id for one in found} == {one.id for one in config.devices}


def test_a_stream_has_neither_unit_nor_period_nor_settle(config: Config) -> None:
    (radar,) = config.devices_of("room")
    (room,) = (line for line in config.lines if line.name == "room")
    assert (radar.unit, radar.period_us, room.settle_us) == (0, 0, 0)


@pytest.mark.parametrize(
    "kind",
    [model.BufferConfig, model.LineConfig, model.NetworkConfig, model.DeviceConfig, model.Config],
)
def test_every_default_is_filled_in_before_and_nothing_changes_after(
    kind: type[msgspec.Struct],
) -> None:
    """A default here would be a second place for it, beside tables.py and the profiles."""
    assert kind.__struct_config__.frozen
    for field in msgspec.structs.fields(kind):
        assert field.required, field.name
