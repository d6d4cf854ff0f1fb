"""The LD2410 as its host sees it, against the published traces."""

import pytest

from simulators.fault import wrong_checksum
from simulators.hilink_frame import HilinkCommand, encode, u16
from simulators.person import Person
from simulators.presence_radar import PresenceRadar

S = 1_000_000
TICK = 100_000
BASIC = "F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5"
ENGINEERING = (
    "F4 F3 F2 F1 23 00 01 AA 03 1E 00 3C 00 00 39 00 00 08 08 3C 22 05 03 03 04 03 06 05 "
    "00 00 39 10 13 06 06 08 04 60 01 55 00 F8 F7 F6 F5"
)


def started() -> PresenceRadar:
    radar = PresenceRadar(boot_us=0)
    radar.due(0)
    return radar


def put(radar: PresenceRadar, **values: float) -> None:
    for name, value in values.items():
        radar.conditions.put(name, value)


def told(radar: PresenceRadar, now: int) -> str:
    return radar.due(now).hex(" ").upper()


def configured(radar: PresenceRadar, word: int, value: bytes = b"") -> bytes:
    radar.received(encode(HilinkCommand(0xFF, u16(1))), 1)
    answer = radar.received(encode(HilinkCommand(word, value)), 1)
    radar.received(encode(HilinkCommand(0xFE)), 1)
    return answer[8:-4]


def parameter(number: int, value: int) -> bytes:
    return u16(number) + value.to_bytes(4, "little")


def test_the_basic_trace() -> None:
    radar = started()
    put(radar, target=2, move_cm=81, still_energy=59)
    assert told(radar, TICK) == BASIC


def test_the_engineering_trace() -> None:
    radar = started()
    assert configured(radar, 0x62) == b"\x00\x00"
    put(radar, target=3, move_cm=30, move_energy=60, still_energy=57, light=0x60, out=1)
    radar.set_gates(
        bytes.fromhex("3C 22 05 03 03 04 03 06 05"), bytes.fromhex("00 00 39 10 13 06 06 08 04")
    )
    assert told(radar, TICK) == ENGINEERING
    configured(radar, 0x63)
    assert told(radar, 2 * TICK).startswith("F4 F3 F2 F1 0D 00 02 AA")


def test_ten_frames_a_second() -> None:
    radar = started()
    assert sum(bool(radar.due(now)) for now in range(0, S + 1, 20_000)) == 10


def test_a_person_watched() -> None:
    radar, person = started(), Person()
    radar.watch(person)
    person.walk(0)
    radar.due(2 * S)
    state = radar.state()
    assert (state["target"], state["out"]) == (1, 1)
    assert 80 < state["move_cm"] < 350
    assert state["still_cm"] == 0
    person.sit(2 * S)
    radar.due(4 * S)
    assert radar.state()["target"] == 2
    person.leave(4 * S)
    radar.due(8 * S)
    assert radar.state()["target"] == 2
    assert (
        radar.due(10 * S)
        .hex(" ")
        .upper()
        .endswith("02 AA 00 00 00 00 00 00 00 00 00 55 00 F8 F7 F6 F5")
    )


def test_a_gate_further_than_set_is_not_seen() -> None:
    radar, person = started(), Person()
    radar.watch(person)
    person.sleep(0)
    radar.due(10 * S)
    assert radar.state()["still_cm"] == 104
    gates = parameter(0, 2) + parameter(1, 2) + parameter(2, 1)
    assert configured(radar, 0x60, gates) == b"\x00\x00"
    person.walk(10 * S)
    seen = set()
    for now in range(14 * S, 60 * S, S):
        radar.due(now)
        seen.add(radar.state()["target"])
    assert 0 in seen
    assert max(seen) <= 2


def test_engineering_mode_shows_the_gate_of_the_target() -> None:
    radar = started()
    configured(radar, 0x62)
    put(radar, target=1, move_cm=160, move_energy=70)
    frame = radar.due(TICK)
    assert frame[19:28] == bytes((0, 0, 70, 0, 0, 0, 0, 0, 0))
    radar.reboot()
    radar.due(2 * TICK)
    assert radar.due(4 * TICK)[6:8] == b"\x02\xaa"


def test_parameters() -> None:
    radar = started()
    found = configured(radar, 0x61)
    assert found[:6] == bytes.fromhex("00 00 AA 08 08 08")
    assert len(found) == 2 + 4 + 18 + 2
    assert configured(radar, 0x64, parameter(0, 3) + parameter(1, 40) + parameter(2, 35)) == u16(0)
    assert (radar.settings["move_3"], radar.settings["still_3"]) == (40, 35)
    every = parameter(0, 0xFFFF) + parameter(1, 50) + parameter(2, 50)
    assert configured(radar, 0x64, every) == u16(0)
    assert configured(radar, 0x61)[6:-2] == bytes((50,)) * 18


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (0x60, parameter(0, 9) + parameter(1, 8) + parameter(2, 5)),
        (0x60, parameter(0, 8) + parameter(2, 8) + parameter(1, 5)),
        (0x60, b""),
        (0x64, parameter(0, 9) + parameter(1, 40) + parameter(2, 40)),
        (0x64, parameter(0, 1) + parameter(1, 101) + parameter(2, 40)),
        (0x65, parameter(0, 1) + parameter(1, 10) + parameter(2, 40)),
    ],
)
def test_what_it_can_not_do_fails(word: int, value: bytes) -> None:
    radar = started()
    before = dict(radar.settings)
    assert configured(radar, word, value) == u16(1)
    assert radar.settings == before


def test_there_is_no_checksum_to_spoil() -> None:
    with pytest.raises(ValueError, match="wrong_checksum"):
        started().faults.add(wrong_checksum())


def test_nine_gates() -> None:
    with pytest.raises(ValueError, match="9 gates"):
        started().set_gates(b"12345678", b"123456789")
