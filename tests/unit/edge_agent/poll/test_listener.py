"""The listener between a scripted stream and a buffer that remembers."""

import asyncio
from collections import deque
from collections.abc import Sequence

import pytest

from edge_agent.exchange import Failure, Fault, Sample
from edge_agent.health import DeviceState, LineHealth, Signs
from edge_agent.link_count import LinkCount
from edge_agent.poll.device import ListenedDevice
from edge_agent.poll.listener import Listener
from runtime.clock import SystemClock
from tests.patience import PATIENCE_S
from wire.quality import GOOD, Quality, Reason, bad

CLOCK = SystemClock()
GONE = Failure(Fault.PORT_GONE, 0, None, "pulled out")


class FakeStream:
    """Gives what it is told to give, then stops the listener."""

    name = "radar-1"

    def __init__(self, *given: bytes | Failure) -> None:
        self.given = deque(given, maxlen=16)
        self.written: list[bytes] = []
        self.takes_writes = True
        self.listener: Listener | None = None

    async def read(self, wait_us: int) -> bytes | Failure:
        assert 0 <= wait_us <= 1_000_000
        await asyncio.sleep(0)
        if len(self.given) == 1 and self.listener:
            self.listener.stop()
        return self.given.popleft()

    def wake(self) -> None:
        """Nobody waits here for long."""

    async def write(self, data: bytes) -> Failure | None:
        self.written.append(data)
        return None if self.takes_writes else GONE

    def health(self) -> LineHealth:
        return LineHealth(self.name, is_open=True)


class FakeDriver:
    """One byte is one state; silence makes it stale; it asks once."""

    def __init__(self) -> None:
        self.query: bytes | None = b"\x80"
        self.link = LinkCount(polls=2, good=1)
        self.next_us: int | None = None

    def due(self, now_us: int) -> bytes | None:
        assert now_us > 0
        query, self.query = self.query, None
        return query

    def received(self, data: bytes, now_us: int) -> list[Sample]:
        if not data:
            return [Sample("fall", None, now_us, bad(Reason.COMM_FAILURE))]
        return [Sample("fall", bool(byte), now_us) for byte in data]

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        assert failure.fault is Fault.PORT_GONE
        return [Sample("fall", None, now_us, bad(Reason.NOT_CONNECTED))]


class Memory:
    def __init__(self) -> None:
        self.taken: list[Sample] = []

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        assert device == "radar"
        assert samples
        self.taken += samples


def listener(stream: FakeStream, memory: Memory, progress: list[str]) -> Listener:
    device = ListenedDevice("radar", FakeDriver())
    stream.listener = Listener(stream, device, memory, CLOCK, progress.append)
    return stream.listener


async def heard(*given: bytes | Failure) -> list[tuple[object, Quality]]:
    memory = Memory()
    await listener(FakeStream(*given), memory, []).run()
    return [(sample.value, sample.quality) for sample in memory.taken]


async def test_reports_what_the_driver_understands_of_the_bytes() -> None:
    assert await heard(b"\x00\x00\x01", b"\x01") == [(False, GOOD), (True, GOOD)]


async def test_silence_is_for_the_driver_to_judge() -> None:
    assert await heard(b"\x00", b"", b"") == [(False, GOOD), (None, bad(Reason.COMM_FAILURE))]


async def test_a_port_that_is_gone_is_told_once_and_its_return() -> None:
    assert await heard(b"\x01", GONE, GONE, b"\x01") == [
        (True, GOOD),
        (None, bad(Reason.NOT_CONNECTED)),
        (True, GOOD),
    ]


async def test_times_of_a_point_strictly_increase_within_one_read() -> None:
    memory = Memory()
    await listener(FakeStream(b"\x00\x01\x00\x01"), memory, []).run()
    times = [sample.mono_us for sample in memory.taken]
    assert times == list(range(times[0], times[0] + 4))


