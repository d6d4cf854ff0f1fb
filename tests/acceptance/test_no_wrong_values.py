"""Every relay state that the poller reports is the one that this very read was answered (P6)."""

import asyncio
import bisect
from collections.abc import Sequence

from device_profiles.model import Profile
from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Ask, Failure, Reply, Sample
from edge_agent.health import LineHealth
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.inquiry import Heard
from edge_agent.poll.poller import Poller
from edge_agent.poll.report_filter import ReportPolicy
from runtime.clock import SystemClock
from simulators.fault import (
    connection_reset,
    early,
    exception,
    half_frame,
    late,
    noise,
    silence,
    wrong_checksum,
    wrong_function,
    wrong_length,
    wrong_transaction,
    wrong_unit,
)
from simulators.modbus_tcp import ModbusTcp
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.patience import until
from tests.shipped import PROFILES

BAUD = 57_600
UNITS = 8
PERIOD_US = 20_000
TIMEOUT_US = 40_000
LATE_MAX_US = 200_000
RUN_S = 4.0
CLOCK = SystemClock()


class Memory:
    """Keeps the relay states by device."""

    def __init__(self) -> None:
        self.relay: dict[str, list[Sample]] = {}

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        kept = self.relay.setdefault(device, [])
        kept += [one for one in samples if one.point == "relay" and one.value is not None]


def broken(unit: int) -> SmokeDetector:
    """A detector whose relay bit is another one at each read, and which has every fault."""
    detector = SmokeDetector(unit, toggle_relay_each_read=True, record_reads=True, seed=unit)
    lateness = (0.041, 0.06, 0.1, 0.15, 0.2, (LATE_MAX_US + TIMEOUT_US) / 1_000_000)
    faults = [late(seconds, probability=0.01) for seconds in lateness]
    faults += [
        silence(probability=0.01),
        wrong_checksum(probability=0.01),
        half_frame(probability=0.01),
        exception(4, probability=0.01),
        noise(probability=0.05),
        noise(before=bytes((unit, 2, 1, 0)), probability=0.01),
        wrong_unit(99, probability=0.01),
        wrong_function(4, probability=0.01),
        wrong_length(probability=0.01),
        early(probability=0.01),
    ]
    for fault in faults:
        detector.faults.add(fault)
    return detector


def hasty(unit: int) -> SmokeDetector:
    """As `broken`, with what can go wrong between a Modbus TCP server and us."""
    detector = SmokeDetector(unit, toggle_relay_each_read=True, record_reads=True, seed=unit)
    faults = [late(seconds, probability=0.005) for seconds in (0.041, 0.06, 0.1, 0.2)]
    faults += [
        silence(probability=0.005),
        half_frame(probability=0.002),
        exception(4, probability=0.01),
        exception(11, probability=0.005),
        wrong_unit(99, probability=0.005),
        wrong_function(4, probability=0.005),
        wrong_length(probability=0.005),
        wrong_transaction(probability=0.005),
        connection_reset(probability=0.001),
    ]
    for fault in faults:
        detector.faults.add(fault)
    return detector


class Rounds:
    """A line, and how many answers each of its rounds had."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.sizes: list[int] = []

    @property
    def name(self) -> str:
        return self._line.name

    @property
    def is_stuck(self) -> bool:
        return self._line.is_stuck

    @property
    def tells_at_once(self) -> bool:
        return self._line.tells_at_once

    async def exchange_round(
        self, asks: Sequence[Ask], heard: Heard | None = None
    ) -> list[Reply | Failure]:
        answers = await self._line.exchange_round(asks, heard)
        self.sizes.append(len(answers))
        return answers

    def resting_until_us(self, unit: int) -> int:
        return self._line.resting_until_us(unit)

    def needs_other_shape(self, unit: int) -> bool:
        return self._line.needs_other_shape(unit)

    def health(self) -> LineHealth:
        return self._line.health()


def polled(name: str, profile: Profile, unit: int) -> PolledDevice:
    driver = ModbusDriver(profile, unit, PERIOD_US)
    return PolledDevice(
        name,
        unit,
        driver,
        period_us=PERIOD_US,
        timeout_us=TIMEOUT_US,
        late_max_us=LATE_MAX_US,
        probe=driver.probe,
        report=ReportPolicy(always=True),
    )


def wrong(detector: SmokeDetector, samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples that are not what the last read before them was answered."""
    times = [read.at_us for read in detector.served]
    truths = [read.named()["relay"] for read in detector.served]
    return [one for one in samples if truths[bisect.bisect(times, one.mono_us) - 1] != one.value]


async def test_no_wrong_value_whatever_the_units_do() -> None:
    profile = PROFILES["calectro_ug3"]
    detectors = {f"smoke-{unit}": broken(unit) for unit in range(1, UNITS + 1)}
    memory = Memory()
    with SerialLine(detectors.values(), baud=BAUD, stop_bits=1) as slaves:
        port = PortSettings(slaves.path, SerialFormat(BAUD))
        async with Line(LineSettings("line-1", port, settle_us=0), CLOCK) as line:
            devices = [polled(name, profile, one.unit) for name, one in detectors.items()]
            poller = Poller(line, devices, memory, CLOCK, lambda _: None)
            async with asyncio.TaskGroup() as group:
                group.create_task(poller.run())
                await asyncio.sleep(RUN_S)
                await until(lambda: sum(map(len, memory.relay.values())) > 10 * UNITS)
                poller.stop()
            health = line.health()
    assert sum(unit.time_outs for unit in health.units) > UNITS
    assert sum(unit.stale for unit in health.units) > 0
    for name, detector in detectors.items():
        assert wrong(detector, memory.relay[name]) == [], name


async def test_no_wrong_value_over_modbus_tcp_where_units_are_asked_in_rounds() -> None:
    """Of the faults those that are no noise on a wire; some end the connection."""
    profile = PROFILES["calectro_ug3"]
    detectors = {f"smoke-{unit}": hasty(unit) for unit in range(1, UNITS + 1)}
    memory = Memory()
    with ModbusTcp(detectors.values(), turnaround_us=0) as server:
        place = TcpSettings(server.host, server.port)
        settings = LineSettings("line-1", place, settle_us=0, framing=MbapFraming())
        async with Line(settings, CLOCK) as line:
            counted = Rounds(line)
            devices = [polled(name, profile, one.unit) for name, one in detectors.items()]
            poller = Poller(counted, devices, memory, CLOCK, lambda _: None)
            async with asyncio.TaskGroup() as group:
                group.create_task(poller.run())
                await asyncio.sleep(RUN_S)
                poller.stop()
            health = line.health()
    assert max(counted.sizes) > 1
    assert sum(map(len, memory.relay.values())) > 10 * UNITS
    assert sum(unit.time_outs for unit in health.units) > 0
    assert sum(unit.stale for unit in health.units) > 0
    for name, detector in detectors.items():
        assert wrong(detector, memory.relay[name]) == [], name
