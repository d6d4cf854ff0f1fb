"""Several errands in one go, so that quick ones need not each wake who asks; and when it ends."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.exchange import ROUND_US, Failure, Fault


class Going(StrEnum):
    """Whether the next errand of a round is begun, or why not."""

    ON = "on"
    DONE = "done"
    NO_ANSWER = "no_answer"  # whoever asks has to think again
    WANTED = "wanted"
    LONG = "long"


class Round(msgspec.Struct):
    """At least one errand, each of another unit; `outcomes` are of the first of them, in order.

    The line's worker adds outcomes. `is_wanted`: somebody else waits for the line; set by whoever
    sees that, and read by the worker between two errands. `heard`: called after each outcome.
    `noted`: of how many outcomes the line took note.
    """

    errands: tuple[Errand, ...]
    outcomes: list[Outcome] = []
    is_wanted: bool = False
    heard: Callable[[], None] | None = None
    noted: int = 0

    def add(self, outcome: Outcome) -> None:
        """Of the first errand that has none."""
        self.outcomes.append(outcome)
        if self.heard is not None:
            self.heard()

    def going(self, took_us: int) -> Going:
        """Say, after an outcome, whether the next errand is begun; `took_us`: since the first."""
        if len(self.outcomes) == len(self.errands):
            return Going.DONE
        result = self.outcomes[-1].result
        if isinstance(result, Failure) and result.fault is not Fault.EXCEPTION:
            return Going.NO_ANSWER
        if self.is_wanted:
            return Going.WANTED
        return Going.ON if took_us < ROUND_US else Going.LONG

    def abandon(self) -> int:
        """Begin no errand more; return how many have an outcome: the next one may have been sent.

        The worker may add that one's outcome still, and none after it.
        """
        self.heard = None
        for errand in self.errands:
            errand.abandoned = True
        return len(self.outcomes)
