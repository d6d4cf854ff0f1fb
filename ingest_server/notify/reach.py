"""Whether a receiver takes what is sent to it, and the moment when that changes."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from ingest_server.notify.answer import Outcome


class Turn(StrEnum):
    """What an attempt changes in what we know of a receiver."""

    STEADY = "steady"
    LOST = "lost"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Reach:
    """UTC microseconds; None before the first. `failures`: attempts in a row without a success.

    Heartbeats, tests and alarms count alike.
    """

    outcome: Outcome | None = None
    attempted_us: int | None = None
    succeeded_us: int | None = None
    failures: int = 0


@dataclass(slots=True)
class Reaches:
    """Remembers one Reach for each receiver."""

    _known: dict[str, Reach] = field(default_factory=dict)

    def of(self, receiver: str) -> Reach:
        return self._known.get(receiver, Reach())

    def note(self, receiver: str, outcome: Outcome, now_us: int) -> Turn:
        """Take in one outcome and say whether the receiver was lost or found by it."""
        before = self.of(receiver)
        if outcome is Outcome.DELIVERED:
            self._known[receiver] = Reach(outcome, now_us, now_us)
            return Turn.FOUND if before.failures else Turn.STEADY
        failures = before.failures + 1
        self._known[receiver] = replace(
            before,
            outcome=outcome,
            attempted_us=now_us,
            failures=failures,
        )
        return Turn.LOST if failures == 1 else Turn.STEADY
