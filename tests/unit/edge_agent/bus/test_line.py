"""The line against simulated units on a real pty: nothing wrong passes, nothing stays behind."""

import asyncio

import pytest

from edge_agent.exchange import Failure, Fault, Write
from simulators.fault import (
    exception,
    half_frame,
    late,
    noise,
    silence,
    wrong_checksum,
    wrong_unit,
)
from simulators.rtu import seal
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.ahead_clock import AheadClock
from tests.line_rig import (
    HEARD_US,
    MS,
    PATIENT_US,
    ask,
    codes_of,
    fault,
    opened,
    rests_no_more,
    scripted,
    status_of,
    words,
)
from tests.patience import until

LATE_US = 30_000 * MS
SLOW_BAUD = 300  # a reply takes half a second of wire: also who is held up comes too early


async def test_reads_and_writes(slaves: SerialLine, units: dict[int, SmokeDetector]) -> None:
    async with opened(slaves.path) as line:
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
        units[1].set_smoke(True)
        assert await words(line, status_of(1)) == (1, 0, 1, 1)
        units[1].set_smoke(False)
        assert await words(line, Write(1, 0, 234)) == (234,)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
        assert await words(line, codes_of(2)) == (0, 234, 0, 567)


async def test_keeps_the_silence_between_frames(slaves: SerialLine) -> None:
    async with opened(slaves.path) as line:
        for turn in range(60):
            await words(line, status_of(1 + turn % 3))
    assert slaves.counts.requests == 60
    assert slaves.counts.gap_violations == 0
    assert slaves.counts.overlaps == 0


async def test_one_exchange_at_a_time(slaves: SerialLine) -> None:
    async with opened(slaves.path) as line, asyncio.TaskGroup() as group:
        tasks = [group.create_task(words(line, status_of(1 + n % 3))) for n in range(12)]
    assert {task.result() for task in tasks} == {(1, 0, 0, 0)}
    assert slaves.counts.overlaps == 0


async def test_who_comes_between_waits_for_the_exchange_under_way_and_no_other(
    slaves: SerialLine,
) -> None:
    """A technician's or a command's request on a line that is polled without a pause."""
    async with opened(slaves.path) as line, asyncio.TaskGroup() as group:

        async def polls() -> None:
            while True:
                await words(line, status_of(1))

        polling = group.create_task(polls())
        for _ in range(10):
            await asyncio.sleep(0.004)
            before = line.health().units
            await words(line, status_of(2))
            asked = [unit.requests for unit in line.health().units if unit.unit == 1]
            known = [unit.requests for unit in before if unit.unit == 1]
            assert asked[0] - (known[0] if known else 0) <= 2
        polling.cancel()


@pytest.mark.parametrize("turns", [0, 1, 3])
async def test_a_late_reply_finds_nobody_waiting(
    slaves: SerialLine, units: dict[int, SmokeDetector], wire_clock: AheadClock, turns: int
) -> None:
    async with opened(slaves.path) as line:
        units[1].faults.add(late(LATE_US / 1_000_000, count=1))
        assert await fault(line, status_of(1)) is Fault.TIME_OUT
        units[1].set_smoke(True)
        assert await fault(line, status_of(1)) is Fault.RESTING
        for turn in range(turns + 3):
            if turn == turns:
                wire_clock.leap(LATE_US)
            assert await words(line, status_of(2)) == (1, 0, 0, 0)
        await rests_no_more(line, 1)
        assert line.needs_other_shape(1)
        assert await words(line, codes_of(1)) == (0, 234, 0, 567)
        assert not line.needs_other_shape(1)
        assert await words(line, status_of(1)) == (1, 0, 1, 1)
        health = line.health()
        stale = sum(unit.stale for unit in health.units if unit.unit == 1)
        assert stale == 1 or health.discarded_bytes > 0  # a loaded machine may cut it in two


async def test_a_cancelled_exchange_lets_the_unit_rest(
    slaves: SerialLine, units: dict[int, SmokeDetector], wire_clock: AheadClock
) -> None:
    units[1].faults.add(late(LATE_US / 1_000_000, count=1))
    async with opened(slaves.path) as line:
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(ask(line, status_of(1), PATIENT_US))
            await until(lambda: slaves.counts.requests > 0)
            asked.cancel()
        assert asked.cancelled()
        units[1].set_smoke(True)
        assert await fault(line, status_of(1)) is Fault.RESTING
        wire_clock.leap(LATE_US)
        assert await words(line, status_of(2)) == (1, 0, 0, 0)
        await rests_no_more(line, 1)
        assert await words(line, status_of(1)) == (1, 0, 1, 1)
        assert [unit.cancelled for unit in line.health().units] == [1, 0]


