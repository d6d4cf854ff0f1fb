"""Each verdict on what was heard has one fault, and a request that never left says so."""

import pytest

from edge_agent.bus.modbus import Verdict
from edge_agent.bus.outcome import FAULT_OF_VERDICT, OWES_NOTHING, Errand, not_sent
from edge_agent.exchange import Failure, Fault, Read, Table

ERRAND = Errand(Read(1, Table.COILS, 0, 4), b"frame", 500_000)


def test_every_verdict_but_the_two_answers_is_a_fault() -> None:
    assert set(Verdict) - FAULT_OF_VERDICT.keys() == {Verdict.REPLY, Verdict.EXCEPTION}


@pytest.mark.parametrize(
    ("verdict", "fault"),
    [
        (Verdict.SILENCE, Fault.TIME_OUT),
        (Verdict.INCOMPLETE, Fault.TIME_OUT),
        (Verdict.NOISE, Fault.CRC),
        (Verdict.CRC, Fault.CRC),
        (Verdict.WRONG_UNIT, Fault.WRONG_REPLY),
        (Verdict.WRONG_FUNCTION, Fault.WRONG_REPLY),
        (Verdict.WRONG_LENGTH, Fault.WRONG_REPLY),
        (Verdict.WRONG_ECHO, Fault.WRONG_REPLY),
    ],
)
def test_the_fault_of_a_verdict(verdict: Verdict, fault: Fault) -> None:
    assert FAULT_OF_VERDICT[verdict] is fault


def test_after_any_fault_of_the_wire_a_late_reply_may_still_come() -> None:
    assert OWES_NOTHING.isdisjoint(FAULT_OF_VERDICT.values())
    assert Fault.TOO_EARLY not in OWES_NOTHING
    assert Fault.PORT_GONE not in OWES_NOTHING


def test_a_request_that_never_left_has_no_time_of_sending() -> None:
    failure = Failure(Fault.PORT_GONE, 42, None, "gone")
    outcome = not_sent(ERRAND, failure, b"stray")
    assert (outcome.result, outcome.sent_us, outcome.ended_us) == (failure, None, 42)
    assert (outcome.verdict, outcome.request) == ("not_sent", b"frame")
    assert (outcome.received, outcome.stray, outcome.stale) == (b"", b"stray", ())


def test_an_errand_starts_unsent_and_wanted() -> None:
    assert (ERRAND.sent_us, ERRAND.abandoned, ERRAND.turnaround_us) == (None, False, 0)
