"""What is said, heard and waited for in one exchange; it reads and writes nothing by itself."""

from collections.abc import Callable, Generator
from typing import TypeVar

import msgspec

from edge_agent.bus.framing import Framing, RtuFraming
from edge_agent.bus.modbus import Match, Verdict
from edge_agent.bus.outcome import FAULT_OF_VERDICT, Errand, Outcome
from edge_agent.bus.port import PortGoneError
from edge_agent.bus.round import Going, Round
from edge_agent.bus.wire_time import WireTime
from edge_agent.exchange import Failure, Fault, Read, Reply

_HEARD_MAX = 1_024
_STRAY_MAX = 1_024
_LEAST_TURNAROUND_US = 20_000
_NEVER_SILENT = "the line is never silent"
_NO_ECHO = "our own bytes do not come back as they were sent: somebody else talks, or no local_echo"
_TAKEN = (Verdict.REPLY, Verdict.EXCEPTION)
_BROKEN = (Verdict.INCOMPLETE, Verdict.NOISE)
_GATEWAY_CODES = {
    10: "the gateway has no path to the unit",
    11: "the gateway got no answer from the unit",
}
"""Exceptions in which the unit itself said nothing (Modbus Application Protocol V1.1b3, 7)."""


class Wait(msgspec.Struct, frozen=True):
    """Go on with what comes within `wait_us`, or with b"": at once where that is not above 0.

    `may_be_woken`: b"" is right too as soon as something may have changed.
    """

    wait_us: int
    may_be_woken: bool


class Say(msgspec.Struct, frozen=True):
    """Go on with b"" once all of `data` is handed over, which takes `wait_us` at most."""

    data: bytes
    wait_us: int


_Result = TypeVar("_Result")
Steps = Generator[Wait | Say, bytes, _Result]
"""What is waited for, one after the other, until there is a result."""


