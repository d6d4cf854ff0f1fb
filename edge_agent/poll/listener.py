"""Listens to one device that talks by itself: bytes, driver, filter, buffer, and its queries."""

from collections.abc import Callable
from typing import Protocol

from edge_agent.exchange import Failure, Sample
from edge_agent.health import DeviceHealth, DeviceState, LineHealth
from edge_agent.poll.device import Intake, ListenedDevice
from edge_agent.poll.voice import Voice
from runtime.clock import Clock

_TICK_US = 50_000


class Talker(Protocol):
    """A stream: see edge_agent.bus.stream.Stream."""

    @property
    def name(self) -> str: ...

    async def read(self, wait_us: int) -> bytes | Failure: ...

    async def write(self, data: bytes) -> Failure | None: ...

    def health(self) -> LineHealth: ...


class Listener:
    """One task per stream; `progress` is called with the stream's name many times a second."""

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
        self._stopping = False

    async def run(self) -> None:
        """Listen until stopped; what was heard is delivered before it returns."""
        while not self._stopping:
            self._progress(self._stream.name)
            await self._step()

    def stop(self) -> None:
        """Let `run` return within a twentieth of a second."""
        self._stopping = True

    def set_test(self, *, is_test: bool) -> None:
        """Mark what the device says from now on as test, or no longer."""
        self._voice.is_test = is_test

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
        )

    def _state(self) -> DeviceState:
        return self._voice.state(is_dead=False)

    async def _step(self) -> None:
        heard = await self._stream.read(_TICK_US)
        now = self._clock.mono_us()
        if isinstance(heard, Failure):
            await self._failed(heard, now)
            return
        samples = self._device.driver.received(heard, now)
        await self._deliver(self._voice.heard(samples, now) if heard else self._voice.told(samples))
        query = self._device.driver.due(now)
        if query:
            failure = await self._stream.write(query)
            if failure is not None:
                await self._failed(failure, now)

    async def _failed(self, failure: Failure, now: int) -> None:
        samples = self._device.driver.failed(failure, now)
        await self._deliver(self._voice.missed(samples, failure))

    async def _deliver(self, samples: list[Sample]) -> None:
        if samples:
            await self._intake.take(self._device.name, samples)
