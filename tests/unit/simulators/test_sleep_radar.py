"""The R60ABD1 as its host sees it, against every published frame of it."""

import itertools
from collections.abc import Callable

import pytest

from simulators.fault import silence
from simulators.person import Person
from simulators.r60_frame import RadarFrame, encode
from simulators.sleep_radar import SleepRadar
from simulators.sleep_words import WORDS
from simulators.stream_outlet import SentFrame

S = 1_000_000
IN_BED = "53 59 84 01 00 01 01 33 54 43"


def started(**more: object) -> SleepRadar:
    radar = SleepRadar(boot_us=0, **more)  # type: ignore[arg-type]  # its keys are this file's own
    radar.due(0)
    return radar


def told(radar: SleepRadar, now: int) -> str:
    return radar.due(now).hex(" ").upper()


def asked(radar: SleepRadar, frame: str, now: int = 1) -> str:
    return radar.received(bytes.fromhex(frame), now).hex(" ").upper()


def query(radar: SleepRadar, control: int, command: int) -> bytes:
    answer = radar.received(encode(RadarFrame(control, command, b"\x0f")), 1)
    assert answer[2:4] == bytes((control, command))
    return answer[6:-3]


def put(name: str, value: float) -> Callable[[SleepRadar], None]:
    return lambda radar: radar.conditions.put(name, value)


ALARMS = {"struggle_switch": 1, "no_person_switch": 1}


@pytest.mark.parametrize(
    ("cause", "frame"),
    [
        (put("bed", 1), IN_BED),
        (put("in_range", 0), "53 59 07 07 00 01 00 BB 54 43"),
        (put("struggle", 2), "53 59 84 11 00 01 02 44 54 43"),
        (put("no_person", 2), "53 59 84 12 00 01 02 45 54 43"),
        (put("presence", 1), "53 59 80 01 00 01 01 2F 54 43"),
        (put("abnormal", 2), "53 59 84 0E 00 01 02 41 54 43"),
        (put("breath_state", 1), "53 59 81 01 00 01 01 30 54 43"),
        (lambda radar: radar.set_breath(9), "53 59 81 01 00 01 03 32 54 43"),
        (
            lambda radar: radar.report_wave("breath_wave", bytes.fromhex("54 43 53 59 80")),
            "53 59 81 05 00 05 54 43 53 59 80 FA 54 43",
        ),
    ],
)
def test_tells_of_a_change_once(cause: Callable[[SleepRadar], None], frame: str) -> None:
    radar = started(settings=ALARMS)
    cause(radar)
    assert told(radar, 2) == frame
    assert told(radar, 3) == ""


def test_no_breath_and_in_range_again() -> None:
    radar = started()
    radar.set_breath(16)
    radar.conditions.put("in_range", 0)
    told(radar, 1)
    radar.set_breath(0)
    radar.conditions.put("in_range", 1)
    assert told(radar, 2) == "53 59 81 01 00 01 04 33 54 43 53 59 07 07 00 01 01 BC 54 43"


def test_rates_come_every_three_seconds() -> None:
    radar = started()
    radar.set_breath(16)
    radar.set_heart(65)
    radar.due(2 * S)
    third = told(radar, 3 * S)
    assert "53 59 81 02 00 01 10 40 54 43" in third
    assert "53 59 85 02 00 01 41 75 54 43" in third
    radar.set_heart(67)
    assert "53 59 85 02" not in told(radar, 5 * S)
    assert "53 59 85 02 00 01 43 77 54 43" in told(radar, 6 * S)


def test_waves_come_every_second_and_are_flat_without_breath() -> None:
    radar = started()
    assert "53 59 81 05 00 05 80 80 80 80 80 B7 54 43" in told(radar, S)
    radar.set_breath(15)
    waves = b"".join(
        frame.frame[6:11] for frame in _recorded(radar, 20) if frame.name == "breath_wave"
    )
    assert max(waves) > 160
    assert min(waves) < 96
    crossings = sum(one < 128 <= other for one, other in itertools.pairwise(waves))
    assert crossings in (4, 5)


def _recorded(radar: SleepRadar, seconds: int) -> list[SentFrame]:
    other = SleepRadar(boot_us=0, record=True)
    other.conditions = radar.conditions
    for second in range(seconds + 1):
        other.due(second * S)
    return list(other.sent)


def test_movement_each_second_distance_and_position_each_other() -> None:
    radar = started(settings={"breath_switch": 0, "heart_switch": 0})
    radar.conditions.put("movement", 37)
    radar.conditions.put("distance", 150)
    for name, value in (("x", -1), ("y", 300), ("z", -45)):
        radar.conditions.put(name, value)
    assert told(radar, S) == "53 59 80 03 00 01 25 55 54 43"
    second = told(radar, 2 * S)
    assert "53 59 80 04 00 02 00 96" in second
    assert "53 59 80 05 00 06 80 01 01 2C 80 2D" in second


def test_who_it_is_comes_at_the_start() -> None:
    radar = SleepRadar(boot_us=0)
    frames = radar.due(0)
    assert frames.startswith(bytes.fromhex("53 59 05 01 00 01 0F C2 54 43 53 59 02 01 00 07"))
    assert b"R60ABD1" in frames
    assert query(radar, 0x02, 0xA1) == b"R60ABD1"


