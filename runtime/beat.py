"""One beat for all that looks now and then: who waits for it wakes together with the others."""

import asyncio
import math

_EARLY = 1_000  # a timer may fire so small a part of the period too early: still the beat before


class Beat:
    """Whole multiples of `period_s` on the loop's clock, the same for all beats of that period.

    A look that comes with others costs no wake of its own; a machine that sleeps is woken once.
    """

    def __init__(self, period_s: float = 1.0) -> None:
        self._period_s = period_s

    @property
    def number(self) -> int:
        """How many beats have been."""
        now_s = asyncio.get_running_loop().time()
        return math.floor((now_s + self._period_s / _EARLY) / self._period_s)

    @property
    def left_s(self) -> float:
        """How long it is until the next one."""
        return self._next_s() - asyncio.get_running_loop().time()

    async def next(self) -> None:
        """Return at the next beat."""
        loop = asyncio.get_running_loop()
        came: asyncio.Future[None] = loop.create_future()
        timer = loop.call_at(self._next_s(), _come, came)
        try:
            await came
        finally:
            timer.cancel()

    async def told(self, event: asyncio.Event, within_s: float = math.inf) -> bool:
        """Wait for the event, at most until the next beat and `within_s`; whether it is set."""
        end_s = asyncio.get_running_loop().time() + max(within_s, 0.0)
        try:
            async with asyncio.timeout_at(min(end_s, self._next_s())):
                return await event.wait()
        except TimeoutError:
            return False

    def _next_s(self) -> float:
        return (self.number + 1) * self._period_s


def _come(came: "asyncio.Future[None]") -> None:
    """Whoever waited may have been cancelled in this very turn of the loop."""
    if not came.done():
        came.set_result(None)
