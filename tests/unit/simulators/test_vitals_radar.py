"""The MR60BHA2 as its host sees it, against every published frame of it."""

import struct

import pytest

from simulators.person import Person
from simulators.tiny_frame import TinyFrame, TinyReader
from simulators.vitals_radar import VitalsRadar

S = 1_000_000
TICK = 125_000


def started(**more: object) -> VitalsRadar:
    radar = VitalsRadar(boot_us=0, **({"warm_up_s": 0.0} | more))  # type: ignore[arg-type]  # its keys are this file's own
    radar.due(0)
    return radar


def told(radar: VitalsRadar, now: int) -> dict[int, bytes]:
    frames = TinyReader(512).feed(radar.due(now))
    return {frame.kind: frame.data for frame in frames}


def number(data: bytes) -> float:
    found: float = struct.unpack("<f", data)[0]
    return found


def test_published_breath() -> None:
    radar = started()
    radar.set_rate("breath", 20.3)
    assert radar.due(TICK).startswith(bytes.fromhex("01 00 00 00 04 0A 14 E4 66 66 A2 41 1C"))


def test_published_heart_distance_and_presence() -> None:
    radar = started(first_id=0x10)
    radar.set_rate("heart", 72)
    radar.set_distance(74.62)
    radar.set_presence(True)
    frames = radar.due(TICK).hex(" ").upper()
    assert (
        "01 00 11 00 04 0A 15 F4 00 00 90 42 2D "
        "01 00 12 00 08 0A 16 F8 01 00 00 00 71 3D 95 42 65 "
        "01 00 13 00 04 0F 09 EF 01 00 00 00 FE"
    ) in frames


def test_published_invalid_distance() -> None:
    radar = started(first_id=0x10)
    radar.set_distance(100)
    radar.set_distance(None)
    assert bytes.fromhex("01 00 12 00 08 0A 16 F8 00 00 00 00 00 00 00 00 FF") in radar.due(TICK)


def test_everything_comes_eight_times_a_second() -> None:
    radar = started(record=True)
    for tick in range(1, 17):
        radar.due(tick * TICK)
    names = [one.name for one in radar.sent]
    assert {name: names.count(name) for name in radar.NAMES} == dict.fromkeys(radar.NAMES, 16)


def test_the_firmware_is_told_on_demand() -> None:
    radar = started()
    raw = radar.received(bytes.fromhex("01 80 00 00 00 FF FF 7E"), 1)
    assert TinyReader().feed(raw) == [
        TinyFrame(0x8000, 0xFFFF, bytes.fromhex("01 00 00 00 01 00 00 00 06 00 0C 00"))
    ]
    assert radar.received(bytes.fromhex("01 00 00 00 00 0E 06 F6"), 2) == b""


def test_a_minute_of_warm_up_with_nothing_but_presence() -> None:
    radar, person = started(warm_up_s=60.0), Person(breath=15, heart=70)
    radar.watch(person)
    person.sleep(0)
    warming = told(radar, 30 * S)
    assert (number(warming[0x0A14]), number(warming[0x0A15])) == (0.0, 0.0)
    assert warming[0x0F09] == b"\x01\x00\x00\x00"
    assert warming[0x0100] == b"invalid BR = 0.000000 \x00"
    warm = told(radar, 61 * S)
    assert 10 < number(warm[0x0A14]) < 16
    assert 55 < number(warm[0x0A15]) < 65
    assert warm[0x0100].startswith(b"breath rate = 1")
    radar.warm_up(10, 61 * S)
    assert number(told(radar, 70 * S)[0x0A14]) == 0.0
    assert number(told(radar, 72 * S)[0x0A14]) > 0.0
    assert radar.reboots == 0


def test_who_walks_or_is_far_has_a_distance_but_no_rates() -> None:
    radar, person = started(), Person()
    radar.watch(person)
    person.walk(0)
    seen = told(radar, 10 * S)
    assert number(seen[0x0A14]) == 0.0
    flag, centimetres = struct.unpack("<If", seen[0x0A16])
    assert flag == 1
    assert 100 < centimetres < 350
    person.leave(11 * S)
    gone = told(radar, 20 * S)
    assert gone[0x0A16] == bytes(8)
    assert gone[0x0F09] == bytes(4)


def test_targets_have_places_and_speeds() -> None:
    radar, person, other = started(), Person(), Person()
    radar.watch(person, other)
    assert told(radar, S)[0x0A04] == bytes(4)
    person.walk(S)
    other.sleep(S)
    many, x_m, y_m, doppler, cluster = struct.unpack("<Iffii", told(radar, 20 * S)[0x0A04][:20])
    assert (many, cluster) == (2, 0)
    assert abs(x_m) <= 1.4
    assert 1.0 < y_m < 3.0
    assert abs(doppler) <= 5
    _, bed_y, still, second = struct.unpack("<ffii", told(radar, 20 * S + TICK)[0x0A04][20:])
    assert (bed_y, still, second) == (pytest.approx(1.0), 0, 1)


def test_phases_turn_with_the_rates() -> None:
    radar = started()
    assert told(radar, TICK)[0x0A13] == bytes(12)
    radar.set_rate("breath", 15)
    phases = [struct.unpack("<fff", told(radar, tick * TICK)[0x0A13])[1] for tick in range(2, 34)]
    assert phases[0] == pytest.approx(0.19635, abs=1e-4)
    assert max(phases) > 6
    assert min(phases[-2:]) < 0.3


def test_apnoea() -> None:
    radar, person = started(), Person()
    radar.watch(person)
    person.sleep(0)
    assert number(told(radar, 20 * S)[0x0A14]) > 5
    person.hold_breath(True)
    seen = told(radar, 21 * S)
    assert number(seen[0x0A14]) == 0.0
    assert number(seen[0x0A15]) > 40


@pytest.mark.parametrize(("name", "rate"), [("rain", 1), ("heart", -1), ("breath", 300)])
def test_rates_that_can_not_be(name: str, rate: float) -> None:
    with pytest.raises(ValueError, match=name):
        started().set_rate(name, rate)
