"""The devices' clock runs faster; wires, lateness and what was before do not."""

import pytest

from simulators.fault import FaultPlan, away, late
from simulators.laser_methane import LaserMethane
from simulators.modbus_fault import beside, twin
from simulators.pace import Pace, PacedStream, PacedUnit
from simulators.register_unit import another_like, cut_power
from simulators.stream_fault import drip
from simulators.water_gauge import WaterRuler
from simulators.water_level import WaterLevel

SECOND = 1_000_000
READ = bytes.fromhex("03 00 00 00 01")


def paced(speed: float, began: int = 100 * SECOND) -> Pace:
    pace = Pace(speed)
    pace.start(began)
    return pace


def test_before_it_starts_both_clocks_are_one() -> None:
    pace = Pace(10)
    assert pace.device_us(7 * SECOND) == 7 * SECOND
    pace.start(100 * SECOND)
    assert pace.device_us(99 * SECOND) == 99 * SECOND


@pytest.mark.parametrize("speed", [0.5, 1, 10])
def test_there_and_back(speed: float) -> None:
    pace = paced(speed)
    assert pace.device_us(110 * SECOND) == round((100 + 10 * speed) * SECOND)
    assert pace.real_us(pace.device_us(110 * SECOND)) == 110 * SECOND
    assert pace.real_us(90 * SECOND) == 90 * SECOND


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_is_above_0(speed: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Pace(speed)


def test_water_rises_as_fast_as_the_clock_runs() -> None:
    pace = paced(10)
    water = WaterLevel()
    ruler = PacedUnit(WaterRuler(water), pace)
    water.rise(0.6, pace.device_us(100 * SECOND))
    assert ruler.unit == 3
    assert ruler.answer(READ, 102 * SECOND)[-1] == 0x20


def test_a_unit_boots_by_its_own_clock() -> None:
    pace, ruler = paced(10), WaterRuler(WaterLevel())
    cut_power(ruler, pace.device_us(100 * SECOND), 20)
    faults = PacedUnit(ruler, pace).faults
    assert faults.draw(now=101 * SECOND) == (away(120 * SECOND),)
    assert faults.draw(now=103 * SECOND) == ()


def test_a_reply_is_late_by_real_time() -> None:
    ruler = WaterRuler(WaterLevel())
    ruler.faults.add(late(0.5, 1))
    (struck,) = PacedUnit(ruler, paced(10)).faults.draw(now=101 * SECOND)
    assert struck.late_us == SECOND // 2


def test_a_twin_lives_by_the_same_clock() -> None:
    water = WaterLevel()
    ruler, pace = WaterRuler(water), paced(10)
    water.rise(0.6, 100 * SECOND)
    ruler.faults.add(twin(another_like(ruler)))
    struck = PacedUnit(ruler, pace).faults.draw(now=102 * SECOND)
    other = beside(READ, 102 * SECOND, struck)
    assert other is not None
    assert other.pdu[-1] == 0x20


def test_a_stream_speaks_faster_and_is_late_as_ever() -> None:
    pace, sensor = paced(10), LaserMethane()
    stream = PacedStream(sensor, pace)
    assert stream.due(100 * SECOND)
    assert stream.wake_us(100 * SECOND) == 100 * SECOND + SECOND // 10
    assert stream.due(100 * SECOND + SECOND // 10)
    assert stream.received(b"x", 101 * SECOND) == b""
    sensor.faults.add(late(2, 1))
    assert stream.due(102 * SECOND) == b""
    sensor.faults.add(drip(pause_s=100))
    assert stream.due(104 * SECOND) != b""


def test_a_plan_that_is_not_hastened_gives_the_fault_itself() -> None:
    plan, fault = FaultPlan(), late(0.5)
    plan.add(fault)
    assert plan.draw()[0] is fault
