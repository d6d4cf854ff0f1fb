"""What one exchange brought, and what else was heard on the line."""

import msgspec

from edge_agent.bus.modbus import Verdict
from edge_agent.exchange import Failure, Fault, Reply, Request

FAULT_OF_VERDICT = {
    Verdict.SILENCE: Fault.TIME_OUT,
    Verdict.INCOMPLETE: Fault.TIME_OUT,
    Verdict.NOISE: Fault.CRC,
    Verdict.CRC: Fault.CRC,
    Verdict.WRONG_UNIT: Fault.WRONG_REPLY,
    Verdict.WRONG_FUNCTION: Fault.WRONG_REPLY,
    Verdict.WRONG_LENGTH: Fault.WRONG_REPLY,
    Verdict.WRONG_ECHO: Fault.WRONG_REPLY,
    Verdict.WRONG_TRANSACTION: Fault.WRONG_REPLY,
    Verdict.NO_ECHO: Fault.CRC,
}
OUT_OF_STEP = "what came was no frame, or half of one: the connection is made anew"
OWES_NOTHING = frozenset({Fault.EXCEPTION, Fault.RESTING})
"""Faults after which no reply of the unit can still be on its way."""


class Errand(msgspec.Struct):
    """One request on its way: handed to the line, and perhaps given up meanwhile.

    `turnaround_us`: the silence that the unit needs after its reply, if longer than the wire's.
    """

    request: Request
    frame: bytes
    timeout_us: int
    turnaround_us: int = 0
    sent_us: int | None = None
    abandoned: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """`sent_us` is None if the request never left. `stale`: units whose sound frames came instead.

    `stray`: bytes thrown away since the exchange before, because nobody had asked for them.
    `out_of_step`: where the next frame starts is no longer known; only a new connection helps.
    `hears_itself`: our own request came back before any answer.
    """

    result: Reply | Failure
    verdict: str
    request: bytes
    sent_us: int | None
    ended_us: int
    received: bytes = b""
    stray: bytes = b""
    stale: tuple[int, ...] = ()
    out_of_step: bool = False
    hears_itself: bool = False

    @property
    def port_problem(self) -> str:
        """Why nothing more can be asked on this port; empty while it is good."""
        if isinstance(self.result, Failure) and self.result.fault is Fault.PORT_GONE:
            return self.result.detail
        return OUT_OF_STEP if self.out_of_step else ""


def not_sent(errand: Errand, failure: Failure, stray: bytes = b"") -> Outcome:
    """Return the outcome of a request that never left."""
    return Outcome(failure, "not_sent", errand.frame, None, failure.at_us, stray=stray)
