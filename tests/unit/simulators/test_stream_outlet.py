"""Frames leave whole, late, glued or in pieces; what befell each is recorded."""

from simulators.fault import STREAM_KINDS, Fault, FaultKind, FaultPlan, late, silence
from simulators.stream_fault import drip, frozen, glued, split
from simulators.stream_outlet import ANSWER, StreamOutlet

MS = 1000


def outlet() -> tuple[StreamOutlet, FaultPlan]:
    plan = FaultPlan(allowed=STREAM_KINDS)
    return StreamOutlet(plan, checksum_at=-1, record=True), plan


def test_without_faults_a_frame_leaves_at_once() -> None:
    out, _ = outlet()
    assert out.due(0) == b""
    out.send("fall", b"abc", 5)
    assert out.next_us == 5
    assert out.due(5) == b"abc"
    assert out.next_us is None


def test_a_late_answer_is_overtaken_by_reports() -> None:
    out, plan = outlet()
    plan.add(late(0.8, 1, only=ANSWER))
    out.send(ANSWER, b"late", 0)
    out.send("movement", b"soon", 0)
    assert out.due(0) == b"soon"
    assert out.next_us == 800 * MS
    assert out.due(800 * MS - 1) == b""
    assert out.due(800 * MS) == b"late"


def test_two_frames_are_glued() -> None:
    out, plan = outlet()
    plan.add(glued())
    out.send("fall", b"abc", 0)
    assert out.due(0) == b""
    out.send("still", b"def", 7)
    assert out.due(7) == b"abcdef"


def test_a_split_walks_over_every_boundary_and_nothing_comes_between() -> None:
    out, plan = outlet()
    plan.add(split(4, pause_s=0.05))
    firsts = []
    for now in range(0, 4_000 * MS, 1_000 * MS):
        out.send("fall", b"abcd", now)
        firsts.append(out.due(now))
        assert out.due(now + 49 * MS) == b""
        assert firsts[-1] + out.due(now + 50 * MS) == b"abcd"
    assert firsts == [b"a", b"ab", b"abc", b"a"]


def test_nothing_comes_between_the_pieces_of_a_frame() -> None:
    out, plan = outlet()
    plan.add(split(1, pause_s=0.05))
    out.send("fall", b"abcd", 0)
    out.send("movement", b"!", 1)
    assert out.due(40 * MS) == b"a"
    assert out.due(50 * MS) == b"bcd!"


def test_each_byte_by_itself() -> None:
    out, plan = outlet()
    plan.add(drip(1, pause_s=0.005))
    out.send("fall", b"abc", 0)
    assert [out.due(0), out.due(5 * MS), out.due(9 * MS), out.due(10 * MS)] == [
        b"a", b"b", b"", b"c",
    ]  # fmt: skip


def test_a_frozen_frame_repeats_what_it_said() -> None:
    out, plan = outlet()
    out.send("uptime", b"60", 0)
    plan.add(frozen(only="uptime"))
    out.send("uptime", b"120", 1)
    out.send("movement", b"m", 1)
    assert out.due(1) == b"6060m"
    plan.clear()
    out.send("uptime", b"180", 2)
    assert out.due(2) == b"180"


def test_a_frame_that_froze_before_it_was_ever_sent_keeps_its_first_value() -> None:
    out, plan = outlet()
    plan.add(frozen(only="uptime"))
    out.send("uptime", b"60", 0)
    out.send("uptime", b"120", 1)
    assert out.due(1) == b"6060"


def test_what_was_lost_is_in_the_record() -> None:
    out, plan = outlet()
    plan.add(silence(1, only="fall"))
    out.send("fall", b"abc", 3)
    assert out.due(3) == b""
    assert [(one.at_us, one.name, one.frame, one.faults) for one in out.sent] == [
        (3, "fall", b"abc", ("silence",))
    ]


def test_a_fault_ends_at_its_time() -> None:
    out, plan = outlet()
    plan.add(Fault(FaultKind.SILENCE, until_us=10))
    for now in (5, 20):
        out.send("fall", b"abc", now)
    assert out.due(20) == b"abc"


def test_a_reboot_loses_what_is_kept_back() -> None:
    out, plan = outlet()
    plan.add(late(1, 1))
    plan.add(glued(1, only="still"))
    out.send("fall", b"abc", 0)
    out.send("still", b"abc", 0)
    out.clear()
    assert out.next_us is None
    out.send("fall", b"new", 1)
    assert out.due(2_000 * MS) == b"new"
