"""What is worth keeping: each kind once in a while, and nothing of a sound line."""

import pytest

from edge_agent.bus.anomaly import Lookout
from edge_agent.bus.outcome import Outcome
from edge_agent.exchange import Anomaly, Failure, Fault, Reply

MINUTE = 60_000_000


def failed(
    fault: Fault, at_us: int = 5, code: int | None = None, *, out_of_step: bool = False
) -> Outcome:
    failure = Failure(fault, at_us, code)
    return Outcome(failure, str(fault), b"\x01", 1, at_us, out_of_step=out_of_step)


GOOD = Outcome(Reply((1,), 1, 2), "reply", b"\x01", 1, 2, b"\x01")


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        (GOOD, None),
        (failed(Fault.TIME_OUT), None),
        (failed(Fault.CRC), None),
        (failed(Fault.EXCEPTION, code=3), None),
        (failed(Fault.EXCEPTION, code=2), Anomaly.ILLEGAL_ADDRESS),
        (failed(Fault.WRONG_REPLY), Anomaly.WRONG_REPLY),
        (failed(Fault.TOO_EARLY), Anomaly.TOO_EARLY),
        (failed(Fault.TIME_OUT, out_of_step=True), Anomaly.OUT_OF_STEP),
    ],
)
def test_one_exchange(outcome: Outcome, found: Anomaly | None) -> None:
    assert Lookout().judge(outcome) is found


def test_three_spoilt_ones_of_sixteen_are_a_burst() -> None:
    lookout = Lookout()
    some = [failed(Fault.CRC), GOOD, failed(Fault.CRC), GOOD, failed(Fault.CRC)]
    assert [lookout.judge(one) for one in some] == [None, None, None, None, Anomaly.CRC_BURST]
    for _ in range(16):
        lookout.judge(GOOD)
    assert lookout.judge(failed(Fault.CRC, 20 * MINUTE)) is None


def test_the_same_is_noticed_again_after_ten_minutes() -> None:
    lookout = Lookout()
    assert lookout.judge(failed(Fault.WRONG_REPLY, 0)) is Anomaly.WRONG_REPLY
    assert lookout.judge(failed(Fault.WRONG_REPLY, 10 * MINUTE - 1)) is None
    assert lookout.judge(failed(Fault.TOO_EARLY, 10 * MINUTE - 1)) is Anomaly.TOO_EARLY
    assert lookout.judge(failed(Fault.WRONG_REPLY, 10 * MINUTE)) is Anomaly.WRONG_REPLY
