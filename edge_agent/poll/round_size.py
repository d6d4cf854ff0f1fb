"""How many turns a line is handed at once: more where its units answer quickly."""

from collections import deque
from collections.abc import Sequence

from edge_agent.exchange import Failure, Fault, Reply

MOST = 16
"""So many answers are understood and reported before the event loop does anything else."""

QUICK_US = 1_000
"""A line is quick if a quarter of its answers take no longer than this."""

_KEPT = 16


class RoundSize:
    """One for each line. A serial line, whose answers are on the wire for longer, stays at 1.

    `most`: so many at once. It doubles after each round that was full, as long as the line is
    quick; after an exchange without an answer it begins anew. What counts is the quarter that came
    soonest: a machine that is busy makes some answers late, and then rounds save the most.
    """

    def __init__(self) -> None:
        self.most = 1
        self._took_us: deque[int] = deque(maxlen=_KEPT)

    def went(self, answers: Sequence[Reply | Failure]) -> None:
        """Learn from the answers of one round, of which there is at least one."""
        replies = [one for one in answers if isinstance(one, Reply)]
        if len(replies) < len(answers) and not all(_is_answer(one) for one in answers):
            self.most = 1
            return
        self._took_us.extend([one.received_us - one.sent_us for one in replies])
        if not self._is_quick():
            self.most = 1
        elif len(replies) == self.most:
            self.most = min(2 * self.most, MOST)

    def _is_quick(self) -> bool:
        sooner = sorted(self._took_us)
        return not sooner or sooner[len(sooner) // 4] <= QUICK_US


def _is_answer(one: Reply | Failure) -> bool:
    return isinstance(one, Reply) or one.fault in (Fault.EXCEPTION, Fault.RESTING)
