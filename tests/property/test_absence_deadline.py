"""P8: that a device is silent is told when it is so, not when somebody next happens to ask."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.model import Profile
from device_profiles.transport import Modbus, Stream
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.driver.stream import StreamDriver
from edge_agent.exchange import Ask, Failure, Fault, Read, Reply, Request, Sample, Table
from edge_agent.health import LineHealth
from edge_agent.poll.device import ListenedDevice, PolledDevice
from edge_agent.poll.inquiry import Heard
from edge_agent.poll.listener import Listener
from edge_agent.poll.poller import Poller
from tests.shipped import PROFILES
from tests.virtual_time import VirtualClock, run
from wire.quality import Reason

S = 1_000_000
MS = 1_000
POLLED = sorted(one.id for one in PROFILES.values() if isinstance(one.transport, Modbus))
HEARD = sorted(
    one.id
    for one in PROFILES.values()
    if isinstance(one.transport, Stream) and one.transport.liveness is not None
)
CLOCK = VirtualClock()
JITTER_US = 10  # the clock counts whole microseconds
LOST = frozenset({Reason.COMM_FAILURE})


@dataclass
class Line:
    """Answers after `reply_us` until `dies_us`; then each unit fails in its own way."""

    faults: dict[int, Fault]
    reply_us: int
    timeout_us: int
    rest_us: int
    dies_us: int
    good: dict[tuple[int, ...], int] = field(default_factory=dict)
    misses: dict[tuple[int, ...], list[int]] = field(default_factory=dict)
    rests: dict[int, int] = field(default_factory=dict)
    name: str = "line"
    is_stuck: bool = False

    tells_at_once = False

    async def exchange_round(
        self, asks: Sequence[Ask], _heard: Heard | None = None
    ) -> list[Reply | Failure]:
        return [await self.exchange(asks[0].request)]  # it is slow: there is one at a time

    async def exchange(self, request: Request) -> Reply | Failure:
        assert isinstance(request, Read)
        began_us, unit = CLOCK.mono_us(), request.unit
        fault = self.faults.get(unit) if began_us >= self.dies_us else None
        await asyncio.sleep((self.timeout_us if fault is Fault.TIME_OUT else self.reply_us) / S)
        now_us = CLOCK.mono_us()
        for place in ((unit,), (unit, list(Table).index(request.table), request.address)):
            self.misses.setdefault(place, []).append(now_us)
            if fault is None:
                self.good[place], self.misses[place] = now_us, []
        if fault is None:
            return Reply((0,) * request.count, began_us, now_us)
        if fault is Fault.TIME_OUT:
            self.rests[unit] = now_us + self.rest_us
        return Failure(fault, now_us)

    def deadline_us(self, unit: int, period_us: int) -> int | None:
        """When the first of its points, or all, are silent: three misses and three periods."""
        ends = (
            max(misses[2], self.good.get(place, 0) + 3 * period_us)
            for place, misses in self.misses.items()
            if place[0] == unit and len(misses) > 2
        )
        return min(ends, default=None)

    def resting_until_us(self, unit: int) -> int:
        return self.rests.get(unit, 0)

    def needs_other_shape(self, unit: int) -> bool:
        assert unit
        return False

    def health(self) -> LineHealth:
        return LineHealth(self.name, is_open=True)


class Memory:
    """When a device was first told to be silent."""

    def __init__(self) -> None:
        self.lost: dict[str, int] = {}

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        for sample in samples:
            if sample.quality.reason in LOST:
                self.lost.setdefault(device, sample.mono_us)


def polled(name: str, profile: Profile, unit: int, period_us: int) -> PolledDevice:
    driver = ModbusDriver(profile, unit, period_us)
    return PolledDevice(name, unit, driver, driver.period_us)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    wrong = st.sampled_from([Fault.TIME_OUT, Fault.CRC, Fault.WRONG_REPLY])
    return Line(
        faults=draw(st.dictionaries(st.integers(1, 4), wrong)),
        reply_us=draw(st.integers(2, 30)) * MS,
        timeout_us=draw(st.sampled_from([50, 200, 500])) * MS,
        rest_us=draw(st.sampled_from([0, 300, 3_000])) * MS,
        dies_us=draw(st.integers(3_000, 9_000)) * MS,
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(POLLED), min_size=1, max_size=4),
    lines(),
    st.sampled_from([500, 1_000, 5_000]),
)
def test_a_device_that_is_asked(profiles: list[str], line: Line, period_ms: int) -> None:
    """Three misses, and three periods since the last good reply: told within one exchange."""
    devices = [
        polled(f"device-{unit}", PROFILES[name], unit, period_ms * MS)
        for unit, name in enumerate(profiles, 1)
    ]
    memory = Memory()

    async def watch() -> None:
        poller = Poller(line, devices, memory, CLOCK, lambda _: None)
        async with asyncio.TaskGroup() as group:
            group.create_task(poller.run())
            await asyncio.sleep(40)
            poller.stop()

    run(watch())
    for device in devices:
        deadline_us = line.deadline_us(device.unit, period_ms * MS)
        if deadline_us is None:
            assert device.name not in memory.lost
            continue
        told_us = memory.lost[device.name]
        assert deadline_us - JITTER_US <= told_us
        assert told_us <= deadline_us + max(line.timeout_us, line.reply_us) + JITTER_US


class Stillness:
    """A stream on which a frame comes now and then until it ends."""

    name = "stream"

    def __init__(self, frames: list[tuple[int, bytes]]) -> None:
        self._frames = frames
        self.last_us = 0

    async def read(self, wait_us: int) -> bytes | Failure:
        now_us = CLOCK.mono_us()
        due_us = self._frames[0][0] if self._frames else now_us + 10 * wait_us
        await asyncio.sleep(max(min(wait_us, due_us - now_us), 0) / S)
        if self._frames and CLOCK.mono_us() >= self._frames[0][0]:
            self.last_us = CLOCK.mono_us()
            return self._frames.pop(0)[1]
        return b""

    def wake(self) -> None:
        """It goes on by itself."""

    async def write(self, data: bytes) -> Failure | None:
        return None if data else Failure(Fault.PORT_GONE, 0)

    def health(self) -> LineHealth:
        return LineHealth(self.name, is_open=True)


def a_frame(profile: Profile) -> bytes:
    """The first of its examples that comes from the device."""
    for example in profile.examples:
        driver = StreamDriver(profile)
        data = bytes.fromhex(example.frame)
        driver.received(data, S)
        driver.received(b"", 2 * S)
        if driver.link.good:
            return data
    raise AssertionError(f"{profile.id} has no example of a frame")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(HEARD), st.lists(st.integers(1, 2_000), max_size=12))
def test_a_device_that_talks_by_itself(name: str, gaps_ms: list[int]) -> None:
    """Its liveness after the last frame: told then, and not later."""
    profile = PROFILES[name]
    assert isinstance(profile.transport, Stream)
    liveness_us = profile.transport.liveness or 0
    at_us, frames = 0, []
    for gap_ms in gaps_ms:
        at_us += gap_ms * MS
        frames.append((at_us, a_frame(profile)))
    stream, memory = Stillness(frames), Memory()

    async def watch() -> None:
        device = ListenedDevice("radar", StreamDriver(profile))
        listener = Listener(stream, device, memory, CLOCK, lambda _: None)
        async with asyncio.TaskGroup() as group:
            group.create_task(listener.run())
            await asyncio.sleep((at_us + 2 * liveness_us) / S)
            listener.stop()

    run(watch())
    assert abs(memory.lost["radar"] - stream.last_us - liveness_us) <= JITTER_US
