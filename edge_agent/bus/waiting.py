"""A round that is handed to its line, and who waits for its end."""

import asyncio
from collections import deque

import msgspec

from edge_agent.bus.outcome import not_sent
from edge_agent.bus.round import Round
from edge_agent.exchange import Failure, Fault

_WAITING_MAX = 8


class Waiting(msgspec.Struct, frozen=True):
    """`over` is the caller's; a caller that was cancelled is told nothing."""

    round: Round
    over: "asyncio.Future[None]"

    def refuse(self, problem: str, now_us: int) -> None:
        """Give the round's first errand an outcome: there is no port to send it on."""
        failure = Failure(Fault.PORT_GONE, now_us, None, problem)
        self.round.outcomes.append(not_sent(self.round.errands[0], failure))

    def end(self) -> None:
        """Let the caller go on; called in its event loop."""
        if not self.over.done():
            self.over.set_result(None)

    def fail(self, why: str) -> None:
        """Raise RuntimeError at the caller."""
        if not self.over.done():
            self.over.set_exception(RuntimeError(why))
            self.over.exception()  # known: it need not be told again if the caller is gone


def rounds_waiting() -> deque[Waiting]:
    """For those not begun: the one that somebody waits for, and a few abandoned ones before it."""
    return deque(maxlen=_WAITING_MAX)
