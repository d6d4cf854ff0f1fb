"""Publishes that wait for their PUBACK: which, since when, and how much of the link they hold."""

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec

from runtime.link_rate import Departure, LinkRate
from runtime.mqtt_words import Outcome

_US = 1_000_000


class _Asked(msgspec.Struct):
    answer: "asyncio.Future[Outcome]"
    departure: Departure
    is_answered: bool
    at_s: float


class Pending:
    """Of one connection; `now_s` is the clock of the event loop."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._asked: dict[int, _Asked] = {}  # the oldest first
        self.rate = LinkRate()

    def ask(self, mid: int, size: int, *, is_answered: bool) -> "asyncio.Future[Outcome]":
        """What becomes of it. `is_answered`: by a PUBACK, which tells of the link."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        departure = self.rate.sent(size, self._now_us())
        self._asked[mid] = _Asked(answer, departure, is_answered, self._now_s())
        answer.add_done_callback(partial(self._nobody_waits, mid))
        return answer

    def answered(self, mid: int, outcome: Outcome) -> None:
        """Nothing happens for what nobody waits for."""
        asked = self._asked.pop(mid, None)
        if asked is None:
            return
        if outcome is Outcome.LOST or not asked.is_answered:
            self.rate.given_up(asked.departure)
        else:
            self.rate.acknowledged(asked.departure, self._now_us())
        if not asked.answer.done():
            asked.answer.set_result(outcome)

    def _nobody_waits(self, mid: int, answer: "asyncio.Future[Outcome]") -> None:
        """Whoever waited was cancelled."""
        asked = self._asked.get(mid)
        if asked is not None and asked.answer is answer:
            self.answered(mid, Outcome.LOST)

    def lose(self) -> None:
        """Nobody will answer any more."""
        for mid in list(self._asked):
            self.answered(mid, Outcome.LOST)

    def waited_s(self) -> float:
        """How long the oldest waits."""
        oldest = next(iter(self._asked.values()), None)
        return 0.0 if oldest is None else self._now_s() - oldest.at_s

    def begin_anew(self) -> None:
        """Nobody listened meanwhile."""
        for asked in self._asked.values():
            asked.at_s = self._now_s()

    def _now_us(self) -> int:
        return round(self._now_s() * _US)
