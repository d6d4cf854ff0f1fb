"""Ruler and radar as their masters see them, against every published frame of them."""

import pytest

from simulators.rtu import is_sealed, opened, seal
from simulators.slave_line import SlaveUnit
from simulators.water_gauge import Coding, Trouble, WaterRadar, WaterRuler
from simulators.water_level import WaterLevel

READ_RULER = "03 03 00 00 00 01 85 E8"
READ_LEVEL = "01 03 00 03 00 01 74 0A"
INSTALL_250_CM = "01 06 00 05 00 FA 19 88"


def ask(device: SlaveUnit, frame: str, now: int = 0) -> str:
    raw = bytes.fromhex(frame)
    assert is_sealed(raw)
    unit, pdu = opened(raw)
    return seal(unit, device.answer(pdu, now)).hex(" ").upper()


def write(device: SlaveUnit, register: int, value: int) -> str:
    pdu = b"\x06" + register.to_bytes(2, "big") + value.to_bytes(2, "big")
    return device.answer(pdu, 0).hex(" ").upper()


def read(device: SlaveUnit, register: int, now: int = 0) -> int:
    reply = device.answer(b"\x03" + register.to_bytes(2, "big") + b"\x00\x01", now)
    assert reply[:2] == b"\x03\x02"
    return int.from_bytes(reply[2:], "big")


@pytest.mark.parametrize(
    ("level", "reply"), [(1.23, "03 03 02 01 23 81 CD"), (0.45, "03 03 02 00 45 00 77")]
)
def test_the_ruler_s_printed_frames(level: float, reply: str) -> None:
    assert ask(WaterRuler(WaterLevel(level)), READ_RULER) == reply


def test_the_plain_ruler_s_printed_frames() -> None:
    ruler = WaterRuler(WaterLevel(0.27), 1, coding=Coding.PLAIN)
    assert ask(ruler, "01 03 00 00 00 01 84 0A") == "01 03 02 00 1B F8 4F"


def test_every_centimetre_of_the_ruler_is_two_digits() -> None:
    water = WaterLevel()
    ruler = WaterRuler(water)
    for level_cm in range(310):
        water.set_level(level_cm / 100)
        metres, digits = divmod(read(ruler, 0), 256)
        assert metres * 100 + int(f"{digits:02x}") == min(level_cm, 299)


def test_what_ails_a_ruler() -> None:
    water = WaterLevel(0.33)
    ruler = WaterRuler(water)
    ruler.set_trouble(Trouble.DIGITS, 0)
    assert read(ruler, 0) == 0x00AF
    ruler.set_trouble(Trouble.ABNORMAL, 0)
    assert read(ruler, 0) == 0xFF33
    ruler.set_trouble(Trouble.FOULED, 0)
    water.rise(0.6, 0, to=0.8)
    assert read(ruler, 0, 60_000_000) == 0x33
    ruler.set_trouble(Trouble.NONE, 0)
    assert read(ruler, 0, 60_000_000) == 0x80
    assert ruler.state(60_000_000) == {"level": 0.8, "register": 0x80}


def test_the_ruler_has_one_register_and_no_writes() -> None:
    ruler = WaterRuler(WaterLevel())
    assert ruler.answer(bytes.fromhex("03 00 00 00 06"), 0) == b"\x83\x02"
    assert write(ruler, 0, 1) == "86 01"


def test_the_radar_s_printed_frames() -> None:
    radar = WaterRadar(WaterLevel(0.35), height_m=2.5)
    assert ask(radar, READ_LEVEL) == "01 03 02 00 00 B8 44", "it does not know its height"
    assert ask(radar, INSTALL_250_CM) == INSTALL_250_CM
    assert ask(radar, READ_LEVEL) == "01 03 02 01 5E 38 2C"
    assert read(radar, 1) == 2150


@pytest.mark.parametrize("register", [1, 3, 5, 0x03F4, 0x03F6, 0x07D4])
def test_the_radar_s_registers(register: int) -> None:
    assert read(WaterRadar(WaterLevel()), register) >= 0


def test_millimetres_and_centimetres() -> None:
    radar = WaterRadar(WaterLevel(0.123), height_m=4.0, installed_cm=400)
    assert (read(radar, 1), read(radar, 3), read(radar, 5)) == (3877, 123, 400)
    radar.hang(3.9)
    assert read(radar, 3) == 223, "it hangs lower than it was told"
    radar.hang(12.0)
    assert read(radar, 1) == 10_000, "it sees 10 m"


def test_a_radar_without_an_echo() -> None:
    radar = WaterRadar(WaterLevel(0.1), installed_cm=300)
    radar.set_echo(False)
    assert (read(radar, 1), read(radar, 3)) == (0xFFFF, 0xFFFF)
    radar.set_echo(True)
    assert read(radar, 3) == 100
    assert radar.state(0)["level"] == 0.1


def test_what_can_be_written_to_the_radar() -> None:
    radar = WaterRadar(WaterLevel())
    assert write(radar, 0x03F4, 9).startswith("06")
    assert radar.unit == 9
    assert write(radar, 0x03F6, 96).startswith("06")
    assert radar.settings == {"installed": 0, "address": 9, "baud": 96, "range": 10}
    assert write(radar, 0x03F4, 0xFE) == "86 03"
    assert write(radar, 0x03F6, 97) == "86 03"
    assert write(radar, 3, 1) == "86 02"
