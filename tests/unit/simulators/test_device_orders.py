"""Words reach each device."""

import pytest

from simulators.console import OrderError
from simulators.cover_motion import CoverMotion
from simulators.device_orders import (
    contacts_console,
    gas_console,
    level_radar_console,
    pit_console,
    ruler_console,
    submersible_console,
    tilt_console,
    ug3_console,
)
from simulators.fault_orders import Transport
from simulators.gas_model import XRL
from simulators.gas_monitor import GasMonitor, Mode
from simulators.manhole_cover import PitContacts, TiltSensor
from simulators.smoke_detector import SmokeDetector
from simulators.submersible_gauge import SubmersibleGauge
from simulators.water_gauge import WaterRadar, WaterRuler
from simulators.water_level import WaterLevel
from tests.noted_port import NotedPort, Watch

MINUTE = 60_000_000
SERIAL = Transport.SERIAL


def test_smoke_detector() -> None:
    detector = SmokeDetector()
    console = ug3_console(detector, NotedPort(), SERIAL, Watch())
    console.obey("smoke on")
    assert detector.state(0)["smoke"]
    console.obey("smoke off")
    console.obey("reset")
    assert not detector.state(0)["smoke"]
    console.obey("service on")
    assert detector.state(0)["service"]
    console.obey("head off")
    assert not detector.state(0)["mounted"]
    console.obey("head on")
    assert detector.state(0)["mounted"]
    console.obey("late 0.5 3")
    assert len(detector.faults.standing) == 1


def test_ruler() -> None:
    ruler, watch = WaterRuler(WaterLevel()), Watch()
    console = ruler_console(ruler, NotedPort(), SERIAL, watch)
    console.obey("level 0.1")
    console.obey("rise 0.05/min")
    watch.now = 2 * MINUTE
    assert ruler.state(watch.now)["level"] == 0.2
    console.obey("fall 0.1 0.15")
    watch.now = 9 * MINUTE
    assert ruler.state(watch.now)["level"] == 0.15
    console.obey("trouble digits")
    assert ruler.state(0)["register"] == 0xAF
    for line in ("level -1", "rise 1/min 0", "rise", "rise soon", "trouble mud", "fall 1 0 0"):
        with pytest.raises(OrderError, match="usage"):
            console.obey(line)


def test_radar_over_water() -> None:
    radar = WaterRadar(WaterLevel(), 5, installed_cm=300)
    console = level_radar_console(radar, NotedPort(), SERIAL, Watch())
    console.obey("level 0.3")
    console.obey("hang 2.9")
    assert radar.state(0)["level_mm"] == 400
    console.obey("echo off")
    assert radar.state(0)["level_mm"] == 0xFFFF
    console.obey("reboot")
    assert radar.state(0)["installed"] == 300
    console.obey("forget")
    assert (radar.unit, radar.state(0)["installed"]) == (1, 0)


def test_submersible_gauge() -> None:
    gauge, watch = SubmersibleGauge(WaterLevel(), 7), Watch()
    console = submersible_console(gauge, NotedPort(), SERIAL, watch)
    for line in ("level 0.6", "supply 9", "drift 0.1"):
        console.obey(line)
    assert gauge.state(0)["count"] == 525
    console.obey("forget")
    assert gauge.unit == 1
    console.obey("reboot 2")
    assert gauge.state(0)["count"] == 0, "it has to settle"
    with pytest.raises(OrderError, match="usage: supply VOLTS"):
        console.obey("supply 48")


def test_attitude_sensor() -> None:
    sensor, watch = TiltSensor(CoverMotion(rest_g=0)), Watch()
    console = tilt_console(sensor, NotedPort(), SERIAL, watch)
    console.obey("tilt 15")
    watch.now = MINUTE
    assert sensor.state(watch.now)["angle"] == 15
    for line in ("stuck on", "open", "knock", "traffic on", "supply 9.5"):
        console.obey(line)
    watch.now = 2 * MINUTE
    read_roll = bytes.fromhex("03 00 3D 00 01")
    assert sensor.state(watch.now) == {"angle": 110, "roll": 110, "pitch": 0}
    assert sensor.answer(read_roll, watch.now)[2:] == bytes.fromhex("0A AB"), "15 degrees"
    for line in ("stuck off", "close", "reboot", "forget"):
        console.obey(line)
    watch.now = 3 * MINUTE
    assert sensor.state(watch.now) == {"angle": 0, "roll": 0, "pitch": 0}
    with pytest.raises(OrderError, match="usage: tilt DEGREES"):
        console.obey("tilt 270")


def test_contacts() -> None:
    pit, watch = PitContacts(CoverMotion()), Watch()
    console = contacts_console(pit, NotedPort(), SERIAL, watch)
    for line in ("float on", "open", "cut cover", "cut float", "mend"):
        console.obey(line)
    watch.now = MINUTE
    assert pit.state(watch.now) == {"float": True, "open": True}
    with pytest.raises(OrderError, match="usage: cut"):
        console.obey("cut rope")


def test_pit() -> None:
    cover, watch = CoverMotion(rest_g=0), Watch()
    sensor, pit = TiltSensor(cover), PitContacts(cover)
    console = pit_console(sensor, pit, NotedPort(), SERIAL, watch)
    for line in ("open", "contacts float on", "sensor silent 3", "sensor stuck on"):
        console.obey(line)
    watch.now = MINUTE
    assert pit.state(watch.now) == {"float": True, "open": True}
    assert len(sensor.faults.standing) == 1
    assert not pit.faults.standing


def test_gas_transmitter() -> None:
    monitor, watch = GasMonitor(), Watch()
    console = gas_console(monitor, NotedPort(), SERIAL, watch)
    console.obey("gas 0.25")
    assert monitor.reading(0) == 25
    for line in ("leak 0.6 20", "leak 0.8", "leak 1.2 0"):
        console.obey(line)
    assert monitor.reading(0) == 100
    console.obey("ventilate 5")
    watch.now = MINUTE
    assert monitor.reading(watch.now) < 0.1
    for line in ("ventilate", "inhibit on", "fault 3 on", "warning 2 on", "warning 2 off"):
        console.obey(line)
    assert monitor.state(watch.now)["mode"] == Mode.INHIBIT
    assert monitor.state(watch.now)["trouble"] == 1 << 8
    for line in ("calibrate on", "calibrate off", "warm-up 30", "reset"):
        console.obey(line)
    assert monitor.mode(watch.now) is Mode.WARM_UP
    for line in ("gas 30", "fault 14 on", "fault", "warning 1", "leak", "leak 1 -1", "leak 1 2 3"):
        with pytest.raises(OrderError, match="usage"):
            console.obey(line)
    with pytest.raises(OrderError, match="unknown order"):
        console.obey("heartbeat off")


def test_gas_transmitter_with_a_heartbeat() -> None:
    monitor, watch = GasMonitor(model=XRL), Watch()
    console = gas_console(monitor, NotedPort(), SERIAL, watch)
    watch.now = MINUTE
    for line in ("heartbeat off", "fault 16 on", "gas-unit 5", "supply 19.5", "forget"):
        console.obey(line)
    watch.now = 2 * MINUTE
    assert monitor.state(watch.now)["heartbeat"] == 12
    assert monitor.shown.unit_of_gas == 5
    console.obey("reboot 5")
    watch.now = 2 * MINUTE + 36_000_000
    assert monitor.mode(watch.now) is Mode.NORMAL
    assert monitor.state(watch.now)["heartbeat"] == 6
    with pytest.raises(OrderError, match=r"usage: gas-unit 1\|3\|4\|5\|6\|7"):
        console.obey("gas-unit 8")
