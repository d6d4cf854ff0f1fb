"""The QDY30A as its master sees it: printed frames, its own scale, what a power cut takes."""

import pytest

from simulators.rtu import is_sealed, opened, seal
from simulators.submersible_gauge import SubmersibleGauge
from simulators.water_level import WaterLevel

S = 1_000_000
READ_ALL = "01 03 00 00 00 07 04 08"
READ_LEVEL = "01 03 00 04 00 01 C5 CB"


def ask(gauge: SubmersibleGauge, frame: str, now: int = 0) -> str:
    raw = bytes.fromhex(frame)
    assert is_sealed(raw)
    unit, pdu = opened(raw)
    return seal(unit, gauge.answer(pdu, now)).hex(" ").upper()


def write(gauge: SubmersibleGauge, register: int, value: int) -> str:
    pdu = b"\x06" + register.to_bytes(2, "big") + value.to_bytes(2, "big")
    return gauge.answer(pdu, 0).hex(" ").upper()


def level(gauge: SubmersibleGauge, now: int = 0) -> int:
    return int.from_bytes(gauge.answer(b"\x03\x00\x04\x00\x01", now)[2:], "big", signed=True)


def test_printed_frames() -> None:
    gauge = SubmersibleGauge(WaterLevel(1.234))
    assert ask(gauge, READ_ALL) == "01 03 0E 00 01 00 03 00 11 00 01 04 D2 00 00 13 88 86 80"
    gauge.water.set_level(0.0)
    gauge.set_drift(-0.005)
    assert ask(gauge, READ_LEVEL) == "01 03 02 FF FB B8 37"


@pytest.mark.parametrize(
    ("unit", "decimals", "count"),
    [
        (0x11, 0, 250),
        (0x11, 3, 0x7FFF),
        (0x12, 3, 2500),
        (0x13, 2, 2452),
        (0x14, 4, 2452),
        (0x15, 3, 3556),
    ],
)
def test_the_scale_is_in_its_registers(unit: int, decimals: int, count: int) -> None:
    gauge = SubmersibleGauge(WaterLevel(2.5))
    write(gauge, 2, unit)
    write(gauge, 3, decimals)
    assert level(gauge) == count
    assert gauge.state(0)["unit_of_level"] == unit


def test_zero_is_taken_off_and_the_range_is_the_end() -> None:
    gauge = SubmersibleGauge(WaterLevel(1.0), range_m=5.0)
    write(gauge, 5, 15)
    assert level(gauge) == 985
    write(gauge, 5, 0xFFF1)
    assert level(gauge) == 1015
    write(gauge, 5, 0)
    gauge.water.set_level(7.0)
    assert level(gauge) == 5000


def test_what_is_not_saved_is_lost_without_power() -> None:
    gauge = SubmersibleGauge(WaterLevel(1.0))
    for register, value in ((0, 9), (1, 7), (2, 0x12), (3, 3), (5, 4)):
        assert write(gauge, register, value).startswith("06")
    assert (gauge.unit, level(gauge)) == (9, 996)
    gauge.restart(0)
    assert (gauge.unit, level(gauge, 60 * S)) == (1, 1000)
    write(gauge, 0, 9)
    write(gauge, 3, 0)
    assert write(gauge, 0x0F, 0) == "06 00 0F 00 00"
    gauge.restart(0)
    assert (gauge.unit, level(gauge, 60 * S)) == (9, 100)
    assert gauge.restarts == 2


def test_the_factory_s_settings_come_back() -> None:
    gauge = SubmersibleGauge(WaterLevel(1.0), unit=7)
    assert gauge.settings[0] == 7
    write(gauge, 3, 0)
    write(gauge, 0x0F, 0)
    assert write(gauge, 0x10, 1) == "06 00 10 00 01"
    gauge.restart(0)
    assert (gauge.unit, gauge.settings[3]) == (1, 1)


def test_it_settles_within_fifteen_seconds() -> None:
    gauge = SubmersibleGauge(WaterLevel(1.0))
    gauge.restart(S)
    seen = [level(gauge, S + second * S) for second in range(20)]
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert abs(seen[15] - 1000) <= 10


def test_it_lies_plausibly_when_its_supply_is_low() -> None:
    gauge = SubmersibleGauge(WaterLevel(0.6))
    gauge.set_supply(9.0)
    assert level(gauge) == 450
    assert gauge.state(0) == {
        "level": 0.6,
        "count": 450,
        "unit_of_level": 0x11,
        "decimals": 1,
        "address": 1,
    }
    gauge.set_supply(12.0)
    assert level(gauge) == 600
    with pytest.raises(ValueError, match="from 6 to 36"):
        gauge.set_supply(5.0)


@pytest.mark.parametrize(
    ("register", "value", "reply"),
    [
        (0, 0, "86 03"),
        (0, 256, "86 03"),
        (1, 8, "86 03"),
        (2, 0x10, "86 03"),
        (3, 5, "86 03"),
        (4, 1, "86 02"),
        (7, 1, "86 02"),
        (0x0F, 1, "86 03"),
        (0x10, 0, "86 03"),
    ],
)
def test_what_it_refuses(register: int, value: int, reply: str) -> None:
    gauge = SubmersibleGauge(WaterLevel())
    assert write(gauge, register, value) == reply
    assert gauge.unit == 1


def test_a_hole_in_the_map() -> None:
    gauge = SubmersibleGauge(WaterLevel())
    assert gauge.answer(bytes.fromhex("03 00 00 00 08"), 0) == b"\x83\x02"
    assert gauge.answer(bytes.fromhex("04 00 04 00 01"), 0) == b"\x84\x01"
