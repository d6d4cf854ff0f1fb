"""What befalls any unit: registers that stick, power that goes, a second of its kind."""

import pytest

from simulators.cover_motion import CoverMotion
from simulators.fault import hinders
from simulators.gas_model import XRL
from simulators.gas_monitor import GasMonitor
from simulators.manhole_cover import PitContacts, TiltSensor
from simulators.register_unit import RegisterUnit, another_like, cut_power, stick, unstick
from simulators.smoke_detector import SmokeDetector
from simulators.submersible_gauge import SubmersibleGauge
from simulators.water_gauge import WaterRadar, WaterRuler
from simulators.water_level import WaterLevel

S = 1_000_000
READ_LEVEL = bytes.fromhex("03 00 04 00 01")
READ_INPUTS = bytes.fromhex("02 00 00 00 04")


def every() -> list[RegisterUnit]:
    return [
        SmokeDetector(),
        WaterRuler(WaterLevel()),
        WaterRadar(WaterLevel()),
        SubmersibleGauge(WaterLevel()),
        TiltSensor(CoverMotion()),
        PitContacts(CoverMotion()),
        GasMonitor(),
        GasMonitor(model=XRL),
    ]


@pytest.mark.parametrize("unit", every(), ids=lambda unit: type(unit).__name__)
def test_it_is_silent_until_it_has_booted(unit: RegisterUnit) -> None:
    cut_power(unit, S, 2)
    assert hinders(unit.faults.draw(now=3 * S - 1))
    assert unit.faults.draw(now=3 * S) == ()
    with pytest.raises(ValueError, match="0 or more"):
        cut_power(unit, S, float("nan"))


def test_what_sticks_stays_until_it_is_let_go() -> None:
    gauge = SubmersibleGauge(WaterLevel(0.5))
    stick(gauge, 0)
    gauge.water.rise(1.0, 0)
    assert gauge.answer(READ_LEVEL, 12 * S)[2:] == (500).to_bytes(2, "big")
    unstick(gauge)
    assert gauge.answer(READ_LEVEL, 12 * S)[2:] == (700).to_bytes(2, "big")


def test_what_a_stuck_heartbeat_tells() -> None:
    transmitter = GasMonitor(model=XRL)
    read = bytes.fromhex("03 00 6B 00 01")
    stick(transmitter, 12 * S)
    assert transmitter.answer(read, 60 * S)[2:] == b"\x00\x02"
    cut_power(transmitter, 60 * S, 0)
    assert transmitter.answer(read, 65 * S)[2:] == b"\x00\x01", "power sets it free"


def test_the_truth_of_a_stuck_detector_is_what_it_answers() -> None:
    detector = SmokeDetector(record_reads=True)
    stick(detector, 0)
    detector.set_smoke(True)
    detector.answer(READ_INPUTS, 0)
    assert detector.served[0].named()["smoke"] is False
    assert detector.state(0)["smoke"]


def test_another_goes_its_own_way() -> None:
    gauge = SubmersibleGauge(WaterLevel(0.5))
    other = another_like(gauge)
    gauge.water.set_level(1.0)
    assert other(READ_LEVEL, 0)[2:] == (500).to_bytes(2, "big")
    assert gauge.answer(READ_LEVEL, 0)[2:] == (1000).to_bytes(2, "big")
    other(bytes.fromhex("06 00 03 00 00"), 0)
    assert gauge.settings[3] == 1
