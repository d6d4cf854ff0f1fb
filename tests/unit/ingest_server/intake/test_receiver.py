"""Intake over a real journal: acknowledge after commit, in order, and nothing while it refuses."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec import structs

from ingest_server.db.journal import Entry, Kind, entries_after, migrate_journal
from ingest_server.intake.receiver import REST, URGENT, Intake, IntakeSettings
from runtime.database import Database, Work, nothing
from runtime.mqtt import Message
from tests.golden_message import golden
from tests.patience import until
from tests.quiet_session import QuietSession
from tests.standing_clock import StandingClock
from wire.receipt import decode_receipt
from wire.topic import Down, Lane, down

T = TypeVar("T")
QUICK = IntakeSettings(retry_s=0.001, retry_most_s=0.005, idle_s=0.01)


class Rig:
    def __init__(self, journal: Database) -> None:
        self.journal = journal
        self.urgent, self.rest = QuietSession(), QuietSession()
        self.wake = asyncio.Event()
        self.clock = StandingClock()
        self.alive: set[str] = set()
        self.intake = self.new_intake()

    def new_intake(self, settings: IntakeSettings = QUICK) -> Intake:
        return Intake(
            sessions={URGENT: self.urgent, REST: self.rest},
            journal=self.journal,
            clock=self.clock,
            wakes=(self.wake,),
            settings=settings,
            progress=self.alive.add,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self.intake.run())
            yield
            task.cancel()

    async def entries(self) -> list[Entry]:
        return await self.journal.read(lambda journal: entries_after(journal, list(Kind), 0, 1_000))

    async def limit_journal(self, spare_pages: int) -> None:
        """As on a full disk: the file may grow by so many pages only."""

        def work(connection: sqlite3.Connection) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count={pages + spare_pages}")

        await self.journal.transact(work)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Database(tmp_path / "journal.db", migrate_journal) as journal:
        yield Rig(journal)


async def test_commit_then_acknowledge_then_receipt(rig: Rig) -> None:
    rig.urgent.put(golden("birth", mid=1), golden("urgent_good", mid=2))
    rig.rest.put(golden("bulk_good", mid=3))
    async with rig.running():
        await until(lambda: rig.urgent.published and rig.rest.published)
    assert rig.urgent.acknowledged == [1, 2]
    assert rig.rest.acknowledged == [3]
    assert rig.wake.is_set()
    assert {entry.kind for entry in await rig.entries()} == {Kind.BIRTH, Kind.URGENT, Kind.BULK}
    receipt = rig.urgent.published[-1]
    assert receipt.topic == down("gw-001", Down.RECEIPT)
    assert (receipt.qos, receipt.has_properties) == (0, False)
    said = decode_receipt(receipt.payload)
    assert (said.lane, said.have, said.time) == (Lane.URGENT, ((7, 7),), rig.clock.utc_us())
    assert said.reads_short


async def test_what_is_committed_together_is_answered_once(rig: Rig) -> None:
    rig.urgent.put(golden("urgent_good", mid=1), golden("urgent_good", mid=2))
    async with rig.running():
        await until(lambda: rig.urgent.published)
    assert rig.urgent.acknowledged == [1, 2]
    assert len(rig.urgent.published) == 1


async def test_the_same_message_again_changes_nothing_and_is_answered(rig: Rig) -> None:
    rig.urgent.put(golden("urgent_good", mid=1))
    async with rig.running():
        await until(lambda: rig.urgent.acknowledged == [1])
        rig.urgent.put(golden("urgent_good", mid=2, connection=2))
        await until(lambda: len(rig.urgent.published) == 2)
    assert rig.urgent.acknowledged == [1, 2]
    assert len(await rig.entries()) == 1


async def test_what_is_refused_is_kept_acknowledged_and_answered(rig: Rig) -> None:
    rig.urgent.put(structs.replace(golden("urgent_good", mid=1), payload=b"{"))
    rig.urgent.put(Message(topic="lifeline/1/up/99/x/urgent", payload=b"", qos=1, mid=2))
    async with rig.running():
        await until(lambda: rig.urgent.acknowledged == [1, 2])
    assert await _refusals(rig.journal) == ["wrong_shape", "shard_mismatch"]
    assert decode_receipt(rig.urgent.published[0].payload).have == ((7, 7),)


async def test_nothing_is_acknowledged_while_the_disk_is_full(rig: Rig) -> None:
    await rig.limit_journal(0)
    bulky = Message(topic="lifeline/1/up/36/gw-001/urgent", payload=b"x" * 60_000, qos=1, mid=2)
    rig.urgent.put(golden("birth", mid=1), bulky, golden("urgent_good", mid=3))
    async with rig.running():
        await until(lambda: rig.intake.state.trouble)
        assert "full" in rig.intake.state.trouble[URGENT]
        rig.urgent.put(golden("urgent_test", mid=4))
        rig.alive.clear()
        await until(lambda: URGENT in rig.alive)
        assert rig.urgent.acknowledged == []
        assert rig.urgent.published == []
        await rig.limit_journal(1_000)
        await until(lambda: rig.urgent.acknowledged == [1, 2, 3, 4])
    assert rig.intake.state.trouble == {}
    assert [entry.kind for entry in await rig.entries()] == ["birth", "urgent", "urgent"]


async def test_a_broken_journal_ends_the_program(tmp_path: Path) -> None:
    class Broken(Database):
        async def transact(
            self,
            work: Work[T],  # noqa: ARG002 - the signature is the database's
            *,
            hurry: bool = False,  # noqa: ARG002 - the signature is the database's
            committed: Callable[[], None] = nothing,  # noqa: ARG002 - the signature is the database's
        ) -> T:
            error = sqlite3.DatabaseError("database disk image is malformed")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error

    rig = Rig(Broken(tmp_path / "journal.db", migrate_journal))
    rig.urgent.put(golden("urgent_good", mid=1))
    with pytest.raises(ExceptionGroup, match="unhandled"):
        await rig.intake.run()
    assert rig.urgent.acknowledged == []


async def test_a_cancel_acknowledges_nothing_that_is_not_committed(rig: Rig) -> None:
    for number in range(1, 51):
        rig.urgent.put(golden("urgent_good", mid=number))
    async with rig.running():
        await asyncio.sleep(0.003)
    entries = await rig.entries()
    assert len(entries) <= 1
    assert not rig.urgent.acknowledged or entries


async def test_a_slice_of_bulk_is_bounded_in_messages_and_bytes(rig: Rig) -> None:
    message = golden("bulk_good")
    rig.intake = rig.new_intake(IntakeSettings(messages=3, idle_s=0.01))
    rig.rest.put(*[message] * 10)
    taken = await rig.intake._waiting(rig.rest)
    assert (len(taken), rig.rest.waiting) == (3, 7)
    rig.intake = rig.new_intake(IntakeSettings(payload_bytes=len(message.payload) + 1))
    assert len(await rig.intake._waiting(rig.rest)) == 2
    rig.intake = rig.new_intake()
    assert len(await rig.intake._waiting(rig.rest)) == 5
    assert await rig.intake._waiting(rig.rest) == []


async def test_bulk_lets_an_urgent_backlog_go_first(rig: Rig) -> None:
    rig.intake = rig.new_intake(replace(QUICK, messages=2, yield_s=60.0))
    rig.urgent.put(*(golden("urgent_good", mid=mid) for mid in range(1, 10)))
    rig.rest.put(*(golden("bulk_good", mid=mid) for mid in range(1, 4)))
    orders: list[tuple[int, int]] = []
    async with rig.running():
        while len(rig.rest.acknowledged) < 3:
            await asyncio.sleep(0)
            orders.append((len(rig.urgent.acknowledged), len(rig.rest.acknowledged)))
    assert rig.urgent.acknowledged == list(range(1, 10))
    assert {bulk for urgent, bulk in orders if urgent < 9} <= {0, 2}  # what began at once
    assert (9, 3) in orders


async def test_bulk_waits_no_longer_than_it_is_told(rig: Rig) -> None:
    rig.intake = rig.new_intake(replace(QUICK, messages=1, idle_s=60.0, yield_s=0.001))
    rig.urgent.put(golden("urgent_good", mid=1))  # a full slice, and nothing behind it
    async with rig.running():
        await until(lambda: rig.urgent.acknowledged == [1])
        rig.rest.put(golden("bulk_good", mid=1))
        await until(lambda: rig.rest.acknowledged == [1])


async def test_it_knows_since_when_the_broker_is_there(rig: Rig) -> None:
    assert rig.intake.reachable_since_us() is None
    assert rig.intake.sessions_away() == (URGENT, REST)
    async with rig.running():
        rig.urgent.connect()
        await until(lambda: rig.intake.reachable_since_us() == rig.clock.utc_us())
        assert rig.intake.sessions_away() == (REST,)
        rig.urgent.lose()
        await until(lambda: rig.intake.reachable_since_us() is None)
        rig.clock.advance(5)
        rig.urgent.connect()
        await until(lambda: rig.intake.reachable_since_us() == rig.clock.utc_us())


async def test_an_idle_loop_still_shows_progress(rig: Rig) -> None:
    async with rig.running():
        await until(lambda: rig.alive == {URGENT, REST})
        rig.alive.clear()
        await until(lambda: rig.alive == {URGENT, REST})


async def _refusals(journal: Database) -> list[str]:
    rows = await journal.read(
        lambda c: c.execute("SELECT reason FROM quarantine ORDER BY id").fetchall()
    )
    return [reason for (reason,) in rows]
