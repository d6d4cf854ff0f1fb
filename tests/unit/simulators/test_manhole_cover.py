"""Attitude sensor and contacts as their masters see them, against their published frames."""

import pytest

from simulators.cover_motion import CoverMotion
from simulators.manhole_cover import (
    ACCELERATION,
    ADDRESS,
    ANGLES,
    BATTERY,
    CALIBRATE,
    SAVE,
    UNLOCK,
    UNLOCK_CODE,
    Contact,
    PitContacts,
    TiltSensor,
)
from simulators.register_unit import stick, unstick
from simulators.rtu import is_sealed, opened, seal
from simulators.slave_line import SlaveUnit

S = 1_000_000
READ_ANGLES = "50 03 00 3D 00 03 99 86"
READ_TWELVE = "50 03 00 34 00 0C 09 80"
UNLOCKED = "50 06 00 69 B5 88 22 A1"
SAVED = "50 06 00 00 00 00 84 4B"
READ_CONTACTS = "FF 02 00 00 00 08 6C 12"
OK, ALARM = "FF 02 01 01 51 A0", "FF 02 01 00 90 60"


def ask(device: SlaveUnit, frame: str, now: int = 0) -> str:
    raw = bytes.fromhex(frame)
    assert is_sealed(raw)
    unit, pdu = opened(raw)
    return seal(unit, device.answer(pdu, now)).hex(" ").upper()


def write(sensor: TiltSensor, register: int, value: int, now: int = 0) -> None:
    pdu = b"\x06" + register.to_bytes(2, "big") + value.to_bytes(2, "big")
    assert sensor.answer(pdu, now) == pdu, "a write is echoed, whatever it does"


def words(sensor: TiltSensor, first: int, count: int, now: int = 0) -> list[int]:
    reply = sensor.answer(b"\x03" + first.to_bytes(2, "big") + count.to_bytes(2, "big"), now)
    assert reply[:2] == bytes((3, 2 * count))
    return [
        int.from_bytes(reply[place : place + 2], "big", signed=True)
        for place in range(2, len(reply), 2)
    ]


def still(roll: float = 0, pitch: float = 0) -> TiltSensor:
    return TiltSensor(CoverMotion(roll=roll, pitch=pitch, rest_g=0))


def test_printed_frames_of_the_sensor() -> None:
    sensor = still(roll=2.5, pitch=-12)
    assert ask(sensor, READ_ANGLES) == "50 03 06 01 C7 F7 77 00 00 E6 88"
    assert len(bytes.fromhex(ask(sensor, READ_TWELVE))) == 5 + 24
    assert ask(sensor, UNLOCKED) == UNLOCKED
    assert ask(sensor, SAVED) == SAVED


def test_acceleration_turn_and_angles_of_a_cover_thrown_open() -> None:
    sensor = still()
    assert words(sensor, ACCELERATION, 13) == [0, 0, 2048] + [0] * 9 + [1500]
    sensor.cover.open(0)
    assert words(sensor, ACCELERATION, 4, S) == [0, 2048, 0, 1475]
    assert words(sensor, ANGLES, 1, S) == [16384], "90 degrees"
    assert words(sensor, ANGLES, 1, 2 * S) == [20025], "110 degrees"
    assert sensor.state(2 * S) == {"angle": 110.0, "roll": 110.0, "pitch": 0.0}


def test_a_frozen_sensor_repeats_itself() -> None:
    sensor = TiltSensor(CoverMotion(seed=1))
    seen = {tuple(words(sensor, ACCELERATION, 3, n * S)) for n in range(9)}
    assert len(seen) > 5
    stick(sensor, 3 * S)
    sensor.cover.open(4 * S)
    assert len({tuple(words(sensor, ACCELERATION, 12, n * S)) for n in range(5, 9)}) == 1
    unstick(sensor)
    assert words(sensor, ANGLES, 1, 9 * S)[0] > 19_000


def test_a_locked_write_changes_nothing() -> None:
    sensor = still()
    write(sensor, ADDRESS, 0x51)
    assert sensor.unit == 0x50
    write(sensor, UNLOCK, 0x1234)
    write(sensor, ADDRESS, 0x51)
    write(sensor, UNLOCK, UNLOCK_CODE, now=0)
    write(sensor, ADDRESS, 0x51, now=10 * S)
    assert sensor.unit == 0x50, "unlocking lasts 10 s"


def test_what_is_not_saved_is_lost_at_a_reboot() -> None:
    sensor = still()
    for saved in (False, True):
        write(sensor, UNLOCK, UNLOCK_CODE)
        write(sensor, ADDRESS, 0x51)
        assert sensor.unit == 0x51
        if saved:
            write(sensor, SAVE, 0)
        write(sensor, SAVE, 0xFF)
        assert sensor.unit == (0x51 if saved else 0x50)
    assert sensor.reboots == 2
    assert sensor.settings[ADDRESS] == 0x51


def test_who_forgets_is_as_from_the_factory() -> None:
    sensor = TiltSensor(CoverMotion(), 0x51)
    sensor.forget()
    sensor.restart(0)
    assert sensor.unit == 0x50
    sensor.set_supply(9.5)
    assert words(sensor, BATTERY, 1) == [950]
    with pytest.raises(ValueError, match="from 0 to 36"):
        sensor.set_supply(48)


def test_a_reference_angle_and_the_supply() -> None:
    sensor = still(roll=2.5, pitch=-12)
    write(sensor, UNLOCK, UNLOCK_CODE)
    write(sensor, CALIBRATE, 8)
    assert words(sensor, ANGLES, 2) == [0, 0]
    sensor.supply_v = 9.5
    assert words(sensor, BATTERY, 1) == [950]


def test_registers_that_are_not_there() -> None:
    sensor = still()
    assert sensor.answer(bytes.fromhex("03 00 41 00 01"), 0) == b"\x83\x02"
    assert sensor.answer(bytes.fromhex("04 00 34 00 01"), 0) == b"\x84\x01"


def test_printed_frames_of_the_contacts() -> None:
    pit = PitContacts(CoverMotion(), wired=[Contact.FLOAT])
    assert ask(pit, READ_CONTACTS) == OK
    pit.set_float(True)
    assert ask(pit, READ_CONTACTS) == ALARM
    both = PitContacts(CoverMotion())
    assert ask(both, READ_CONTACTS) == "FF 02 01 03 D0 61"


@pytest.mark.parametrize(("contact", "left"), [(Contact.COVER, 0b10), (Contact.FLOAT, 0b01)])
def test_a_cut_wire_is_an_alarm(contact: Contact, left: int) -> None:
    pit = PitContacts(CoverMotion())
    pit.cut(contact)
    assert pit.answer(bytes.fromhex("02 00 00 00 08"), 0)[2] == left
    assert pit.state(0) == {"float": False, "open": False}, "the truth is another"
    pit.mend()
    assert pit.answer(bytes.fromhex("02 00 00 00 08"), 0)[2] == 0b11


def test_sensor_and_contact_share_one_cover() -> None:
    cover = CoverMotion(rest_g=0)
    sensor, pit = TiltSensor(cover), PitContacts(cover)
    cover.open(0)
    assert sensor.state(2 * S)["angle"] == 110.0
    assert pit.state(2 * S)["open"]
    assert pit.answer(bytes.fromhex("02 00 00 00 08"), 2 * S)[2] == 0b10
