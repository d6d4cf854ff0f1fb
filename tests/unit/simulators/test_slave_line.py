"""The line answers whole requests, in the wire's time and in order."""

from collections.abc import Iterable

import pytest

from simulators.fault import away, early, exception, half_frame, late, noise, silence, wrong_unit
from simulators.modbus_fault import collided, twin
from simulators.rtu import is_sealed, seal
from simulators.slave_line import SlaveLine
from simulators.smoke_detector import SmokeDetector
from simulators.wire_time import WireFormat

WIRE = WireFormat(9600, "N", 2)
READ = bytes.fromhex("02 00 00 00 04")
NORMAL = bytes.fromhex("02 01 01")
TURNAROUND = 2000
START = 1_000_000
SOONEST = WIRE.duration_us(8) + WIRE.gap_us + TURNAROUND + WIRE.duration_us(6)


def line(*units: SmokeDetector, insist_on_gap: bool = False) -> SlaveLine:
    return SlaveLine(
        units or (SmokeDetector(),),
        WIRE,
        turnaround_us=TURNAROUND,
        insist_on_gap=insist_on_gap,
        keep_exchanges=True,
    )


def run(target: SlaveLine, start: int, end: int) -> list[tuple[int, bytes]]:
    """Ask at each time that the line names, and return what arrived when."""
    arrived, now = [], start
    while now <= end:
        piece = target.due(now)
        arrived += [(now, piece)] if piece else []
        wake = target.wake_us(now)
        if wake is None:
            break
        assert wake > now, "the line asks to be woken in the past"
        now = wake
    return arrived


def joined(arrived: Iterable[tuple[int, bytes]]) -> bytes:
    return b"".join(piece for _, piece in arrived)


def test_reply_takes_the_wire_s_time() -> None:
    target = line()
    target.received(seal(1, READ), START)
    arrived = run(target, START, START + 10**6)
    assert joined(arrived) == seal(1, NORMAL)
    assert arrived[-1][0] == START + SOONEST
    assert arrived[0][0] == START + SOONEST - WIRE.duration_us(6) + WIRE.duration_us(4)


def test_the_unit_is_read_when_the_request_is_whole() -> None:
    detector = SmokeDetector(record_reads=True)
    target = line(detector)
    target.received(seal(1, READ), START)
    detector.set_smoke(True)
    assert joined(run(target, START, START + 10**6)) == seal(1, bytes.fromhex("02 01 0D"))
    assert detector.served[0].at_us == START + WIRE.duration_us(8) + WIRE.gap_us


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_request_in_two_writes(cut: int) -> None:
    target = line()
    target.received(seal(1, READ)[:cut], START)
    target.received(seal(1, READ)[cut:], START + 500)
    assert joined(run(target, START + 500, START + 10**6)) == seal(1, NORMAL)


def test_several_units_and_none() -> None:
    target = line(SmokeDetector(1), SmokeDetector(2))
    for turn, unit, expected in ((1, 2, seal(2, NORMAL)), (2, 3, b""), (3, 1, seal(1, NORMAL))):
        start = START * turn * 10
        target.received(seal(unit, READ), start)
        assert joined(run(target, start, start + 10**6)) == expected


def test_two_units_with_one_address() -> None:
    with pytest.raises(ValueError, match="same address"):
        line(SmokeDetector(1), SmokeDetector(1))


def test_broadcast_is_obeyed_without_a_reply() -> None:
    detectors = SmokeDetector(1), SmokeDetector(2)
    target = line(*detectors)
    target.received(seal(0, bytes.fromhex("06 00 00 00 EA")), START)
    assert run(target, START, START + 10**6) == []
    assert [detector.resets for detector in detectors] == [1, 1]


def test_an_unknown_function_ends_by_silence() -> None:
    target = line()
    target.received(seal(1, bytes.fromhex("2B 0E 01 00")), START)
    assert joined(run(target, START, START + 10**6)) == seal(1, bytes.fromhex("AB 01"))


def test_a_damaged_request_is_dropped_after_silence() -> None:
    target = line()
    damaged = bytearray(seal(1, READ))
    damaged[3] ^= 1
    target.received(bytes(damaged), START)
    assert run(target, START, START + 10**6) == []
    assert target.counts.bad_frames == 1
    target.received(seal(1, READ), START + 10**6)
    assert joined(run(target, START + 10**6, START + 2 * 10**6)) == seal(1, NORMAL)


def test_a_late_reply_comes_late_and_the_next_ones_keep_their_order() -> None:
    detector = SmokeDetector()
    detector.faults.add(late(0.4, count=1))
    target = line(detector)
    target.received(seal(1, READ), START)
    assert run(target, START, START + 300_000) == []
    target.received(seal(1, bytes.fromhex("03 00 01 00 01")), START + 300_000)
    arrived = run(target, START + 300_000, START + 10**6)
    assert joined(arrived) == seal(1, NORMAL) + seal(1, bytes.fromhex("03 02 00 EA"))
    assert arrived[1][0] == START + SOONEST + 400_000


def test_an_early_reply_is_impossible_on_a_wire() -> None:
    detector = SmokeDetector()
    detector.faults.add(early(count=1))
    target = line(detector)
    target.received(seal(1, READ), START)
    arrived = run(target, START, START + 10**6)
    assert arrived == [(START + WIRE.duration_us(8) + WIRE.gap_us, seal(1, NORMAL))]


