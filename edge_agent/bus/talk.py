"""Dialogues on an open port by waiting for it, sharply; runs in the line's own thread."""

from typing import TypeVar

from edge_agent.bus.dialogue import Dialogue, Say, Steps, Wait
from edge_agent.bus.framing import Framing
from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.round import Round
from edge_agent.bus.wake import Wake
from edge_agent.bus.wire_time import WireTime
from runtime.clock import Clock

_Result = TypeVar("_Result")


class Talk:
    """A Dialogue (its words are told there) and the port that it is held on."""

    def __init__(
        self,
        port: Port,
        shape: WireTime,
        clock: Clock,
        wake: Wake,
        *,
        refuse_early: bool,
        framing: Framing | None = None,
    ) -> None:
        """Take an open port; without a `framing` the frames are RTU."""
        self._port = port
        self._wake = wake
        self._dialogue = Dialogue(shape, clock.mono_us, refuse_early=refuse_early, framing=framing)

    def listen(self, wait_us: int) -> None:
        """Throw away what comes while nothing is asked, at most `wait_us`, until woken."""
        self._dialogue.discard(self._port.receive(wait_us, self._wake.fileno()))

    def exchange(self, errand: Errand) -> Outcome:
        """Ask once the wire is silent and hear the answer; every end of it is an Outcome."""
        return self._driven(self._dialogue.exchange(errand))

    def round(self, round_: Round) -> None:
        """Do errand after errand for as long as the round goes on."""
        self._driven(self._dialogue.round(round_))

    def _driven(self, steps: Steps[_Result]) -> _Result:
        try:
            wanted = next(steps)
            while True:
                try:
                    data = self._done(wanted)
                except PortGoneError as error:
                    wanted = steps.throw(error)
                else:
                    wanted = steps.send(data)
        except StopIteration as end:
            result: _Result = end.value
            return result

    def _done(self, wanted: Wait | Say) -> bytes:
        if isinstance(wanted, Say):
            self._port.send(wanted.data, wanted.wait_us)
            return b""
        if not wanted.may_be_woken:
            return self._port.receive(wanted.wait_us)
        data = self._port.receive(wanted.wait_us, self._wake.fileno())
        if not data:
            self._wake.clear()
        return data
