"""Listens to one device that talks by itself: bytes, driver, filter, buffer, and its queries."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec

from edge_agent.exchange import Failure, Fault, Sample
from edge_agent.health import DeviceHealth, DeviceState, LineHealth, Signs
from edge_agent.poll.device import Intake, ListenedDevice
from edge_agent.poll.report_filter import ReportPolicy
from edge_agent.poll.voice import Voice
from runtime.beat import Beat
from runtime.clock import Clock

_TURN_US = 50_000  # after a query of the driver, before somebody else speaks
_SECOND_US = 1_000_000


class Awaited(Protocol):
    """What will prove that somebody was heard: see edge_agent.driver.awaited.AwaitedFrame."""

    def is_in(self, heard: bytes) -> bool: ...


class Talker(Protocol):
    """A stream: see edge_agent.bus.stream.Stream."""

    @property
    def name(self) -> str: ...

    async def read(self, wait_us: int) -> bytes | Failure: ...

    def wake(self) -> None: ...

    async def write(self, data: bytes) -> Failure | None: ...

    def health(self) -> LineHealth: ...


class _Saying(msgspec.Struct):
    """What somebody else wants to say, and what will answer it."""

    data: bytes
    answer: Awaited | None
    ended: "asyncio.Future[Failure | None]"
    is_said: bool = False


class Listener:
    """One task per stream; `progress` is called with the stream's name, at each beat at the latest.

    Between two beats it wakes for bytes, and at the instant at which its driver has to go on.
    """

    def __init__(
        self,
        stream: Talker,
        device: ListenedDevice,
        intake: Intake,
        clock: Clock,
        progress: Callable[[str], None],
    ) -> None:
        """Take the stream's one device."""
        self._stream = stream
        self._device = device
        self._intake = intake
        self._clock = clock
        self._progress = progress
        self._voice = Voice(device.report, is_test=device.is_test)
        self._beat = Beat()
        self._stopping = False
        self._saying: _Saying | None = None

    async def run(self) -> None:
        """Listen until stopped; what was heard is delivered before it returns."""
        while not self._stopping:
            self._progress(self._stream.name)
            await self._step()

    def stop(self) -> None:
        """Let `run` return after what it is doing now."""
        self._stopping = True
        self._stream.wake()

    async def say(self, data: bytes, answer: Awaited | None, wait_us: int) -> Failure | None:
        """Send what is no query of the driver's; None once `answer` was heard within `wait_us`.

        With no answer to wait for, None once it was sent. The driver hears the answer too. One
        caller at a time; raise RuntimeError for a second.
        """
        if self._saying is not None:
            raise RuntimeError("somebody else is speaking to this device")
        self._saying = _Saying(data, answer, asyncio.get_running_loop().create_future())
        try:
            self._stream.wake()
            async with asyncio.timeout((wait_us + _TURN_US) / _SECOND_US):
                return await self._saying.ended
        except TimeoutError:
            return Failure(Fault.TIME_OUT, self._clock.mono_us(), None, "no answer")
        finally:
            self._saying = None

    def set_test(self, *, is_test: bool) -> None:
        """Mark what the device says from now on as test, or no longer."""
        self._voice.is_test = is_test

    def retune(self, report: ReportPolicy) -> None:
        """Go on with the rules that follow from another baseline."""
        self._voice.retune(report)

    @property
    def voice(self) -> Voice:
        """What the device says."""
        return self._voice

    def line_health(self) -> LineHealth:
        return self._stream.health()

    def device_health(self) -> DeviceHealth:
        return DeviceHealth(
            device=self._device.name,
            line=self._stream.name,
            state=self._state(),
            last_reply_us=self._voice.last_reply_us,
            misses=0,
            last_fault=self._voice.last_fault,
            quality=self._voice.quality,
            waits="bytes",
            next_us=self._clock.mono_us(),
            is_test=self._voice.is_test,
            link=self._device.driver.link,
        )

    def signs(self) -> Signs:
        """What an unusual state of its device shows in."""
        link = self._device.driver.link
        return Signs(broken=((self._device.name, link.polls - link.good),))

    def _state(self) -> DeviceState:
        return self._voice.state(is_dead=False)

    async def _step(self) -> None:
        heard = await self._stream.read(self._wait_us())
        now = self._clock.mono_us()
        if isinstance(heard, Failure):
            await self._failed(heard, now)
            return
        samples = self._device.driver.received(heard, now)
        await self._deliver(self._voice.heard(samples, now) if heard else self._voice.told(samples))
        self._look_for_answer(heard)
        query = self._device.driver.due(now) or self._to_say()
        if query:
            failure = await self._stream.write(query)
            if failure is not None:
                await self._failed(failure, now)
            elif self._is_proven_by_sending:
                self._end_saying(None)

    def _wait_us(self) -> int:
        """Until the driver has to go on, or who wants to speak gets a turn, or the next beat."""
        wait_us = round(self._beat.left_s * _SECOND_US)
        next_us = self._device.driver.next_us
        if next_us is not None:
            wait_us = min(wait_us, next_us - self._clock.mono_us())
        if self._saying is not None and not self._saying.is_said:
            wait_us = min(wait_us, _TURN_US)
        return max(wait_us, 0)

    def _to_say(self) -> bytes | None:
        """The driver's own queries go first; between two of them there is room."""
        if self._saying is None or self._saying.is_said:
            return None
        self._saying.is_said = True
        return self._saying.data

    def _look_for_answer(self, heard: bytes) -> None:
        saying = self._saying
        if saying is None or not saying.is_said or saying.answer is None:
            return
        if saying.answer.is_in(heard):
            self._end_saying(None)

    @property
    def _is_proven_by_sending(self) -> bool:
        """Whether what somebody else said is sent, and nothing is to answer it."""
        saying = self._saying
        return saying is not None and saying.is_said and saying.answer is None

    def _end_saying(self, failure: Failure | None) -> None:
        if self._saying is not None and not self._saying.ended.done():
            self._saying.ended.set_result(failure)

    async def _failed(self, failure: Failure, now: int) -> None:
        if failure.fault is Fault.PORT_GONE:
            self._end_saying(failure)
        samples = self._device.driver.failed(failure, now)
        await self._deliver(self._voice.missed(samples, failure))

    async def _deliver(self, samples: list[Sample]) -> None:
        rest = self._intake.accept(self._device.name, samples) if samples else None
        if rest is not None:
            await rest()
