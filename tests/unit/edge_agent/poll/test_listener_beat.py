"""A listener sleeps until something comes, is due, or is wanted of it; checked in virtual time."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from edge_agent.exchange import Failure, Sample
from edge_agent.health import LineHealth
from edge_agent.link_count import LinkCount
from edge_agent.poll.device import ListenedDevice
from edge_agent.poll.listener import Listener
from tests.virtual_time import VirtualClock, VirtualLoop, now_s, run
from wire.quality import Reason, bad

S = 1_000_000
CLOCK = VirtualClock()


class Quiet:
    """A stream on which nothing comes."""

    name = "stream"

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self.written: list[tuple[float, bytes]] = []

    async def read(self, wait_us: int) -> bytes | Failure:
        self._woken.clear()
        try:
            async with asyncio.timeout(wait_us / S):
                await self._woken.wait()
        except TimeoutError:
            return b""
        return b""

    def wake(self) -> None:
        self._woken.set()

    async def write(self, data: bytes) -> Failure | None:
        self.written.append((round(now_s(), 3), data))
        return None

    def health(self) -> LineHealth:
        return LineHealth(self.name, is_open=True)


class Patient:
    """Calls the device silent at one instant, and asks at another."""

    link = LinkCount()

    def __init__(self, silent_us: int, asks_us: int) -> None:
        self._silent_us: int | None = silent_us
        self._asks_us: int | None = asks_us

    @property
    def next_us(self) -> int | None:
        return min((one for one in (self._silent_us, self._asks_us) if one), default=None)

    def due(self, now_us: int) -> bytes | None:
        if self._asks_us is None or now_us < self._asks_us:
            return None
        self._asks_us = None
        return b"\x80"

    def received(self, data: bytes, now_us: int) -> list[Sample]:
        assert not data
        if self._silent_us is None or now_us < self._silent_us:
            return []
        self._silent_us = None
        return [Sample("fall", None, now_us, bad(Reason.COMM_FAILURE))]

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        raise AssertionError((failure, now_us))


class Memory:
    def __init__(self) -> None:
        self.taken: list[Sample] = []

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        assert device == "radar"
        self.taken += samples


def test_between_two_beats_it_wakes_for_what_is_due_and_for_nothing_else() -> None:
    async def scene() -> None:
        stream, memory, progress = Quiet(), Memory(), list[float]()
        driver = Patient(silent_us=20_345_678, asks_us=31_250_000)
        device = ListenedDevice("radar", driver)
        listener = Listener(stream, device, memory, CLOCK, lambda _: progress.append(now_s()))
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        async with asyncio.TaskGroup() as group:
            group.create_task(listener.run())
            await asyncio.sleep(60.5)
            assert loop.wakes <= 60 + 4
            listener.stop()
            await asyncio.sleep(0)
        assert now_s() == 60.5
        assert [one.mono_us for one in memory.taken] == [20_345_678]
        assert stream.written == [(31.25, b"\x80")]
        assert max(b - a for a, b in pairwise(progress)) <= 1.001

    run(scene())


def test_who_wants_to_speak_wakes_it_and_waits_behind_the_drivers_own_query() -> None:
    async def scene() -> None:
        stream = Quiet()
        device = ListenedDevice("radar", Patient(silent_us=90 * S, asks_us=3_500_000))
        listener = Listener(stream, device, Memory(), CLOCK, lambda _: None)
        async with asyncio.TaskGroup() as group:
            group.create_task(listener.run())
            await asyncio.sleep(2.25)
            assert await listener.say(b"\x01", None, S) is None
            assert now_s() == 2.25
            await asyncio.sleep(1.25)  # at this very instant the driver asks too
            assert await listener.say(b"\x02", None, S) is None
            assert now_s() <= 3.551
            listener.stop()
        assert [data for _, data in stream.written] == [b"\x01", b"\x80", b"\x02"]

    run(scene())