async def test_sends_what_the_driver_wants_to_ask() -> None:
    stream, progress = FakeStream(b"\x00", b"\x00"), list[str]()
    await listener(stream, Memory(), progress).run()
    assert stream.written == [b"\x80"]
    assert progress == ["radar-1"] * 2


async def test_a_query_that_can_not_be_sent_is_a_failure() -> None:
    stream, memory = FakeStream(b"\x00"), Memory()
    stream.takes_writes = False
    radar = listener(stream, memory, [])
    await radar.run()
    assert memory.taken[-1].quality == bad(Reason.NOT_CONNECTED)
    assert radar.device_health().state is DeviceState.MISSING
    assert "pulled out" in radar.device_health().last_fault


async def test_test_mode_marks_what_is_said() -> None:
    memory = Memory()
    radar = listener(FakeStream(b"\x01"), memory, [])
    radar.set_test(is_test=True)
    await radar.run()
    assert memory.taken[0].quality == Quality(test=True)
    assert radar.device_health().is_test


async def test_health_says_when_it_was_last_heard() -> None:
    radar = listener(FakeStream(b"\x01"), Memory(), [])
    assert radar.device_health().state is DeviceState.NEVER_HEARD
    await radar.run()
    health = radar.device_health()
    assert (health.state, health.quality) == (DeviceState.ANSWERING, GOOD)
    assert health.link == LinkCount(polls=2, good=1)
    assert radar.signs() == Signs(broken=(("radar", 1),))
    assert health.last_reply_us is not None
    assert radar.line_health().is_open


async def test_cancelling_ends_the_task() -> None:
    stream = FakeStream()

    async def nothing(wait_us: int) -> bytes | Failure:
        await asyncio.sleep(wait_us / 1_000_000)
        return b""

    stream.read = nothing  # type: ignore[method-assign]  # the fake that says nothing for ever
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await listener(stream, Memory(), []).run()


QUESTION, ANSWER = b"\x53\x01", b"\x01\x02"


class Heard:
    """The answer is these bytes, in one part or several."""

    def __init__(self, wanted: bytes) -> None:
        self.wanted = wanted
        self.heard = b""

    def is_in(self, heard: bytes) -> bool:
        self.heard += heard
        return self.wanted in self.heard


async def say(
    stream: FakeStream, wait_us: int = 1_000_000, wanted: bytes | None = ANSWER
) -> tuple[Failure | None, Memory]:
    memory = Memory()
    listening = listener(stream, memory, [])
    awaited = None if wanted is None else Heard(wanted)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        saying = group.create_task(listening.say(QUESTION, awaited, wait_us))
        await asyncio.sleep(0)
        group.create_task(listening.run())
    return saying.result(), memory


async def test_another_may_speak_after_the_driver_and_hears_the_answer() -> None:
    stream = FakeStream(b"", b"", b"\x00\x01", b"\x02", b"")
    failure, memory = await say(stream)
    assert failure is None
    assert stream.written == [b"\x80", QUESTION]
    assert [one.value for one in memory.taken if one.value is not None] == [False, True]


async def test_what_nobody_answers_has_ended_once_it_was_sent() -> None:
    stream = FakeStream(b"", b"", b"", b"")
    failure, _ = await say(stream, wanted=None)
    assert failure is None
    assert stream.written == [b"\x80", QUESTION]


async def test_what_was_heard_before_is_no_answer() -> None:
    failure, _ = await say(FakeStream(ANSWER, ANSWER, b"", b""), wait_us=20_000)
    assert failure is not None
    assert failure.fault is Fault.TIME_OUT


async def test_a_port_that_goes_answers_at_once() -> None:
    failure, _ = await say(FakeStream(b"", b"", GONE, b""))
    assert failure == GONE


async def test_one_speaks_at_a_time() -> None:
    listening = listener(FakeStream(b""), Memory(), [])
    async with asyncio.TaskGroup() as group:
        first = group.create_task(listening.say(QUESTION, Heard(ANSWER), 10_000))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="somebody else"):
            await listening.say(QUESTION, Heard(ANSWER), 10_000)
    assert isinstance(first.result(), Failure)
