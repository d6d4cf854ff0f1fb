"""What waits for a PUBACK gets it, or is lost; the link's rate learns from answers alone."""

import asyncio

from runtime.mqtt_pending import Pending
from runtime.mqtt_words import Outcome


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def asked(pending: Pending, mid: int) -> asyncio.Future[Outcome]:
    return pending.ask(mid, 500, is_answered=True)


async def test_an_answer_reaches_who_waits_and_tells_of_the_link() -> None:
    clock = Clock()
    pending = Pending(clock)
    answer = asked(pending, 7)
    assert pending.rate.under_way == 500
    clock.now_s += 0.5
    pending.answered(8, Outcome.QUOTA)
    pending.answered(7, Outcome.ACCEPTED)
    pending.answered(7, Outcome.QUOTA)
    assert await answer is Outcome.ACCEPTED
    assert (pending.rate.under_way, pending.rate.per_second) == (0, 1_000.0)


async def test_what_is_lost_tells_nothing_of_the_link() -> None:
    pending = Pending(Clock())
    answers = [asked(pending, mid) for mid in (1, 2)]
    pending.lose()
    assert [await one for one in answers] == [Outcome.LOST] * 2
    assert (pending.rate.under_way, pending.rate.per_second) == (0, None)


async def test_how_long_the_oldest_waits() -> None:
    clock = Clock()
    pending = Pending(clock)
    assert pending.waited_s() == 0.0
    for mid in (1, 2):
        asked(pending, mid)
        clock.now_s += 3.0
    assert pending.waited_s() == 6.0
    pending.answered(1, Outcome.ACCEPTED)
    assert pending.waited_s() == 3.0
    pending.begin_anew()
    assert pending.waited_s() == 0.0
    pending.lose()


async def test_a_cancelled_publish_is_forgotten() -> None:
    pending = Pending(Clock())
    answer = asked(pending, 1)
    answer.cancel()
    await asyncio.sleep(0)
    assert (pending.waited_s(), pending.rate.under_way) == (0.0, 0)
    again = asked(pending, 1)  # numbers come round again
    pending.answered(1, Outcome.ACCEPTED)
    assert await again is Outcome.ACCEPTED
