"""A watch opens its line, delivers what it heard, and lets the port go when it is stopped."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.exchange import Sample
from edge_agent.health import DeviceState
from edge_agent.watch import AskedLine, Watch, watches
from runtime.clock import SystemClock
from simulators.care_radar import CareRadar
from simulators.cover_motion import CoverMotion
from simulators.gas_cloud import GasCloud
from simulators.gas_monitor import GasMonitor
from simulators.manhole_cover import PitContacts, TiltSensor
from simulators.modbus_fault import twin
from simulators.modbus_tcp import ModbusTcp, RtuOverTcp
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.slave_line import SlaveUnit
from simulators.smoke_detector import SmokeDetector
from simulators.water_gauge import WaterRadar, WaterRuler
from simulators.water_level import WaterLevel
from simulators.wire_time import WireFormat
from tests.patience import PATIENCE_S, until

TEXT = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "ttyShed", settle = "0s" }
lines.spare = { kind = "modbus-rtu", port = "ttySpare" }
lines.room = { kind = "uart", port = "ttyRoom" }
devices.smoke-01 = { profile = "calectro_ug3", line = "shed", unit = 1, poll_period = "50ms" }
devices.smoke-02 = { profile = "calectro_ug3", line = "shed", unit = 2, poll_period = "50ms" }
devices.radar-01 = { profile = "micradar_r60afd1", line = "room" }
"""


class Heard:
    """The intake: what each device said, and who showed progress."""

    def __init__(self) -> None:
        self.samples: dict[str, list[Sample]] = {}
        self.alive: set[str] = set()

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        self.samples.setdefault(device, []).extend(samples)

    def said(self, device: str, point: str) -> list[object]:
        return [one.value for one in self.samples.get(device, ()) if one.point == point]

    def latest(self, device: str, point: str) -> object:
        """Its newest value, None if there is none or it is bad."""
        return (self.said(device, point) or [None])[-1]


def near(value: object, least: float, most: float) -> bool:
    return isinstance(value, float) and least <= value <= most


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "agent.toml"
    file.write_text(TEXT)
    return load_config(file, {}).config


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def watched(config: Config, heard: Heard) -> dict[str, Watch]:
    made = watches(config, heard, SystemClock(), heard.alive.add)
    return {watch.name: watch for watch in made}


@asynccontextmanager
async def running(watch: Watch) -> AsyncIterator[None]:
    """Run it until the block ends, then stop it as the app does."""
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        task = group.create_task(watch.run())
        await watch.started.wait()
        yield
        watch.stop()
        await task


def test_a_line_without_devices_is_not_watched(watched: dict[str, Watch]) -> None:
    assert list(watched) == ["line shed", "line room"]
    assert [one.device for one in watched["line shed"].device_health()] == ["smoke-01", "smoke-02"]
    assert [one.device for one in watched["line room"].device_health()] == ["radar-01"]


def test_nothing_is_opened_before_it_runs(watched: dict[str, Watch]) -> None:
    for watch in watched.values():
        assert not watch.started.is_set()
        assert not watch.line_health().is_open
        assert {one.state for one in watch.device_health()} == {DeviceState.NEVER_HEARD}


async def test_a_line_that_is_asked(
    watched: dict[str, Watch], heard: Heard, tmp_path: Path
) -> None:
    watch = watched["line shed"]
    detectors = [SmokeDetector(1), SmokeDetector(2)]
    detectors[1].set_smoke(True)
    with SerialLine(detectors, link=tmp_path / "ttyShed"):
        async with running(watch):
            await until(lambda: heard.said("smoke-01", "smoke") and heard.said("smoke-02", "smoke"))
            assert watch.line_health().is_open
            states = [one.state for one in watch.device_health()]
            assert states == [DeviceState.ANSWERING] * 2
        assert not watch.line_health().is_open
    assert heard.said("smoke-01", "smoke")[0] is False
    assert heard.said("smoke-02", "smoke")[0] is True
    assert heard.alive == {"line shed"}


async def test_a_line_that_is_heard(
    watched: dict[str, Watch], heard: Heard, tmp_path: Path
) -> None:
    watch = watched["line room"]
    radar = CareRadar()
    with SerialStream(radar, link=tmp_path / "ttyRoom"):
        async with running(watch):
            await until(lambda: watch.line_health().is_open)
            radar.set_fall(True)
            await until(lambda: True in heard.said("radar-01", "fall"))
            (device,) = watch.device_health()
            assert device.state is DeviceState.ANSWERING
        assert not watch.line_health().is_open
    assert heard.alive == {"line room"}


@pytest.mark.parametrize("name", ["line shed", "line room"])
async def test_a_port_that_is_not_there_holds_up_nobody(
    watched: dict[str, Watch], heard: Heard, name: str
) -> None:
    """`started` is set, the loop shows that it lives, and the line says what is wrong."""
    watch = watched[name]
    async with running(watch):
        await until(lambda: name in heard.alive and watch.line_health().problem)
        assert not watch.line_health().is_open


