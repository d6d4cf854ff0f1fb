"""The gateway of a scenario watches its devices where they are, as their scenario wants it."""

import tomllib
from pathlib import Path

from runtime.clock import SystemClock
from simulators.pace import Pace
from simulators.scenario.cast import Cast
from simulators.scenario.site import GATEWAY, gateway_of, heard_first
from simulators.stage import DeviceSpec, GatewaySpec, LineSpec, NetworkSpec, Stage
from tests.unit.simulators.scenario.storm import storm


def site(folder: Path, carrier: str) -> GatewaySpec:
    scenario = storm(carrier=f'carrier = "{carrier}"')
    with Cast(scenario, Pace(), SystemClock(), folder) as cast:
        return gateway_of(scenario, cast.ports)


def test_lines_and_devices(tmp_path: Path) -> None:
    found = site(tmp_path, "pty")
    assert found.name == GATEWAY
    assert found.lines == (
        LineSpec(
            "pole",
            "modbus-rtu",
            tmp_path / "pole",
            {"baud": 9600, "parity": "N", "stop_bits": 1},
        ),
        LineSpec("panel", "uart", tmp_path / "panel"),
    )
    assert found.devices[0] == DeviceSpec(
        "ruler",
        "bcd_ruler",
        "pole",
        {"unit": 3, "name": "R", "baseline": (0.0, 1.0)},
        ({"rule": "offline", "limit": 5},),
    )
    assert found.devices[2] == DeviceSpec("panel", "gst9000_printer", "panel")


def test_a_network(tmp_path: Path) -> None:
    for carrier, kind in (("tcp", "modbus-tcp"), ("rtu-tcp", "modbus-rtu-over-tcp")):
        (one,) = site(tmp_path / carrier, carrier).networks
        assert isinstance(one, NetworkSpec)
        assert (one.name, one.kind) == ("pole", kind)
        assert one.port > 0


def test_rules_stand_in_the_configuration(tmp_path: Path) -> None:
    stage = Stage(
        tmp_path / "stage",
        (site(tmp_path / "ports", "tcp"),),
        webhook_url="http://127.0.0.1:1/",
        webhook_secret="whsec_x",  # noqa: S106 - nobody is told
    )
    told = tomllib.loads(stage.config_of(GATEWAY).read_text(encoding="utf-8"))
    assert told["devices"]["ruler"]["rules"] == [{"rule": "offline", "limit": 5}]
    assert told["devices"]["ruler"]["baseline"] == [0.0, 1.0]


def test_who_says_nothing_is_not_waited_for() -> None:
    assert heard_first(storm()) == {"ruler", "gauge"}
