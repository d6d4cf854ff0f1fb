"""On a line asked for more than its time smoke keeps its turn; the rest is read less often."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.model import Point, Profile, ValueKind
from device_profiles.transport import Modbus
from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Sample
from edge_agent.health import LineHealth
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.poller import Poller
from runtime.clock import SystemClock
from simulators.fault import FaultPlan
from simulators.register_image import READ_HOLDING, RegisterImage
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.patience import until
from tests.shipped import PROFILES

BAUD = 9_600
PERIOD_US = 250_000
SMOKE, COUNTERS, REGISTERS = (1, 2), range(11, 19), 60
MOST_BETWEEN = 2  # of the long ones, while smoke is not due
FAIR = 2
CLOCK = SystemClock()


class Counters:
    """Sixty registers: 137 ms of a wire at 9600 baud."""

    def __init__(self, unit: int) -> None:
        self.unit = unit
        self.faults = FaultPlan(seed=unit)
        self._image = RegisterImage(
            holding=dict.fromkeys(range(REGISTERS), 7), functions=(READ_HOLDING,)
        )

    def answer(self, pdu: bytes, now: int) -> bytes:  # noqa: ARG002 - the same at any time
        return self._image.reply(pdu)


class Nothing:
    """An intake that keeps nothing."""

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        assert device
        assert samples


def counters() -> Profile:
    points = tuple(
        Point(
            id=f"r{n}",
            value=ValueKind.NUMBER,
            title=Words("Register", "寄存器"),
            unit="count",
            register=Register(type=NumberType.U16, table=Table.HOLDING_REGISTERS, address=n),
        )
        for n in range(REGISTERS)
    )
    return replace(PROFILES["calectro_ug3"], points=points, transport=Modbus(), rules=())


def polled(unit: int) -> PolledDevice:
    if unit in SMOKE:
        smoke = PROFILES["calectro_ug3"]
        driver = ModbusDriver(smoke, unit, PERIOD_US, hazards={"smoke"})
    else:
        driver = ModbusDriver(counters(), unit, PERIOD_US)
    return PolledDevice(f"unit-{unit}", unit, driver, PERIOD_US, timeout_us=1_000_000)


async def test_smoke_keeps_its_turn_on_a_line_that_is_far_too_full() -> None:
    """Judged by the order on the wire: on a loaded machine every exchange takes longer."""
    units = [SmokeDetector(unit) for unit in SMOKE] + [Counters(unit) for unit in COUNTERS]
    with SerialLine(units, baud=BAUD, stop_bits=1, keep_exchanges=True) as slaves:
        port = PortSettings(slaves.path, SerialFormat(BAUD))
        async with Line(LineSettings("line-1", port, settle_us=0), CLOCK) as line:
            devices = [polled(unit.unit) for unit in units]
            poller = Poller(line, devices, Nothing(), CLOCK, lambda _: None)
            async with asyncio.TaskGroup() as group:
                group.create_task(poller.run())
                await until(lambda: all_asked(line.health(), 3))
                poller.stop()
        asked = [one.unit for one in slaves.exchanges]
    for unit in SMOKE:
        for others in between(asked, unit):
            waited = [one for one in others if one not in SMOKE]
            assert len(waited) <= MOST_BETWEEN, (unit, others)
    for unit in COUNTERS:
        for others in between(asked, unit):
            turns = Counter(one for one in others if one not in SMOKE)
            assert max(turns.values()) <= FAIR, (unit, others)


def all_asked(health: LineHealth, times: int) -> bool:
    return len(health.units) == len(SMOKE) + len(COUNTERS) and all(
        one.requests >= times for one in health.units
    )


def between(asked: Sequence[int], unit: int) -> list[Sequence[int]]:
    """Whom the line asked between two turns of the unit."""
    at = [number for number, one in enumerate(asked) if one == unit]
    return [asked[before + 1 : after] for before, after in pairwise(at)]