def test_published_commands() -> None:
    radar = started()
    for command in (
        "53 59 84 0F 00 01 00 40 54 43",
        "53 59 84 0F 00 01 01 41 54 43",
        "53 59 01 80 00 01 0F 3D 54 43",
    ):
        assert asked(radar, command) == command
    radar.set_heart(65)
    assert asked(radar, "53 59 85 82 00 01 0F C3 54 43") == "53 59 85 82 00 01 41 F5 54 43"


@pytest.mark.parametrize("key", [*WORDS.queries, *WORDS.asked_by, (0x02, 0xA4), (0x05, 0x81)])
def test_every_query_is_answered_in_its_own_name(key: tuple[int, int]) -> None:
    assert query(started(), *key)


def test_real_time_mode_knows_no_bed_and_no_sleep() -> None:
    radar = started()
    radar.conditions.put("bed", 1)
    radar.conditions.put("sleep", 0)
    assert (query(radar, 0x84, 0x81), query(radar, 0x84, 0x82)) == (b"\x01", b"\x00")
    assert asked(radar, "53 59 84 0F 00 01 00 40 54 43")
    assert (query(radar, 0x84, 0x81), query(radar, 0x84, 0x82)) == (b"\x02", b"\x03")
    assert query(radar, 0x84, 0x8C) == b"\x00"
    radar.conditions.put("bed", 0)
    assert "53 59 84 01" not in told(radar, 2)
    assert "53 59 84 02" not in told(radar, 600 * S)


def test_alarms_are_off_until_they_are_switched_on() -> None:
    radar = started()
    radar.conditions.put("struggle", 2)
    assert told(radar, 1) == ""
    assert (query(radar, 0x84, 0x91), query(radar, 0x84, 0x92)) == (b"\x00", b"\x00")
    radar.received(encode(RadarFrame(0x84, 0x13, b"\x01")), 2)
    assert query(radar, 0x84, 0x91) == b"\x02"
    assert query(radar, 0x84, 0x93) == b"\x01"


@pytest.mark.parametrize(
    ("command", "data"), [(0x15, 29), (0x15, 181), (0x16, 4), (0x16, 121), (0x1A, 3), (0x0F, 2)]
)
def test_settings_out_of_range_are_ignored(command: int, data: int) -> None:
    radar = started()
    assert radar.received(encode(RadarFrame(0x84, command, bytes((data,)))), 1) == b""


def test_a_night_watched() -> None:
    radar, person = started(record=True, settings=ALARMS), Person(heart=72)
    radar.watch(person)
    person.sleep(0)
    for now in range(0, 7200 * S, 5 * S):
        radar.due(now)
    assert radar.state()["bed"] == 1
    person.leave(7200 * S)
    for now in range(7200 * S, 7200 * S + 1900 * S, S):
        radar.due(now)
    names = [sent.name for sent in radar.sent]
    assert names.count("bed") == 2
    assert names.count("composite") == 15
    assert [name for name in names if name in ("score", "night", "rating")] == [
        "score", "night", "rating",
    ]  # fmt: skip
    night = next(sent.frame for sent in radar.sent if sent.name == "night")
    assert night[2:6] == bytes.fromhex("84 0D 00 0C")
    assert int.from_bytes(night[7:9], "big") in (119, 120)
    deep = [sent.frame for sent in radar.sent if sent.name == "deep_min"]
    assert [int.from_bytes(frame[6:8], "big") for frame in deep[:7]] == [0, 0, 9, 19, 29, 30, 30]
    assert query(radar, 0x84, 0x86) == bytes((night[6],))
    assert radar.state()["no_person"] == 2


def test_apnoea_and_struggle_of_a_sleeper() -> None:
    radar, person = started(record=True, settings=ALARMS), Person()
    radar.watch(person)
    person.sleep(0)
    radar.due(20 * S)
    person.hold_breath(True)
    assert "53 59 81 01 00 01 04 33 54 43" in told(radar, 21 * S)
    person.struggle(True)
    assert "53 59 84 11 00 01 02 44 54 43" in told(radar, 30 * S)


def test_the_dropped_frame_is_never_repeated_but_a_query_finds_it() -> None:
    radar = started()
    radar.faults.add(silence(1, only="bed"))
    radar.conditions.put("bed", 1)
    assert "53 59 84 01" not in told(radar, 5 * S)
    assert asked(radar, "53 59 84 81 00 01 0F C1 54 43") == "53 59 84 81 00 01 01 B3 54 43"


def test_what_holds_is_told_after_a_reboot() -> None:
    radar = started()
    radar.conditions.put("bed", 1)
    radar.reboot()
    assert told(radar, S).endswith(IN_BED)


def test_what_it_never_tells_is_refused() -> None:
    radar = started()
    for act in (
        lambda: radar.set_heart(40),
        lambda: radar.set_heart(121),
        lambda: radar.set_breath(36),
        lambda: radar.report_wave("breath_wave", b"12"),
        lambda: radar.report_wave("rain", b"12345"),
        lambda: SleepRadar(settings={"mode": 7}),
    ):
        with pytest.raises(ValueError, match=r"tells|wave|setting"):
            act()
    radar.set_heart(0)
