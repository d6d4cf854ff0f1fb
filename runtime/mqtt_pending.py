"""Publishes that wait for their PUBACK: which, since when, and how much of the link they hold."""

import asyncio
from collections.abc import Callable

from runtime.link_rate import LinkRate
from runtime.mqtt_words import Outcome

_US = 1_000_000


class Pending:
    """Of one connection; `now_s` is the clock of the event loop."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._answers: dict[int, asyncio.Future[Outcome]] = {}
        self._asked: dict[int, float] = {}  # when, the oldest first
        self.rate = LinkRate()

    async def answer(self, mid: int, size: int, *, is_answered: bool) -> Outcome:
        """Wait for what becomes of it. `is_answered`: by a PUBACK, which tells of the link."""
        departure = self.rate.sent(size, self._now_us())
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._answers[mid] = answer
        self._asked[mid] = self._now_s()
        outcome = Outcome.LOST
        try:
            outcome = await answer
        finally:
            self._answers.pop(mid, None)
            self._asked.pop(mid, None)
            if outcome is Outcome.LOST or not is_answered:
                self.rate.given_up(departure)
            else:
                self.rate.acknowledged(departure, self._now_us())
        return outcome

    def answered(self, mid: int, outcome: Outcome) -> None:
        """Nothing happens for what nobody waits for."""
        answer = self._answers.get(mid)
        if answer is not None and not answer.done():
            answer.set_result(outcome)

    def lose(self) -> None:
        """Nobody will answer any more."""
        for mid in list(self._answers):
            self.answered(mid, Outcome.LOST)

    def waited_s(self) -> float:
        """How long the oldest waits."""
        oldest = next(iter(self._asked.values()), None)
        return 0.0 if oldest is None else self._now_s() - oldest

    def begin_anew(self) -> None:
        """Nobody listened meanwhile."""
        self._asked = dict.fromkeys(self._asked, self._now_s())

    def _now_us(self) -> int:
        return round(self._now_s() * _US)