def test_a_late_unit_does_not_hold_up_the_others() -> None:
    slow = SmokeDetector(1)
    slow.faults.add(late(0.4, count=1))
    target = line(slow, SmokeDetector(2))
    target.received(seal(1, READ), START)
    run(target, START, START + 100_000)
    target.received(seal(2, READ), START + 100_000)
    arrived = run(target, START + 100_000, START + 200_000)
    assert joined(arrived) == seal(2, NORMAL)


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        (silence(1), b""),
        (exception(4, 1), seal(1, b"\x82\x04")),
        (wrong_unit(9, 1), seal(9, NORMAL)),
        (half_frame(1), seal(1, NORMAL)[:3]),
        (noise(1, before=b"\xff"), b"\xff" + seal(1, NORMAL)),
    ],
)
def test_faults_reach_the_wire(fault: object, reply: bytes) -> None:
    detector = SmokeDetector(record_reads=True)
    detector.faults.add(fault)  # type: ignore[arg-type]  # parametrize knows no types
    target = line(detector)
    target.received(seal(1, READ), START)
    assert joined(run(target, START, START + 10**6)) == reply
    assert target.exchanges[0].faults == (fault.kind.name.lower(),)  # type: ignore[attr-defined]  # parametrize knows no types


def test_who_refuses_or_is_silent_does_not_execute() -> None:
    detector = SmokeDetector(record_reads=True, toggle_relay_each_read=True)
    detector.faults.add(silence(1))
    target = line(detector)
    target.received(seal(1, READ), START)
    run(target, START, START + 10**6)
    assert not detector.served


def smoky() -> SmokeDetector:
    detector = SmokeDetector()
    detector.set_smoke(True)
    return detector


SMOKE = seal(1, bytes.fromhex("02 01 0D"))


@pytest.mark.parametrize(("late_us", "shift"), [(0, 1), (1000, 1), (3500, 3)])
def test_two_units_of_one_address_collide(late_us: int, shift: int) -> None:
    detector = SmokeDetector()
    detector.faults.add(twin(smoky().answer, late_us / 1e6, 1))
    target = line(detector)
    target.received(seal(1, READ), START)
    heard = joined(run(target, START, START + 10**6))
    assert heard == collided(seal(1, NORMAL), SMOKE, shift)
    assert not is_sealed(heard)
    assert target.exchanges[0].faults == ("twin",)
    target.received(seal(1, READ), START + 10**6)
    assert joined(run(target, START + 10**6, START + 2 * 10**6)) == seal(1, NORMAL)


def test_the_second_of_one_address_is_later_than_the_first() -> None:
    detector = SmokeDetector()
    detector.faults.add(twin(smoky().answer, 0.3))
    target = line(detector)
    target.received(seal(1, READ), START)
    arrived = run(target, START, START + 10**6)
    assert joined(arrived) == seal(1, NORMAL) + SMOKE
    assert arrived[1][0] == START + SOONEST
    assert arrived[-1][0] == START + SOONEST + 300_000


def test_the_second_does_not_hold_up_the_first() -> None:
    detector = SmokeDetector()
    detector.faults.add(twin(smoky().answer, 0.3, 1))
    target = line(detector)
    target.received(seal(1, READ), START)
    run(target, START, START + 100_000)
    target.received(seal(1, READ), START + 100_000)
    arrived = run(target, START + 100_000, START + 10**6)
    assert joined(arrived) == seal(1, NORMAL) + SMOKE


def test_the_second_answers_for_a_silent_first() -> None:
    detector = SmokeDetector()
    detector.faults.add(silence(1))
    detector.faults.add(twin(smoky().answer, 0.0, 1))
    target = line(detector)
    target.received(seal(1, READ), START)
    assert joined(run(target, START, START + 10**6)) == SMOKE


def test_who_boots_is_silent_for_its_time() -> None:
    detector = SmokeDetector()
    detector.faults.add(away(START + 10**6))
    target = line(detector)
    target.received(seal(1, READ), START)
    assert run(target, START, START + 10**6) == []
    target.received(seal(1, READ), START + 10**6)
    assert joined(run(target, START + 10**6, START + 2 * 10**6)) == seal(1, NORMAL)


def test_gap_violations_are_counted_and_ignored_if_insisted() -> None:
    for insist, replies in ((False, 2), (True, 1)):
        target = line(insist_on_gap=insist)
        target.received(seal(1, READ) + seal(1, READ), START)
        assert joined(run(target, START, START + 10**6)) == seal(1, NORMAL) * replies
        assert target.counts.gap_violations == 1


def test_a_gap_of_three_and_a_half_characters_is_enough() -> None:
    target = line(insist_on_gap=True)
    target.received(seal(1, READ), START)
    end = run(target, START, START + 10**6)[-1][0]
    target.received(seal(1, READ), end + WIRE.gap_us)
    assert joined(run(target, end, START + 10**6)) == seal(1, NORMAL)
    assert target.counts.gap_violations == 0


def test_a_request_right_after_the_reply_violates_the_gap() -> None:
    target = line(insist_on_gap=True)
    target.received(seal(1, READ), START)
    end = run(target, START, START + 10**6)[-1][0]
    target.received(seal(1, READ), end + WIRE.gap_us - 1)
    assert run(target, end, START + 10**6) == []
    assert target.counts.gap_violations == 1


def test_talking_over_a_reply_is_counted() -> None:
    target = line()
    target.received(seal(1, READ), START)
    run(target, START, START + SOONEST - 1)
    target.received(seal(1, READ), START + SOONEST - 1)
    assert target.counts.overlaps == 1


def test_a_flood_of_requests_is_bounded() -> None:
    target = line()
    for _ in range(200):
        target.received(seal(1, READ), START)
    assert target.counts.refused_busy > 0
    assert target.counts.requests == 200