async def test_a_watch_that_is_cancelled_lets_its_port_go(
    watched: dict[str, Watch], tmp_path: Path
) -> None:
    watch = watched["line shed"]
    with ExitStack() as plugged:
        plugged.enter_context(SerialLine([SmokeDetector(1)], link=tmp_path / "ttyShed"))
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            task = group.create_task(watch.run())
            await until(lambda: watch.line_health().is_open)
            task.cancel()
        assert not watch.line_health().is_open


WHAT_THEY_SAY: dict[str, dict[str, object]] = {
    "tilt": {"acceleration_z": pytest.approx(9.8, abs=0.5), "tilt": pytest.approx(0, abs=3)},
    "contacts": {"cover_open": False, "float_raised": False},
    "gas-rtu": {"lel": pytest.approx(0.3, abs=0.01), "state": "normal", "alarm": True},
    "gas-tcp": {"lel": pytest.approx(0.3, abs=0.01), "unit": "lel", "alarm_1_active": True},
    "ruler": {"level": pytest.approx(0.45)},
    "radar": {"level": pytest.approx(0.45), "installed_height": pytest.approx(3.0)},
}
CITY = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.pit = { kind = "modbus-rtu", port = "ttyPit", settle = "0s", parity = "N" }
lines.gas = { kind = "modbus-rtu", port = "ttyGas", settle = "0s", parity = "N" }
lines.hall = { kind = "modbus-tcp", host = "127.0.0.1", port = {tcp} }
lines.yard = { kind = "modbus-rtu-over-tcp", host = "127.0.0.1", port = {rtu}, settle = "0s" }
devices.tilt = { profile = "witmotion_485", line = "pit", baseline = [0, 0, 1] }
devices.contacts = { profile = "di2_modbus_sqr2", line = "pit" }
devices.gas-rtu = { profile = "honeywell_sensepoint_xcd", line = "gas" }
devices.gas-tcp = { profile = "honeywell_sensepoint_xcd", line = "hall" }
devices.ruler = { profile = "bcd_ruler", line = "yard" }
devices.radar = { profile = "dfrobot_sen0676", line = "hall", unit = 2 }
"""


def site(folder: Path, server: ModbusTcp, converter: RtuOverTcp) -> Config:
    file = folder / "agent.toml"
    text = CITY.replace("{tcp}", str(server.port)).replace("{rtu}", str(converter.port))
    file.write_text(text)
    return load_config(file, {}).config


async def test_every_device_over_wires_a_server_and_a_converter(
    tmp_path: Path, heard: Heard
) -> None:
    cover, water = CoverMotion(), WaterLevel(0.45)
    gas_cloud = GasCloud(0.3)
    pit: list[SlaveUnit] = [TiltSensor(cover), PitContacts(cover)]
    radar = WaterRadar(water, unit=2, installed_cm=300)
    with ExitStack() as stack:
        server = stack.enter_context(ModbusTcp([GasMonitor(gas_cloud), radar]))
        wire = WireFormat(baud=9600)
        converter = stack.enter_context(RtuOverTcp([WaterRuler(water)], wire))
        stack.enter_context(SerialLine(pit, baud=9600, link=tmp_path / "ttyPit"))
        stack.enter_context(
            SerialLine([GasMonitor(gas_cloud)], baud=19_200, link=tmp_path / "ttyGas")
        )
        made = watches(site(tmp_path, server, converter), heard, SystemClock(), heard.alive.add)
        async with AsyncExitStack() as all_of_them:
            for watch in made:
                await all_of_them.enter_async_context(running(watch))
            await until(
                lambda: all(
                    heard.said(device, point)
                    for device, points in WHAT_THEY_SAY.items()
                    for point in points
                )
            )
            for device, points in WHAT_THEY_SAY.items():
                for point, value in points.items():
                    assert heard.latest(device, point) == value, f"{device} {point}"
            cover.open(SystemClock().mono_us())
            await until(lambda: heard.latest("contacts", "cover_open") is True)
            await until(lambda: near(heard.latest("tilt", "tilt"), 90, 180))


async def test_two_devices_with_one_address_are_found_and_told(
    config: Config, tmp_path: Path
) -> None:
    """The second one answers 20 ms after the first; both say the same, and are well heard."""
    told, heard = list[str](), Heard()
    detector = SmokeDetector(1)
    detector.faults.add(twin(SmokeDetector(1).answer, 0.02))
    made = watches(config, heard, SystemClock(), heard.alive.add, told.append, names={"shed"})
    with SerialLine([detector, SmokeDetector(2)], link=tmp_path / "ttyShed"):
        (watch,) = made
        assert isinstance(watch, AskedLine)
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            group.create_task(watch.run())
            await until(lambda: any(one.stale > 12 for one in watch.line_health().units))
            later_us = SystemClock().mono_us() + 10_000_000
            sentences = watch.unasked.look(watch.line_health(), later_us)
            watch.stop()
    assert watch.line_health().unasked.doubled == ("smoke-01",)
    assert ["two devices may have this address" in one for one in sentences] == [True]
    assert heard.latest("smoke-01", "smoke") is False
