"""What a line remembers, and that it remembers no more than it should."""

from edge_agent.bus.account import LineAccount
from edge_agent.bus.modbus import encode
from edge_agent.bus.outcome import Outcome
from edge_agent.exchange import Failure, Fault, Read, Reply, Table
from edge_agent.health import UnitHealth
from simulators.rtu import seal

STATUS = Read(1, Table.DISCRETE_INPUTS, 0, 4)
SECOND = 1_000_000


def replied(sent: int, took: int) -> Outcome:
    result = Reply((1, 0, 0, 0), sent, sent + took)
    return Outcome(result, "reply", encode(STATUS), sent, sent + took, b"\x01")


def failed(fault: Fault, at: int = 0, stray: bytes = b"") -> Outcome:
    return Outcome(Failure(fault, at), fault, encode(STATUS), at, at, stray=stray)


def only(account: LineAccount) -> UnitHealth:
    (unit,) = account.units(lambda _: 7)
    return unit


def test_counts_by_what_happened() -> None:
    account = LineAccount()
    for outcome in (replied(0, 10), *map(failed, Fault)):
        account.asked(STATUS, outcome)
    account.cancelled(1)
    unit = only(account)
    assert unit.requests == 1 + len(Fault)
    assert (unit.replies, unit.time_outs, unit.crc_errors, unit.exceptions) == (1, 1, 1, 1)
    assert (unit.wrong_replies, unit.too_early, unit.cancelled) == (1, 1, 1)
    assert unit.resting_until_us == 7


def test_reply_times_are_those_of_the_last_256() -> None:
    account = LineAccount()
    for took in [9_999] * 300 + list(range(1, 257)):
        account.asked(STATUS, replied(0, took))
    assert (only(account).reply_p50_us, only(account).reply_p99_us) == (129, 254)


def test_frames_are_bounded() -> None:
    account = LineAccount()
    for sent in range(500):
        account.asked(STATUS, replied(sent, 1))
    assert len(account.frames()) == 128
    assert account.frames()[-1].what == "reply"


def test_what_came_unasked_is_counted_with_its_unit() -> None:
    account = LineAccount()
    late = seal(5, b"\x02\x01\x01")
    account.asked(STATUS, failed(Fault.TIME_OUT, stray=b"\xff" + late))
    assert account.discarded_bytes == 7
    assert {unit.unit: unit.stale for unit in account.units(lambda _: 0)} == {1: 0, 5: 1}


def test_use_of_the_line_is_that_of_the_last_minute() -> None:
    account = LineAccount()
    assert account.busy(0) == 0.0
    for second in range(120):
        account.asked(STATUS, replied(second * SECOND, SECOND // 4))
    assert 0.2 < account.busy(120 * SECOND) < 0.3
    assert account.busy(300 * SECOND) == 0.0


def test_what_is_odd_is_kept_once_with_the_frames_before_it() -> None:
    account = LineAccount()
    account.asked(STATUS, replied(0, 10))
    account.asked(STATUS, failed(Fault.WRONG_REPLY, 20))
    (caught,) = account.caught()
    assert (caught.why, caught.at_us, len(caught.frames)) == ("wrong_reply of unit 1", 20, 4)
    assert account.caught() == ()


def test_the_last_frames_are_in_order_whatever_they_were() -> None:
    account = LineAccount()
    for sent in range(0, 1_000, 10):
        account.asked(STATUS, replied(sent, 5))
    account.asked(STATUS, failed(Fault.TIME_OUT, 1_000, stray=b"\xff"))
    account.asked(STATUS, replied(1_010, 5))
    frames = account.frames()
    assert len(frames) == 128
    assert [one.at_us for one in frames] == sorted(one.at_us for one in frames)
    assert [(one.at_us, one.what) for one in frames[-5:]] == [
        (1_000, "discarded"),
        (1_000, "sent"),
        (1_000, Fault.TIME_OUT),
        (1_010, "sent"),
        (1_015, "reply"),
    ]
    assert (frames[-1].data, frames[-2].data) == (b"\x01", encode(STATUS))


def test_use_of_the_line_counts_whole_slices_that_are_over_and_the_present_one() -> None:
    account = LineAccount(gap_us=SECOND // 4)
    for second in (5, 15, 25):
        account.asked(STATUS, replied(second * SECOND, SECOND // 4))
    assert account.busy(25 * SECOND) == 1.5 / 20
    account.asked(STATUS, replied(86 * SECOND, SECOND // 2))
    assert account.busy(90 * SECOND) == 0.75 / 60
