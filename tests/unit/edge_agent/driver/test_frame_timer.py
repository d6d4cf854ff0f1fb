from edge_agent.driver.frame import Frame, FrameReader, Refused
from edge_agent.driver.frame_timer import FrameTimer
from tests.stream_layouts import R60

FALL = bytes.fromhex("53 59 83 01 00 01 01 32 54 43")
FALL_FRAME = Frame("83 01", b"\x01", R60)
FALSE = bytes.fromhex("53 59 83 01 00 3F")
GAP, LONGEST = 100, 20


def make() -> FrameTimer:
    return FrameTimer(FrameReader([R60]), GAP, LONGEST)


def test_what_comes_in_time_is_waited_for() -> None:
    timer = make()
    assert timer.cut(FALL[:4], 1_000) == []
    assert timer.cut(b"", 1_099) == []
    assert timer.cut(FALL[4:], 1_099) == [FALL_FRAME]
    assert timer.cut(b"", 5_000) == []


def test_silence_breaks_what_has_begun() -> None:
    timer = make()
    timer.cut(FALL[:4], 1_000)
    assert timer.cut(b"", 1_100) == [Refused.CUT_SHORT, Refused.GARBAGE]
    assert timer.cut(b"", 1_200) == []


def test_bytes_that_came_together_are_whole_however_late_they_are_read() -> None:
    timer = make()
    timer.cut(FALL[:4], 1_000)
    assert timer.cut(FALL[4:] + FALL, 9_000) == [FALL_FRAME, FALL_FRAME]


def test_a_false_length_holds_up_a_stream_that_is_never_silent_no_longer() -> None:
    timer = make()
    assert timer.cut(FALSE, 0) == []
    assert timer.cut(FALL, 50) == []
    assert timer.cut(FALL, 100) == []
    found = timer.cut(FALL[:3], GAP + LONGEST)
    assert found == [Refused.CUT_SHORT, Refused.GARBAGE, FALL_FRAME, FALL_FRAME]
    assert timer.cut(FALL[3:], GAP + LONGEST + 1) == [FALL_FRAME]


def test_false_beginnings_behind_each_other_are_each_overdue_from_when_they_came() -> None:
    timer = make()
    for now in (0, 10, 20):
        timer.cut(FALSE, now)
    timer.cut(FALL, 30)
    found = timer.cut(b"\x53", GAP + LONGEST + 20)
    assert found.count(FALL_FRAME) == 1
    assert found[-1] == FALL_FRAME
    assert timer.cut(FALL[1:], GAP + LONGEST + 21) == [FALL_FRAME]


def test_a_closed_port_leaves_nothing_behind() -> None:
    timer = make()
    timer.cut(FALL[:4], 0)
    timer.clear()
    assert timer.cut(FALL, 10) == [FALL_FRAME]
