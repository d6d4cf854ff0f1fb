"""The R60AFD1 as its host sees it, against every published frame of it."""

from collections.abc import Callable

import pytest

from simulators.care_radar import CareRadar
from simulators.fault import half_frame, noise, silence, wrong_checksum
from simulators.r60_frame import RadarFrame, encode
from simulators.r60_words import MODEL
from simulators.radar_eye import Motion

S = 1_000_000
INIT = "53 59 05 01 00 01 0F C2 54 43"
FALL = "53 59 83 01 00 01 01 32 54 43"
NO_FALL = "53 59 83 01 00 01 00 31 54 43"
PRESENT = "53 59 80 01 00 01 01 2F 54 43"
SCENARIO = "53 59 05 07 00 01 00 B9 54 43"
FALL_QUERY = "53 59 83 81 00 01 0F C0 54 43"
RESET = "53 59 01 02 00 01 0F BF 54 43"


def started(**more: object) -> CareRadar:
    radar = CareRadar(boot_us=0, **more)  # type: ignore[arg-type]  # its keys are this file's own
    radar.due(0)
    return radar


def told(radar: CareRadar, now: int) -> str:
    return radar.due(now).hex(" ").upper()


def asked(radar: CareRadar, frame: str, now: int = 1) -> str:
    return radar.received(bytes.fromhex(frame), now).hex(" ").upper()


def present(radar: CareRadar) -> None:
    radar.set_presence(True)


def absent(radar: CareRadar) -> None:
    radar.set_presence(True)
    radar.due(1)
    radar.set_presence(False)


def fall_and_rise(radar: CareRadar) -> None:
    radar.set_fall(True)
    radar.due(1)
    radar.set_fall(False)


def still_and_moving(radar: CareRadar) -> None:
    radar.set_still(True)
    radar.due(1)
    radar.set_still(False)


@pytest.mark.parametrize(
    ("cause", "frame"),
    [
        (lambda radar: radar.set_fall(True), FALL),
        (fall_and_rise, NO_FALL),
        (lambda radar: radar.set_still(True), "53 59 83 05 00 01 01 36 54 43"),
        (still_and_moving, "53 59 83 05 00 01 00 35 54 43"),
        (present, PRESENT),
        (absent, "53 59 80 01 00 01 00 2E 54 43"),
        (lambda radar: radar.set_motion(Motion.STATIC), "53 59 80 02 00 01 01 30 54 43"),
        (lambda radar: radar.set_motion(Motion.ACTIVE), "53 59 80 02 00 01 02 31 54 43"),
        (
            lambda radar: radar.report_heights(100, (70, 20, 10, 0)),
            "53 59 83 0E 00 06 00 64 46 14 0A 00 0B 54 43",
        ),
        (lambda radar: radar.report_chip_fault(1), "53 59 05 02 00 01 01 B5 54 43"),
    ],
)
def test_tells_of_a_change_once(cause: Callable[[CareRadar], None], frame: str) -> None:
    radar = started()
    cause(radar)
    assert told(radar, 2) == frame
    assert told(radar, 3) == ""
    cause_again = radar.state()
    assert told(radar, 4) == "", cause_again


def test_power_on_ends_with_init_and_what_holds() -> None:
    radar = CareRadar(boot_us=500)
    radar.set_presence(True)
    assert told(radar, 1000) == ""
    assert told(radar, 1499) == ""
    assert told(radar, 1500) == f"{INIT} {SCENARIO} {PRESENT}"


def test_movement_comes_each_second() -> None:
    radar = started()
    radar.set_movement(37)
    assert told(radar, S - 1) == ""
    assert told(radar, S) == "53 59 80 03 00 01 25 55 54 43"
    assert told(radar, 2 * S - 1) == ""
    assert told(radar, 2 * S) == "53 59 80 03 00 01 25 55 54 43"


def test_a_pause_does_not_pile_up_reports() -> None:
    radar = started()
    assert told(radar, 30 * S).count("53 59 80 03") == 1


def test_heartbeat_and_uptime_each_minute() -> None:
    radar = started(settings={"presence_switch": 0})
    assert told(radar, 60 * S) == (
        "53 59 01 01 00 01 0F BE 54 43 53 59 05 03 00 04 00 00 00 3C F4 54 43"
    )
    for minute in range(2, 60):
        radar.due(minute * 60 * S)
    assert told(radar, 3600 * S).endswith("53 59 05 03 00 04 00 00 0E 10 D6 54 43")


def test_trajectory_while_somebody_is_there() -> None:
    radar = started()
    radar.set_presence(True)
    radar.set_position(-2, 300)
    radar.due(1)
    assert "53 59 83 12 00 04 FF FE 01 2C" in told(radar, 2 * S)
    radar.set_presence(False)
    assert "53 59 83 12" not in told(radar, 4 * S)


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("53 59 80 81 00 01 0F BD 54 43", "53 59 80 81 00 01 01 AF 54 43"),
        ("53 59 80 83 00 01 0F BF 54 43", "53 59 80 83 00 01 25 D5 54 43"),
        (FALL_QUERY, "53 59 83 81 00 01 00 B1 54 43"),
        ("53 59 83 85 00 01 0F C4 54 43", "53 59 83 85 00 01 00 B5 54 43"),
        ("53 59 83 80 00 01 0F BF 54 43", "53 59 83 80 00 01 01 B1 54 43"),
        ("53 59 05 81 00 01 0F 42 54 43", "53 59 05 81 00 01 01 34 54 43"),
    ],
)
def test_answers_published_queries(query: str, answer: str) -> None:
    radar = started()
    radar.set_presence(True)
    radar.set_movement(37)
    assert asked(radar, query) == answer


