"""Words reach each device that speaks by itself."""

import pytest

from simulators.console import OrderError
from simulators.fire_panel import FirePanel
from simulators.laser_methane import LaserMethane
from simulators.sender_orders import methane_console, panel_console, ultrasonic_console
from simulators.ultrasonic_gauge import A02YYUW, SEN0754, UltrasonicGauge
from simulators.water_level import WaterLevel
from tests.noted_port import NotedPort

S = 1_000_000


def test_ultrasonic_gauge() -> None:
    gauge, port = UltrasonicGauge(WaterLevel(), A02YYUW), NotedPort()
    console = ultrasonic_console(gauge, port, lambda: S)
    for line in ("level 0.5", "hang 2", "echo on", "filter off"):
        console.obey(line)
    assert gauge.state(S) == {"level": 0.5, "distance_mm": 1500.0, "filtered": False}
    console.obey("reboot 3")
    assert gauge.wake_us(S) == 4 * S
    console.obey("reboot")
    assert gauge.wake_us(S) == 2 * S
    for line in ("drop distance", "freeze distance 2", "checksum 1", "late 0.5", "unplug", "plug"):
        console.obey(line)
    assert len(gauge.faults.standing) == 4
    assert port.seen == ["unplug", "plug"]
    for line in ("interference on", "drop answer", "reboot -1", "fall"):
        with pytest.raises(OrderError, match=r"unknown order|usage"):
            console.obey(line)


def test_the_one_that_tells_interference_and_answers() -> None:
    gauge = UltrasonicGauge(WaterLevel(), SEN0754)
    console = ultrasonic_console(gauge, NotedPort(), lambda: 0)
    for line in ("interference on", "drop answer", "late 0.8 1"):
        console.obey(line)
    assert gauge.due(0) == bytes.fromhex("FF FF FE FC")
    assert [fault.only for fault in gauge.faults.standing] == ["answer", "answer"]


def test_laser_methane() -> None:
    sensor = LaserMethane()
    console = methane_console(sensor, NotedPort(), lambda: 0)
    for line in ("gas 0.25", "leak 0.6 0", "celsius -3.5", "error 1F", "checksum 1", "drop line"):
        console.obey(line)
    assert sensor.state(0) == {"gas": 60.0, "reading": 60.0, "celsius": -3.5, "error": 0x1F}
    console.obey("ventilate")
    for line in ("error 20", "error x", "gas 30", "celsius 400"):
        with pytest.raises(OrderError, match="usage"):
            console.obey(line)


def test_fire_panel() -> None:
    panel = FirePanel()
    console = panel_console(panel, NotedPort(), lambda: 0)
    panel.due(0)
    for line in ("clock 26/11/21 12:00", "fire 4 4 on", "fire 6 7 on", "fire 4 4 off"):
        console.obey(line)
    assert panel.state() == {"burning": 1, "told": 0}
    assert panel.due(S).startswith(b"\x1b626/11/21  12:00\n  004-004")
    for line in ("reset", "drop follow-up", "half 1", "reboot 5"):
        console.obey(line)
    assert panel.wake_us(4_500_000) == 5 * S
    for line in ("fire 9 9 on", "fire 4 4", "clock noon", "drop smoke", "checksum 1"):
        with pytest.raises(OrderError, match=r"unknown order|usage"):
            console.obey(line)
