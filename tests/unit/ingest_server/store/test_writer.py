"""The writer between a real journal and a real store: once, in order, again after trouble."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from ingest_server.db.journal import Draft, Kind, append, migrate_journal
from ingest_server.db.retime import Moves, Retime, encode_retime
from ingest_server.store.embedded import EmbeddedStore, migrate_store
from ingest_server.store.point import Point
from ingest_server.store.port import Series, StoreError
from ingest_server.store.writer import Writer, WriterSettings
from runtime.database import Database
from tests.patience import PATIENCE_S
from tests.standing_clock import StandingClock
from tests.store_contract import EVER, T0
from wire.batch import Batch, encode_batch
from wire.envelope import Encoding
from wire.identity import Presence, Status, encode_identity
from wire.reading import Reading

QUICK = WriterSettings(poll_s=5.0, retry_s=0.001, forget_s=0.01, slice=2)
DAY_US = 86_400_000_000


class Refusing(EmbeddedStore):
    """Refuses the first writes, as a disk that is full."""

    refusals = 2

    async def write(self, points: Sequence[Point], cursor: int) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreError("disk full")
        await super().write(points, cursor)


class Counting(EmbeddedStore):
    """Counts the writes."""

    def __init__(self, store: EmbeddedStore) -> None:
        super().__init__(store._database)
        self.writes = 0

    async def write(self, points: Sequence[Point], cursor: int) -> None:
        self.writes += 1
        await super().write(points, cursor)


class Rig:
    def __init__(self, journal: Database, store: EmbeddedStore) -> None:
        self.journal = journal
        self.store = store
        self.wake = asyncio.Event()
        self.clock = StandingClock(T0)
        self.alive = 0

    def writer(self, settings: WriterSettings = QUICK) -> Writer:
        return Writer(
            journal=self.journal,
            store=self.store,
            clock=self.clock,
            wake=self.wake,
            settings=settings,
            progress=self._progress,
        )

    def _progress(self) -> None:
        self.alive += 1

    async def put(
        self, at_us: int, kind: Kind = Kind.BULK, shift_us: int = 0, readings: int = 1
    ) -> None:
        taken = tuple(Reading("d", "p", at_us + n, 1.0) for n in range(readings))
        payload = encode_batch(Batch("gw-001", taken))
        draft = Draft(kind, "gw-001", T0, "unset", shift_us, Encoding.RAW, payload)
        await self.journal.transact(lambda connection: append(connection, draft))

    async def times(self) -> list[int]:
        return [one.time_us for one in await self.store.range(Series("gw-001", "d", "p"), EVER)]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with (
        Database(tmp_path / "journal.db", migrate_journal) as journal,
        Database(tmp_path / "store.db", migrate_store) as store,
    ):
        yield Rig(journal, EmbeddedStore(store))


@asynccontextmanager
async def running(writer: Writer) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(writer.run())
        yield
        task.cancel()


async def until_stored(rig: Rig, count: int) -> list[int]:
    async with asyncio.timeout(PATIENCE_S):
        while len(await rig.times()) < count:
            await asyncio.sleep(0.005)
    return await rig.times()


async def test_both_lanes_go_to_the_store_by_one_cursor(rig: Rig) -> None:
    await rig.put(T0, Kind.URGENT)
    await rig.put(T0 + 1, Kind.BULK)
    await rig.put(T0 + 2, Kind.URGENT, shift_us=10)
    writer = rig.writer()
    assert await writer.pass_once()
    assert not await writer.pass_once()
    assert await rig.times() == [T0, T0 + 1, T0 + 12]
    assert await rig.store.cursor() == 3


async def test_a_slice_ends_with_the_entry_that_fills_it(rig: Rig) -> None:
    """Whole entries only, however few or many readings they hold; none is left behind."""
    for n in range(60):
        await rig.put(T0 + 10 * n, readings=3)
    writer = rig.writer(WriterSettings(slice=100))
    assert await writer.pass_once()
    assert (len(await rig.times()), await rig.store.cursor()) == (102, 34)
    assert not await writer.pass_once()
    assert (len(await rig.times()), await rig.store.cursor()) == (180, 60)
    assert not await writer.pass_once()


async def test_what_comes_within_the_moment_of_gathering_is_written_at_once(rig: Rig) -> None:
    counting = Counting(rig.store)
    rig.store = counting
    async with running(rig.writer(WriterSettings(poll_s=5.0, gather_s=0.5))):
        await asyncio.sleep(0.02)  # the first look finds nothing
        for n in range(5):
            await rig.put(T0 + n)
            rig.wake.set()
        await until_stored(rig, 5)
    assert counting.writes == 1


def test_waits_double_to_a_bound_and_wishes_are_heard(rig: Rig) -> None:
    writer = rig.writer(WriterSettings(retry_s=1.0, retry_most_s=8.0))
    waits = [writer._wait_s(n, StoreError("away")) for n in (0, 1, 2, 3, 4, 1_000)]
    assert waits == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert writer._wait_s(0, StoreError("busy", after_s=12.0)) == 12.0
    assert writer._wait_s(0, StoreError("busy", after_s=9e9)) == 30.0
    assert writer._wait_s(3, StoreError("busy", after_s=0.0)) == 8.0
    assert writer._wait_s(0, sqlite3.OperationalError("locked")) == 1.0


async def test_births_and_statuses_are_not_its_business(rig: Rig) -> None:
    status = encode_identity(Status(Presence.ONLINE, "b", 1))
    draft = Draft(Kind.STATUS, "gw-001", T0, "server", 0, Encoding.RAW, status)
    await rig.journal.transact(lambda connection: append(connection, draft))
    assert not await rig.writer().pass_once()
    assert await rig.store.cursor() == 0


async def test_an_entry_that_this_release_can_not_read_stops_nothing(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    draft = Draft(Kind.BULK, "gw-001", T0, "unset", 0, Encoding.RAW, b'[{"n": "of old"}]')
    await rig.journal.transact(lambda connection: append(connection, draft))
    await rig.put(T0)
    await rig.writer().pass_once()
    assert await rig.times() == [T0]
    assert "entry 1 of gateway gw-001 can not be read any more" in caplog.text


async def test_a_correction_moves_what_came_before_and_not_what_comes_after(rig: Rig) -> None:
    said = Retime(Moves.TIMES, T0, T0 + 10, 5, "anchored")
    await rig.put(T0)
    for entry in (said, replace(said, delta_us=100, clock=None)):
        payload = encode_retime(entry)
        draft = Draft(Kind.RETIME, "gw-001", T0, "server", 0, Encoding.RAW, payload)
        await rig.journal.transact(partial(append, draft=draft))
        await rig.put(T0 + 1)
    writer = rig.writer()
    while await writer.pass_once():
        pass
    points = await rig.store.range(Series("gw-001", "d", "p"), EVER)
    assert [(one.time_us - T0, one.clock) for one in points] == [
        (1, "unset"),
        (101, "unset"),
        (105, "anchored"),
    ]
    assert await rig.store.cursor() == 5


async def test_it_wakes_when_told(rig: Rig) -> None:
    async with running(rig.writer()):
        await asyncio.sleep(0)
        await rig.put(T0)
        rig.wake.set()
        assert await until_stored(rig, 1) == [T0]
    assert rig.alive > 0


async def test_a_store_that_refuses_is_asked_again(rig: Rig, tmp_path: Path) -> None:
    async with Database(tmp_path / "refusing.db", migrate_store) as database:
        rig.store = Refusing(database)
        for n in range(3):
            await rig.put(T0 + n)
        writer = rig.writer()
        with pytest.raises(StoreError):
            await writer.pass_once()
        async with running(writer):
            assert await until_stored(rig, 3) == [T0, T0 + 1, T0 + 2]
        assert writer.trouble is None


async def test_trouble_is_shown_while_it_lasts(rig: Rig, tmp_path: Path) -> None:
    rig.store = EmbeddedStore(Database(tmp_path / "never_opened.db", migrate_store))
    writer = rig.writer()
    async with running(writer), asyncio.timeout(PATIENCE_S):
        while writer.trouble is None:
            await asyncio.sleep(0.005)


async def test_old_readings_go_only_by_a_clock_that_is_trusted(rig: Rig) -> None:
    await rig.put(T0 - 40 * DAY_US)
    await rig.put(T0)
    rig.clock.trusted = False
    writer = rig.writer()
    async with running(writer):
        await until_stored(rig, 2)
        await asyncio.sleep(0.03)
        assert len(await rig.times()) == 2
        # A portion that is still small holds the old together with the new: then both stay.
        rig.clock.trusted = True
        rig.clock.advance(31 * DAY_US)
        async with asyncio.timeout(PATIENCE_S):
            while await rig.times():
                await asyncio.sleep(0.005)


async def test_a_cancel_between_two_slices_repeats_nothing(rig: Rig) -> None:
    for n in range(6):
        await rig.put(T0 + n)
    writer = rig.writer()
    task = asyncio.ensure_future(writer.pass_once())
    await asyncio.sleep(0.002)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    while await writer.pass_once():
        pass
    assert await rig.times() == [T0 + n for n in range(6)]
