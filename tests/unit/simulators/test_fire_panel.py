"""The fire panel as its printer port tells it, against every published text of it."""

from datetime import datetime

import pytest

from simulators.fire_panel import BUILDING, Detector, FirePanel

S = 1_000_000
MINUTE = 60 * S
LINE, EVENT = "\n", "\x1b9"
# 64, 66 and 33 bytes of the resellers' pages
FIRE = bytes.fromhex(
    "1B 36 30 38 2F 31 32 2F 30 32 20 20 31 37 3A 32 34 0A 20 20 30 30 34 2D 30 30 34 0A 1B 39 CA "
    "D7 B4 CE BB F0 BE AF 0A C8 B9 C2 A5 D2 BB B2 E3 C9 CF BF D5 0A B8 D0 D1 CC CC BD B2 E2 C6 F7 "
    "0A 0A"
)
RESET = bytes.fromhex(
    "1B 36 30 38 2F 31 32 2F 30 32 20 20 31 37 3A 32 35 0A 20 20 0A 1B 39 CF B5 CD B3 B8 B4 CE BB "
    "0A 0A"
)
FOLLOW_UP = (
    b"\x1b608/12/02  17:21\n  006-007\n\x1b9"
    + "火警后续\n中烟六层计划部\n感烟探测器\n\n".encode("gbk")
)


def at(minute: int) -> FirePanel:
    return FirePanel(shows=datetime(2008, 12, 2, 17, minute))  # noqa: DTZ001 - the panel shows no zone


def told(panel: FirePanel, now: int) -> list[str]:
    """The events of what it prints at `now`, with their detectors."""
    pages = panel.due(now).decode("gbk").split("\x1b6")[1:]
    return [f"{page.split(LINE)[1].strip()} {page.split(EVENT)[1][:4]}" for page in pages]


def test_the_printed_fire_and_reset() -> None:
    panel = at(24)
    assert panel.due(0) == b""
    panel.set_fire(4, 4, True)
    assert panel.due(S) == FIRE
    panel.set_fire(4, 4, False)
    panel.reset()
    assert panel.due(MINUTE) == RESET
    assert panel.state() == {"burning": 0, "told": 0}


def test_the_printed_follow_up() -> None:
    panel = at(20)
    panel.due(0)
    panel.set_fire(4, 4, True)
    panel.due(S)
    panel.set_fire(6, 7, True)
    assert panel.due(MINUTE) == FOLLOW_UP
    assert len(FOLLOW_UP) == 66
    assert FOLLOW_UP.find(bytes.fromhex("BB F0 BE AF")) == 30, "not where the first fire has it"


def test_each_detector_is_told_once_until_the_reset() -> None:
    panel = at(0)
    for loop, part in ((4, 4), (6, 7), (4, 4), (4, 5)):
        panel.set_fire(loop, part, True)
    assert told(panel, 0) == ["004-004 首次火警", "006-007 火警后续", "004-005 火警后续"]
    panel.set_fire(4, 4, False)
    panel.set_fire(4, 4, True)
    assert told(panel, S) == [], "it has told that one"
    assert panel.state() == {"burning": 3, "told": 3}


def test_what_still_burns_is_told_again_after_a_reset() -> None:
    panel = at(0)
    panel.set_fire(4, 4, True)
    panel.set_fire(6, 7, True)
    panel.due(0)
    panel.set_fire(4, 4, False)
    panel.reset()
    assert told(panel, 10 * S) == [" 系统复位"]
    assert told(panel, 12 * S - 1) == []
    assert panel.wake_us(11 * S) == 12 * S
    assert told(panel, 12 * S) == ["006-007 首次火警"]


def test_who_reboots_forgets_and_finds_what_burns() -> None:
    panel = at(0)
    panel.set_fire(1, 12, True)
    panel.due(0)
    panel.restart(30 * S)
    assert told(panel, 29 * S) == []
    assert told(panel, 30 * S) == ["001-012 首次火警"]


def test_its_clock_runs_from_what_it_was_set_to() -> None:
    panel = at(0)
    panel.due(0)
    panel.set_clock(datetime(2026, 11, 21, 23, 59), 10 * S)  # noqa: DTZ001 - the panel shows no zone
    panel.set_fire(4, 4, True)
    assert panel.due(10 * S + 2 * MINUTE).startswith(b"\x1b626/11/22  00:01\n")


def test_a_building_of_one_s_own() -> None:
    panel = FirePanel({(12, 130): Detector("地下车库", "感温探测器")})
    panel.set_fire(12, 130, True)
    assert panel.due(0).decode("gbk").endswith("012-130\n\x1b9首次火警\n地下车库\n感温探测器\n\n")
    with pytest.raises(ValueError, match="no detector 4 4; there are 12 130"):
        panel.set_fire(4, 4, True)


def test_what_no_panel_can_print() -> None:
    for place, kind in (("两\n行", "感烟探测器"), ("", "感烟探测器"), ("大厅", "")):
        with pytest.raises(ValueError, match="one line of text"):
            Detector(place, kind)
    with pytest.raises(UnicodeEncodeError):
        Detector("火🔥")
    with pytest.raises(ValueError, match="from 0 to 999"):
        FirePanel({(1, 1000): Detector("大厅")})
    assert len(BUILDING) == 5


def test_it_hears_nothing() -> None:
    panel = at(0)
    assert panel.received(b"anything", 0) == b""
    assert panel.wake_us(5 * S) == 6 * S
