"""A small scenario that the tests of its package play with."""

from simulators.scenario.model import Scenario
from simulators.scenario.read import read_scenario

STORM = """\
title = { en = "A storm", zh = "暴雨" }
fastest = 10

[lines.pole]
carrier = "tcp"

[devices.ruler]
kind = "bcd-ruler"
line = "pole"
place = "road"
agent = { name = "R", baseline = [0.0, 1.0], rules = [{ rule = "offline", limit = 5 }] }

[devices.gauge]
kind = "qdy30a"
line = "pole"
unit = 7
place = "road"

[devices.panel]
kind = "gst9000"

[[timeline]]
at = "0s"
device = "ruler"
do = "level 0.02"

[[timeline]]
at = "10s"
device = "ruler"
do = "rise 0.6/min 0.3"
text = { en = "it rains", zh = "下雨" }
expect = [
    { rule = "water_notice", severity = "notice", for = "13s", within = "2s" },
    { device = "gauge", rule = "water_notice", for = "13s", most = 1 },
    { device = "panel", nothing = true, for = "20s", within = "500ms" },
]
"""


def storm(**swapped: str) -> Scenario:
    """The storm; each keyword names a text of `SWAPS` that gives way to another."""
    return read_scenario(other_storm(swapped), name="storm", file="storm.toml")


def other_storm(swapped: dict[str, str]) -> str:
    text = STORM
    for name, new in swapped.items():
        assert SWAPS[name] in text
        text = text.replace(SWAPS[name], new)
    return text


SWAPS = {
    "title": 'title = { en = "A storm", zh = "暴雨" }',
    "carrier": 'carrier = "tcp"',
    "kind": 'kind = "bcd-ruler"',
    "line": '[lines.pole]\ncarrier = "tcp"',
    "name": "[devices.panel]",
    "panel": 'kind = "gst9000"',
    "unit": "unit = 7",
    "at": 'at = "10s"',
    "order": 'do = "rise 0.6/min 0.3"',
    "zero": 'do = "level 0.02"',
    "told": 'device = "ruler"\ndo = "level 0.02"',
    "rule": 'rule = "water_notice", severity = "notice"',
    "window": 'for = "13s", within = "2s"',
    "most": "most = 1",
    "nothing": "nothing = true",
    "fastest": "fastest = 10",
}
