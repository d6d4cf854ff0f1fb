"""What a sender does with each answer of the broker."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import Lanes, PointPlan
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from edge_agent.uplink.sender import Sender
from edge_agent.uplink.window import PROBES, RESEND_FIRST_US
from runtime.beat import Beat
from runtime.database import Database
from runtime.link_rate import LinkRate
from runtime.mqtt import Outcome
from tests.patience import PATIENCE_S, until
from tests.standing_clock import StandingClock
from wire.envelope import parse_properties
from wire.topic import Lane

ENDS = (Outcome.ACCEPTED, Outcome.TOO_LARGE, Outcome.PAYLOAD_FORMAT)


class AnsweringSession:
    """A session whose broker gives the answers it is told, then accepts."""

    is_connected = True
    connection = 1
    slots = 1_000

    def __init__(self, answers: Sequence[Outcome]) -> None:
        self.rate = LinkRate()
        self.answers = list(answers)
        self.keys: list[int] = []
        self.spoke = asyncio.Event()

    async def connected(self) -> int:
        return 1

    async def send(self, _topic: str, _payload: bytes, **said: Any) -> Outcome:
        key = parse_properties(said["properties"]).key
        self.keys.append(0 if key is None else key.seq)
        if not self.answers:
            self.spoke.set()
            return Outcome.ACCEPTED
        return self.answers.pop(0)


def lanes_on(database: Database, clock: StandingClock) -> Lanes:
    return Lanes(
        database=database,
        timekeeper=Timekeeper(clock),
        gateway="gw",
        epoch="a" * 16,
        limits=Limits(1 << 20, 1 << 18),
        plan=lambda _d, _p: PointPlan(Lane.URGENT, None),
        progress=lambda _name: None,
    )


def sender_of(
    lanes: Lanes, session: AnsweringSession, clock: StandingClock, window: int, step_us: int = 0
) -> Sender:
    """Of the urgent lane; the clock goes on by `step_us` at each turn of its loop."""
    return Sender(
        lane=Lane.URGENT,
        gateway="gw",
        lanes=lanes,
        session=session,  # type: ignore[arg-type]  # the two methods that a sender uses
        clock=clock,
        window=window,
        progress=lambda _name: clock.advance(step_us),
        beat=Beat(0.02),
    )


async def send(tmp_path: Path, answers: Sequence[Outcome]) -> tuple[list[int], dict[str, int]]:
    """Send one urgent row until the broker accepts or it is given up; (keys said, dropped)."""
    clock = StandingClock()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock)
        session = AnsweringSession(answers)
        sender = sender_of(lanes, session, clock, window=4, step_us=1_000_000)
        await lanes.take("d", [Sample("smoke", True, clock.mono_us())])
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            task = tasks.create_task(sender.run())
            while not session.spoke.is_set() and not (await lanes.ledgers())[Lane.URGENT].dropped:
                await asyncio.sleep(0.01)
            task.cancel()
        return session.keys, (await lanes.ledgers())[Lane.URGENT].dropped


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in ENDS])
async def test_it_is_sent_again_until_it_is_accepted(tmp_path: Path, outcome: Outcome) -> None:
    assert await send(tmp_path, [outcome, outcome]) == ([1, 1, 1], {})


async def test_what_is_too_large_is_set_aside_by_name(tmp_path: Path) -> None:
    assert await send(tmp_path, [Outcome.TOO_LARGE]) == ([1], {"refused_too_large": 1})


async def test_what_is_said_to_be_no_text_leaves_once_more_without_that_word(
    tmp_path: Path,
) -> None:
    twice = [Outcome.PAYLOAD_FORMAT] * 2
    assert await send(tmp_path, twice[:1]) == ([1, 1], {})
    (tmp_path / "again").mkdir()
    assert await send(tmp_path / "again", twice) == ([1, 1], {"refused_payload_format": 1})


async def test_while_no_receipts_come_it_asks_with_a_few_rows(tmp_path: Path) -> None:
    """A broker keeps what a server that is down does not take: not to be filled with copies."""
    clock, session = StandingClock(), AnsweringSession([])
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock)
        for _ in range(40):
            await lanes.take("d", [Sample("smoke", clock.mono_us(), clock.mono_us())])
            await lanes.flush()
            clock.advance(1_000)
        sender = sender_of(lanes, session, clock, window=64)
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            task = tasks.create_task(sender.run())
            await until(lambda: len(session.keys) == 40)
            clock.advance(RESEND_FIRST_US)
            sender.wake.set()
            await until(lambda: len(session.keys) == 40 + PROBES)
            for _ in range(8):
                clock.advance(1_000_000)
                sender.wake.set()
                await asyncio.sleep(0.01)
            task.cancel()
    assert sorted(session.keys[:40]) == [*range(1, 41)]
    assert session.keys[40:] == [*range(1, PROBES + 1)]


async def test_an_alarm_leaves_with_its_commit(tmp_path: Path) -> None:
    """Nothing is asked of the file in between: it has left when it is on the disk."""
    clock, session = StandingClock(), AnsweringSession([])
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock)
        await lanes.take("d", [Sample("smoke", False, clock.mono_us())])
        sender = sender_of(lanes, session, clock, window=4)
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            task = tasks.create_task(sender.run())
            await until(lambda: session.keys == [1] and not sender.has_unsent)
            await asyncio.sleep(0.03)  # it waits
            clock.advance(1_000)
            await lanes.take("d", [Sample("smoke", True, clock.mono_us())])
            await asyncio.sleep(0)
            assert session.keys == [1, 2]
            assert not sender.has_unsent
            task.cancel()
