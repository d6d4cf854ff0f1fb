"""How many soft turns a line is handed at once: more the quicker its units answer."""

from collections.abc import Sequence

from edge_agent.exchange import ROUND_US, Failure, Fault, Reply

MOST = 16
"""So many answers are understood and reported before the event loop does anything else."""


class RoundSize:
    """One for each line. A serial line, whose exchanges are longer than a round may be, stays at 1.

    `most`: so many at once. It doubles while so many take half of a round's time at the most, and
    is halved when they take longer than that; after an exchange without an answer it begins anew.
    """

    def __init__(self) -> None:
        self.most = 1

    def went(self, answers: Sequence[Reply | Failure]) -> None:
        """Learn from the answers of one round, of which there is at least one."""
        if not all(_is_answer(one) for one in answers):
            self.most = 1
            return
        replies = [one for one in answers if isinstance(one, Reply)]
        took_us = replies[-1].received_us - replies[0].sent_us if replies else 0
        if took_us > ROUND_US:
            self.most = max(self.most // 2, 1)
        elif len(replies) == self.most and 2 * took_us <= ROUND_US:
            self.most = min(2 * self.most, MOST)


def _is_answer(one: Reply | Failure) -> bool:
    return isinstance(one, Reply) or one.fault in (Fault.EXCEPTION, Fault.RESTING)