async def test_noise_before_a_reply_is_skipped(
    slaves: SerialLine, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(noise(count=1, before=b"\x00\x01\x02\xff"))
    async with opened(slaves.path) as line:
        assert await words(line, status_of(1)) == (1, 0, 0, 0)


async def test_an_exception_is_a_whole_answer(
    slaves: SerialLine, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(exception(4, count=1))
    async with opened(slaves.path) as line:
        failure = await ask(line, status_of(1), PATIENT_US)
        assert isinstance(failure, Failure)
        assert (failure.fault, failure.code) == (Fault.EXCEPTION, 4)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (silence(count=1), Fault.TIME_OUT),
        (half_frame(count=1), Fault.TIME_OUT),
        (wrong_checksum(count=1), Fault.CRC),
        (wrong_unit(7, count=1), Fault.WRONG_REPLY),
    ],
)
async def test_what_is_not_the_reply_is_refused_by_name(
    slaves: SerialLine, units: dict[int, SmokeDetector], broken: object, named: Fault
) -> None:
    units[1].faults.add(broken)  # type: ignore[arg-type]  # parametrize knows no types
    async with opened(slaves.path) as line:
        assert await fault(line, status_of(1), HEARD_US) is named
        assert await fault(line, status_of(1)) is Fault.RESTING
        assert await words(line, status_of(2)) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "pdu",
    [b"\x04\x01\x01", b"\x02\x02\x01\x00", b"\x03\x02\x00\x01", b"\x84\x02"],
    ids=["function", "count", "other table", "foreign exception"],
)
async def test_a_sound_frame_of_another_shape_is_refused(pdu: bytes) -> None:
    with scripted(lambda _: seal(1, pdu)) as path:
        async with opened(path, refuse_early=False) as line:
            assert await fault(line, status_of(1), HEARD_US) is Fault.WRONG_REPLY


async def test_a_reply_that_no_wire_could_have_brought_is_refused() -> None:
    with scripted(lambda _: seal(1, b"\x02\x01\x01")) as path:
        async with opened(path, baud=SLOW_BAUD) as line:
            assert await fault(line, status_of(1)) is Fault.TOO_EARLY
        async with opened(path, refuse_early=False) as line:
            assert await words(line, status_of(1)) == (1, 0, 0, 0)


@pytest.mark.parametrize("local_echo", [True, False])
async def test_an_echo_of_the_adapter_is_skipped_and_named_if_nobody_said_so(
    *, local_echo: bool
) -> None:
    with scripted(lambda heard: heard + seal(1, b"\x02\x01\x01")) as path:
        async with opened(path, refuse_early=False, local_echo=local_echo) as line:
            assert not line.health().hears_itself
            assert await words(line, status_of(1)) == (1, 0, 0, 0)
            assert line.health().hears_itself is not local_echo


async def test_the_echo_of_a_write_is_never_its_answer() -> None:
    with scripted(lambda heard: heard) as path:
        async with opened(path, local_echo=True) as line:
            assert await fault(line, Write(1, 0, 7)) is Fault.TIME_OUT
        async with opened(path, baud=SLOW_BAUD) as line:
            assert await fault(line, Write(1, 0, 7)) is Fault.TOO_EARLY
            assert line.health().hears_itself


async def test_an_adapter_that_does_not_hear_itself_is_told_by_name() -> None:
    with scripted(lambda _: seal(1, b"\x02\x01\x01") * 2) as path:
        async with opened(path, refuse_early=False, local_echo=True) as line:
            failure = await ask(line, status_of(1), HEARD_US)
            assert isinstance(failure, Failure)
            assert failure.fault is Fault.CRC
            assert "local_echo" in failure.detail


async def test_what_came_unasked_is_discarded_before_the_next_request(
    slaves: SerialLine, units: dict[int, SmokeDetector], wire_clock: AheadClock
) -> None:
    units[2].faults.add(late(LATE_US / 1_000_000, count=1))
    async with opened(slaves.path) as line:
        assert await fault(line, status_of(2)) is Fault.TIME_OUT
        wire_clock.leap(LATE_US)
        await until(lambda: slaves.counts.replies == 1)
        await asyncio.sleep(0.05)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
        assert line.health().discarded_bytes == 6
        assert "discarded" in [frame.what for frame in line.frames()]


async def test_counts_what_each_unit_did(
    slaves: SerialLine, units: dict[int, SmokeDetector]
) -> None:
    units[2].faults.add(exception(2, count=1))
    async with opened(slaves.path) as line:
        for unit in (1, 1, 2, 2):
            await ask(line, status_of(unit), PATIENT_US)
        health = line.health()
    first, second = health.units
    assert (first.requests, first.replies, first.exceptions) == (2, 2, 0)
    assert (second.requests, second.replies, second.exceptions) == (2, 1, 1)
    assert first.reply_p50_us is not None
    assert 2 * MS < first.reply_p50_us < PATIENT_US
    assert 0 < health.busy <= 1