def test_tells_its_firmware() -> None:
    answer = bytes.fromhex(asked(started(), "53 59 02 A4 00 01 0F 62 54 43"))
    assert answer[6:-3] == b"G60FD1SYv010104"


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        ("53 59 83 0D 00 01 02 3F 54 43", "sensitivity", 2),
        ("53 59 83 0D 00 01 03 40 54 43", "sensitivity", 3),
        ("53 59 06 02 00 02 01 04 BB 54 43", "installed_height_cm", 260),
        ("53 59 83 0A 00 04 00 00 01 2C 6A 54 43", "still_duration_s", 300),
        ("53 59 83 0B 00 01 01 3C 54 43", "still_switch", 1),
        ("53 59 83 00 00 01 01 31 54 43", "fall_switch", 1),
    ],
)
def test_settings_are_echoed_and_kept(command: str, name: str, value: int) -> None:
    radar = started(settings={"still_switch": 0, "fall_switch": 0})
    assert asked(radar, command) == command
    assert radar.settings[name] == value


@pytest.mark.parametrize(
    ("control", "command"),
    [
        (0x80, 0x80), (0x80, 0x8D), (0x80, 0x8E), (0x80, 0x92), (0x83, 0x8A), (0x83, 0x8B),
        (0x83, 0x8C), (0x83, 0x8D), (0x83, 0x8F), (0x83, 0x90), (0x83, 0x91), (0x83, 0x92),
        (0x83, 0x93), (0x83, 0x94), (0x83, 0x95), (0x06, 0x81), (0x06, 0x82), (0x02, 0xA1),
        (0x02, 0xA2), (0x02, 0xA3), (0x80, 0x82),
    ],
)  # fmt: skip
def test_every_documented_query_is_answered_in_its_own_name(control: int, command: int) -> None:
    radar = started()
    answer = radar.received(encode(RadarFrame(control, command, b"\x0f")), 1)
    assert answer[:4] == bytes((0x53, 0x59, control, command))


def test_height_statistics_are_answered_under_the_report_s_name() -> None:
    radar = started()
    assert asked(radar, "53 59 83 8E 00 01 0F CD 54 43").startswith("53 59 83 0E 00 06")


def test_what_it_does_not_know_gets_no_answer() -> None:
    radar = started()
    assert radar.received(encode(RadarFrame(0x99, 0x99, b"\x0f")), 1) == b""
    assert radar.received(encode(RadarFrame(0x83, 0x0D, b"\x04")), 1) == b""
    assert radar.ignored == 2


def test_a_switched_off_fall_function_looks_healthy() -> None:
    radar = started(settings={"fall_switch": 0})
    radar.set_fall(True)
    assert told(radar, 1) == ""
    assert asked(radar, FALL_QUERY) == "53 59 83 81 00 01 00 B1 54 43"
    assert asked(radar, "53 59 83 80 00 01 0F BF 54 43") == "53 59 83 80 00 01 00 B0 54 43"


def test_reset_acknowledges_and_reboots() -> None:
    radar = CareRadar(boot_us=500)
    radar.due(0)
    radar.set_fall(True)
    radar.due(500)
    assert asked(radar, RESET, 10 * S) == RESET
    assert asked(radar, FALL_QUERY, 10 * S + 1) == ""
    assert asked(radar, "53 59 05 81 00 01 0F 42 54 43", 10 * S + 2) == (
        "53 59 05 81 00 01 00 33 54 43"
    )
    assert told(radar, 11 * S).startswith(f"{INIT} {SCENARIO} {FALL}")
    assert "53 59 05 03 00 04 00 00 00 3C" in told(radar, 70 * S + 600)
    assert radar.reboots == 1


def test_the_dropped_frame_is_never_repeated_but_a_query_finds_it() -> None:
    radar = started(record=True)
    radar.faults.add(silence(1, only="fall"))
    radar.set_fall(True)
    assert told(radar, 1) == ""
    assert "53 59 83 01" not in told(radar, 5 * S)
    assert asked(radar, FALL_QUERY, 5 * S) == "53 59 83 81 00 01 01 B2 54 43"
    lost = [sent for sent in radar.sent if sent.name == "fall"]
    assert [sent.faults for sent in lost] == [("silence",)]


def test_the_published_bad_checksum() -> None:
    radar = started(made={MODEL: b"\x0f"})
    radar.faults.add(wrong_checksum(1))
    query = "53 59 02 A1 00 01 0F 5F 54 43"
    assert asked(radar, query) == "53 59 02 A1 00 01 0F 60 54 43"
    assert asked(radar, query) == query


def test_garbage_and_half_frames() -> None:
    radar = started()
    radar.faults.add(noise(1, before=b"\x53\x59\x00"))
    radar.set_fall(True)
    assert told(radar, 1) == f"53 59 00 {FALL}"
    radar.faults.add(half_frame(1))
    radar.set_fall(False)
    assert told(radar, 2) == "53 59 83 01 00"


def test_an_unfinished_command_is_forgotten_after_a_pause() -> None:
    radar = started()
    assert asked(radar, FALL_QUERY[:20], 1000) == ""
    assert asked(radar, FALL_QUERY, S) != ""


def test_wake_is_the_next_timed_report() -> None:
    radar = started()
    assert radar.wake_us(1) == S
    radar.set_fall(True)
    assert radar.wake_us(1) <= 1


def test_a_setting_it_can_not_have() -> None:
    with pytest.raises(ValueError, match="sensitivity"):
        CareRadar(settings={"sensitivity": 9})
    with pytest.raises(ValueError, match="volume"):
        CareRadar(settings={"volume": 1})


def test_a_position_beyond_its_range() -> None:
    with pytest.raises(ValueError, match="16-bit"):
        CareRadar().set_position(40_000, 0)
