"""A gateway with what takes a baseline: a cover's tilt sensor and its contacts, a water gauge."""

from pathlib import Path

from edge_agent.baseline.taken import TILT, Taken
from edge_agent.config.load import load_config
from edge_agent.config.model import Config

COVER, CONTACTS, GAUGE = "cover-1", "contacts-1", "gauge-1"
TOML = """
gateway.id = "gw-001"
clock.trust = "system"
buffer.path = "buffer.db"
mqtt = {{ host = "127.0.0.1", port = {port}, tls = false }}
[lines.pit]
kind = "modbus-rtu"
port = "ttyPit"
settle = "0s"
[lines.road]
kind = "uart"
port = "ttyRoad"
[devices.cover-1]
profile = "witmotion_485"
line = "pit"
unit = 80
place = "manhole-88"
poll_period = "{period}"
{cover}
[devices.contacts-1]
profile = "di2_modbus_sqr2"
line = "pit"
place = "manhole-88"
[devices.gauge-1]
profile = "dfrobot_a02yyuw"
line = "road"
{gauge}
"""


def site(
    folder: Path, *, cover: str = "", gauge: str = "", port: int = 1883, period: str = "1s"
) -> Config:
    """`cover`, `gauge`: lines more in the tables of these devices."""
    file = folder / "agent.toml"
    file.write_text(TOML.format(cover=cover, gauge=gauge, port=port, period=period))
    return load_config(file, {}).config


def taken_cover(**otherwise: object) -> Taken:
    said = {
        "device": COVER,
        "point": "tilt",
        "value": (0.0, 0.0, 9.8),
        "by": "Li Lei",
        "profile": "witmotion_485",
        "line": "pit",
        "unit": 80,
        "over": {TILT: None},
        "readings": 5,
        "spread": 0.1,
        "identity": {"firmware": 2590.0},
    }
    return Taken(**{**said, **otherwise})  # type: ignore[arg-type]  # its keys are this file's own


def taken_gauge(**otherwise: object) -> Taken:
    over = dict.fromkeys(("water_notice", "water_close_road", "water_nobody"))
    said = {
        "device": GAUGE,
        "point": "distance",
        "value": (2.5,),
        "by": "Li Lei",
        "profile": "dfrobot_a02yyuw",
        "line": "road",
        "unit": 0,
        "over": over,
        "readings": 5,
        "spread": 0.001,
    }
    return Taken(**{**said, **otherwise})  # type: ignore[arg-type]  # its keys are this file's own
