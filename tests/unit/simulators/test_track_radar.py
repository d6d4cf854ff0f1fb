"""The LD2450 as its host sees it, against the maker's printed frame."""

import pytest

from simulators.hilink_frame import HilinkCommand, encode, u16
from simulators.person import Person
from simulators.track_radar import TrackRadar

S = 1_000_000
TICK = 100_000
PRINTED = "AA FF 03 00 0E 03 B1 86 10 00 40 01" + " 00" * 16 + " 55 CC"


def started() -> TrackRadar:
    radar = TrackRadar(boot_us=0)
    radar.due(0)
    return radar


def configured(radar: TrackRadar, word: int, value: bytes = b"") -> bytes:
    radar.received(encode(HilinkCommand(0xFF, u16(1))), 1)
    answer = radar.received(encode(HilinkCommand(word, value)), 1)
    radar.received(encode(HilinkCommand(0xFE)), 1)
    return answer[8:-4]


def zones(kind: int, *corners: int) -> bytes:
    numbers = (*corners, *([0] * (12 - len(corners))))
    return u16(kind) + b"".join(one.to_bytes(2, "little", signed=True) for one in numbers)


def test_the_printed_frame() -> None:
    radar = started()
    radar.set_target(1, -782, 1713, -16, 320)
    assert radar.due(TICK).hex(" ").upper() == PRINTED
    radar.clear_target(1)
    assert radar.due(2 * TICK) == bytes.fromhex("AA FF 03 00") + bytes(24) + b"\x55\xcc"


def test_three_slots_and_single_mode() -> None:
    radar = started()
    for slot in (1, 2, 3):
        radar.set_target(slot, slot, -slot, 0, 360)
    slots = "01 80 01 00 00 00 68 01 02 80 02 00 00 00 68 01 03 80 03 00 00 00 68 01"
    assert radar.due(TICK)[4:-2].hex(" ") == slots
    assert configured(radar, 0x91) == u16(0) + u16(2)
    assert configured(radar, 0x80) == u16(0)
    assert configured(radar, 0x91) == u16(0) + u16(1)
    assert radar.due(2 * TICK)[4:-2].hex(" ") == slots[:23] + " 00" * 16
    assert configured(radar, 0x90) == u16(0)
    assert radar.due(3 * TICK)[4:-2].hex(" ") == slots


def test_people_watched() -> None:
    radar, person, sleeper = started(), Person(), Person()
    radar.watch(person, sleeper)
    person.walk(0)
    sleeper.sleep(0)
    speeds = set()
    for now in range(TICK, 20 * S, TICK):
        radar.due(now)
        speeds.add(radar.state()["v1"])
    state = radar.state()
    assert abs(state["x1"]) <= 1400
    assert 1000 < state["y1"] < 3000
    assert (state["x2"], state["y2"], state["v2"]) == (300, 1000, 0)
    assert min(speeds) < 0 < max(speeds)
    assert max(map(abs, speeds)) < 120
    person.leave(20 * S)
    radar.due(20 * S)
    assert (radar.state()["x1"], radar.state()["gate2"]) == (300, 0)


def test_zones_filter_what_is_seen() -> None:
    radar, person = started(), Person()
    radar.watch(person)
    person.sleep(0)
    radar.due(10 * S)
    bed = (100, 800, 500, 1200)
    for kind, seen in ((1, True), (2, False), (0, True)):
        assert configured(radar, 0xC2, zones(kind, *bed)) == u16(0)
        radar.due(11 * S + kind * S if kind else 14 * S)
        assert (radar.state()["gate1"] > 0) is seen
    assert configured(radar, 0xC2, zones(1, -500, 800, 0, 1200)) == u16(0)
    radar.due(15 * S)
    assert radar.state()["gate1"] == 0
    assert configured(radar, 0xC1) == u16(0) + zones(1, -500, 800, 0, 1200)


@pytest.mark.parametrize(
    ("word", "value"), [(0xC2, zones(3)), (0xC2, b"\x00"), (0x60, b""), (0x62, b"")]
)
def test_what_it_can_not_do_fails(word: int, value: bytes) -> None:
    assert configured(started(), word, value) == u16(1)


@pytest.mark.parametrize("numbers", [(0, 1, 1, 1, 1), (1, 40_000, 0, 0, 0), (1, 0, 0, 0, -1)])
def test_targets_that_can_not_be(numbers: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="slots are"):
        started().set_target(*numbers)