class Dialogue:
    """Knows when the wire was last in use, and hears nothing that was not asked for.

    Whoever has the port drives the generators: does what they yield and sends what came of it, or
    throws the PortGoneError in. `refuse_early`: refuse a reply that comes sooner than the wire
    could bring it. Off only for a port behind which no wire keeps the time.
    """

    def __init__(
        self,
        shape: WireTime,
        now_us: Callable[[], int],
        *,
        refuse_early: bool,
        framing: Framing | None = None,
    ) -> None:
        """Begin on a port that was just opened; without a `framing` the frames are RTU."""
        self._framing = RtuFraming() if framing is None else framing
        self._shape = shape
        self._now_us = now_us
        self._refuse_early = refuse_early
        self._used_until_us = now_us()
        self._gap_us = shape.gap_us
        self._stray = bytearray()

    def discard(self, data: bytes) -> None:
        """Throw away what came while nothing was asked."""
        if data:
            self._used_until_us = self._now_us()
            self._stray += data
            del self._stray[:-_STRAY_MAX]

    def round(self, round_: Round) -> Steps[None]:
        """Do errand after errand for as long as the round goes on."""
        began_us = self._now_us()
        for errand in round_.errands:
            outcome = yield from self.exchange(errand)
            round_.add(outcome)
            if round_.going(outcome.ended_us - began_us) is not Going.ON:
                return

    def exchange(self, errand: Errand) -> Steps[Outcome]:
        """Ask once the wire is silent and hear the answer; every end of it is an Outcome."""
        try:
            if not (yield from self._silence(errand)):
                now = self._now_us()
                return self._outcome(errand, Failure(Fault.TIME_OUT, now, None, _NEVER_SILENT))
            return (yield from self._ask(errand))
        except PortGoneError as error:
            now, was_sent = self._now_us(), errand.sent_us is not None
            failure = Failure(Fault.PORT_GONE, now, None, str(error), was_sent)
            return self._outcome(errand, failure)

    def _silence(self, errand: Errand) -> Steps[bool]:
        """Discard late bytes until the line has been silent for long enough.

        Where no silence parts two frames, that is after one look at what has come.
        """
        now = self._now_us()
        give_up_us = now + errand.timeout_us
        while not errand.abandoned:
            wait_us = self._used_until_us + self._gap_us - now
            self.discard((yield Wait(wait_us, may_be_woken=False)))
            now = self._now_us()
            if now >= self._used_until_us + self._gap_us:
                return True
            if now > give_up_us:
                return False
        return False

    def _ask(self, errand: Errand) -> Steps[Outcome]:
        sent = self._now_us()
        errand.sent_us = sent
        asked, shape = len(errand.frame), self._shape
        self._gap_us = max(shape.gap_us, errand.turnaround_us)
        self._used_until_us = sent + shape.duration_us(asked)
        yield Say(errand.frame, errand.timeout_us)
        least_us = shape.duration_us(asked + self._framing.reply_length(errand.request))
        deadline = sent + max(errand.timeout_us, least_us + _LEAST_TURNAROUND_US)
        return (yield from self._hear(errand, sent, deadline))

    def _hear(self, errand: Errand, sent: int, deadline: int) -> Steps[Outcome]:
        heard = _Heard(self._framing)
        while not errand.abandoned:
            wait_us = deadline - self._now_us()
            if wait_us <= 0:
                break
            data = yield Wait(wait_us, may_be_woken=True)
            if not data:
                continue
            now = self._now_us()
            self._used_until_us = now
            found = heard.take(data, errand)
            if found.verdict not in _TAKEN:
                continue
            if now >= self._earliest_us(errand, sent, found):
                return self._taken(errand, sent, now, heard)
            heard.refuse_early(found, errand.frame)
        return self._not_answered(errand, heard)

    def _earliest_us(self, errand: Errand, sent: int, found: Match) -> int:
        if not self._refuse_early:
            return sent
        return self._shape.earliest_us(sent, len(errand.frame), found.size)

    def _taken(self, errand: Errand, sent: int, now: int, heard: "_Heard") -> Outcome:
        found = heard.found
        self._stray += heard.bytes[found.end :]  # came with it, and is nobody's
        if found.verdict is Verdict.REPLY:
            return self._outcome(errand, Reply(found.words, sent, now), heard)
        silence = _GATEWAY_CODES.get(found.code or 0)
        fault = Fault.EXCEPTION if silence is None else Fault.TIME_OUT
        return self._outcome(errand, Failure(fault, now, found.code, silence or ""), heard)

    def _not_answered(self, errand: Errand, heard: "_Heard") -> Outcome:
        now = self._now_us()
        verdict = heard.found.verdict
        if heard.early and verdict is Verdict.SILENCE:
            return self._outcome(errand, Failure(Fault.TOO_EARLY, now), heard)
        fault = FAULT_OF_VERDICT[verdict]
        detail = _NO_ECHO if verdict is Verdict.NO_ECHO else str(verdict)
        return self._outcome(errand, Failure(fault, now, None, detail), heard)

    def _outcome(
        self, errand: Errand, result: Reply | Failure, heard: "_Heard | None" = None
    ) -> Outcome:
        stray = bytes(self._stray)
        self._stray.clear()
        end = result.received_us if isinstance(result, Reply) else result.at_us
        return Outcome(
            result=result,
            verdict=heard.found.verdict if heard else "not_sent",
            request=errand.frame,
            sent_us=errand.sent_us,
            ended_us=end,
            received=heard.bytes if heard else b"",
            stray=stray,
            stale=heard.stale if heard else (),
            out_of_step=heard is not None and heard.is_out_of_step,
            hears_itself=heard is not None and heard.hears_itself,
        )


class _Heard:
    """The bytes since the request, what was found in them, and what had to be refused."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self.bytes = b""
        self.found = Match(Verdict.SILENCE)
        self.early = False
        self.hears_itself = False
        self._stale: tuple[int, ...] = ()

    @property
    def is_out_of_step(self) -> bool:
        """What was heard ends within a frame, or is none, and the framing can not find the next."""
        return not self._framing.finds_frames and self.found.verdict in _BROKEN

    @property
    def stale(self) -> tuple[int, ...]:
        return self._stale + self.found.stale

    def take(self, data: bytes, errand: Errand) -> Match:
        """Add bytes and look again; what is surely too short for any reply is not looked at."""
        heard = self.bytes = (self.bytes + data)[-_HEARD_MAX:]
        if len(heard) >= self._framing.shortest:
            # the reply to a write is the request again; that one is told by its time
            self.hears_itself |= isinstance(errand.request, Read) and heard.startswith(errand.frame)
            self.found = self._framing.match(heard, errand.request, errand.frame)
        else:
            self.found = Match(Verdict.INCOMPLETE)
        return self.found

    def refuse_early(self, found: Match, sent: bytes) -> None:
        """Forget a frame that can not be the answer, and go on with what follows it."""
        self.early = True
        refused = self.bytes[found.end - found.size : found.end]
        self.hears_itself |= refused == sent
        self._stale += (*found.stale, *self._framing.stale_units(refused))
        self.bytes = self.bytes[found.end :]
        self.found = Match(Verdict.INCOMPLETE if self.bytes else Verdict.SILENCE)
