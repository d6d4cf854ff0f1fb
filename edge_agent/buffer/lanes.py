"""The two lanes: urgent samples are committed before anything else happens, bulk in groups."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from edge_agent.buffer import anchors, reserve, rows
from edge_agent.buffer.packing import Packer, Pending
from edge_agent.buffer.retention import Eviction, Limits, evict
from edge_agent.buffer.rows import Ledger, Row
from edge_agent.buffer.statement import cut
from edge_agent.buffer.timebase import Timebase, Timekeeper
from edge_agent.exchange import Sample
from runtime.database import Database
from wire.envelope import ClockState, Through
from wire.identity import Anchor
from wire.quality import Quality
from wire.reading import Value
from wire.receipt import Receipt
from wire.statement import Statement
from wire.topic import Lane

log = logging.getLogger(__name__)

GROUP_READINGS = 100
GROUP_SECONDS = 1.0
# What waits in memory while the disk refuses: beyond it the oldest is not taken, and counted.
WAITING_MAXIMUM = 5_000
# How often the last good time is kept: a machine without a clock begins no earlier than this.
_GOOD_US = 60_000_000
# A reply on its way from the line's thread to `take` is never older than this.
IN_FLIGHT_US = 500_000


@dataclass(frozen=True, slots=True)
class PointPlan:
    """Where a point belongs and which SenML unit its numbers have."""

    lane: Lane
    unit: str | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the uplink sends next of a lane: a row (or none: a heartbeat) and what it states."""

    row: Row | None
    statement: Statement
    through: Through
    timebase: Timebase


class Lanes:
    """The buffer of one run of the agent, under one epoch."""

    def __init__(
        self,
        *,
        database: Database,
        timekeeper: Timekeeper,
        gateway: str,
        epoch: str,
        limits: Limits,
        plan: Callable[[str, str], PointPlan],
        progress: Callable[[str], None],
    ) -> None:
        self._database = database
        self._timekeeper = timekeeper
        self._epoch = epoch
        self._limits = limits
        self._plan = plan
        self._progress = progress
        self._packer = Packer(gateway, lambda device, point: plan(device, point).unit)
        self._pending: dict[Lane, list[Pending]] = {lane: [] for lane in Lane}
        # Handed to the disk, which has not answered yet: not complete through them.
        self._committing: dict[Lane, list[list[Pending]]] = {lane: [] for lane in Lane}
        # When the first sample of each `take` under way was heard: behind it the line's next waits.
        self._taking: list[int] = []
        self._known: dict[tuple[str, str], tuple[Value | None, Quality]] = {}
        self._numbers = dict.fromkeys(Lane, 0)
        self._good_us = 0
        self.anchored: Anchor | None = None  # the latest that is on disk
        self.committed = {lane: asyncio.Event() for lane in Lane}
        self.not_taken = 0
        self.refusal = ""  # why the disk refuses at present

    async def remember(self) -> None:
        """Give the timekeeper what earlier runs knew of the time; before it is asked for it."""
        boot = self._timekeeper.boot
        known = await self._database.read(lambda connection: anchors.known(connection, boot))
        self._timekeeper.remember(known.anchor, known.last_utc_us)
        self.anchored = known.anchor

    async def reserve(self) -> str:
        """Hold room that a full disk can not take away; why not, when it can not be had."""
        path = self._database.path
        try:
            if await self._database.read(lambda connection: reserve.is_there(connection, path)):
                return ""
            problem = reserve.lacking(path)
            if not problem:
                await self._database.transact(reserve.fill)
                await self._database.transact(reserve.give_back)
        except (OSError, sqlite3.Error) as error:
            return f"buffer {path} has no reserve ({error}): a full disk will hold up alarms"
        return problem

    async def anchors(self) -> tuple[Anchor, ...]:
        """What a birth tells of this boot and of those whose rows are still here."""
        await self._keep_time()
        boot = self._timekeeper.boot
        return await self._database.read(lambda connection: anchors.stated(connection, boot))

    async def take(self, device: str, samples: Sequence[Sample]) -> None:
        """Returns after the urgent transitions among the samples are committed with full sync.

        Keep-alives of the urgent lane and everything of bulk wait for their group, at most 1 s.
        """
        if not samples:
            return
        heard_us = min(sample.mono_us for sample in samples)
        self._taking.append(heard_us)
        try:
            await self._take(device, samples)
        finally:
            self._taking.remove(heard_us)

    async def _take(self, device: str, samples: Sequence[Sample]) -> None:
        has_transition = False
        for sample in samples:
            lane = self._plan(device, sample.point).lane
            self._pending[lane].append(self._packer.placed(device, sample))
            has_transition |= self._is_news(device, sample) and lane is Lane.URGENT
        if has_transition:
            await self._commit(Lane.URGENT)
        if len(self._pending[Lane.BULK]) >= GROUP_READINGS:
            await self._commit(Lane.BULK)

    def _is_news(self, device: str, sample: Sample) -> bool:
        place = (device, sample.point)
        news = (sample.value, sample.quality)
        is_news = self._known.get(place) != news
        self._known[place] = news
        return is_news

    async def run(self) -> None:
        """Commit the groups each second and keep within the limits, until cancelled."""
        try:
            while True:
                await asyncio.sleep(GROUP_SECONDS / 2)
                await self.flush()
                await self._make_room()
                self._progress("buffer")
        finally:
            await asyncio.shield(self.flush())

    async def flush(self) -> None:
        await self._keep_time()
        for lane in Lane:
            await self._commit(lane)

    async def _keep_time(self) -> None:
        """A new anchor goes to disk, and now and then the last good time."""
        now, anchor = self._timekeeper.now(), self._timekeeper.anchor
        utc_us = now.utc_us(now.mono_us)
        is_due = now.state is ClockState.SYNCHRONISED and now.mono_us - self._good_us >= _GOOD_US
        try:
            if anchor is not None and anchor != self.anchored:
                await self._database.transact(partial(anchors.keep, anchor=anchor))
                self.anchored = anchor
            elif is_due and utc_us is not None:
                await self._database.transact(partial(anchors.note_good, utc_us=utc_us))
                self._good_us = now.mono_us
        except sqlite3.Error as error:
            log.warning("the buffer does not keep the time: %s", error)

    async def _commit(self, lane: Lane) -> None:
        pending, self._pending[lane] = self._pending[lane], []
        if not pending:
            return
        drafts = self._packer.drafts(pending, self._timekeeper.now())
        self._committing[lane].append(pending)
        try:
            await self._database.transact(
                lambda connection: rows.commit(connection, lane, self._epoch, drafts),
            )
        except sqlite3.Error as error:
            self._refused(str(error))
            self._keep_waiting(lane, pending)
            if not isinstance(error, sqlite3.OperationalError):  # only a start mends a broken file
                raise
            return
        finally:
            self._committing[lane].remove(pending)
        self._refused("")
        self.committed[lane].set()

    def _refused(self, reason: str) -> None:
        """Say it once when it begins and once when it ends: it is tried twice a second."""
        if reason and reason != self.refusal:
            log.error("the buffer refuses readings, they wait in memory: %s", reason)
        elif self.refusal and not reason:
            log.info("the buffer takes readings again")
        self.refusal = reason

    def _keep_waiting(self, lane: Lane, pending: list[Pending]) -> None:
        waiting = pending + self._pending[lane]
        self.not_taken += max(len(waiting) - WAITING_MAXIMUM, 0)
        self._pending[lane] = waiting[-WAITING_MAXIMUM:]

    async def _make_room(self) -> None:
        sizes = await self._database.read(rows.sizes)
        eviction = evict(sizes, self._limits)
        if eviction is not None:
            given_up = await self._database.transact(lambda c: _give_up(c, eviction))
            log.warning("%s: %d batches of %s given up", eviction.reason, given_up, eviction.lane)

    async def outgoing(self, lane: Lane, number: int | None) -> Outgoing | None:
        """The row with this id (None asks for a heartbeat) with what is to be stated with it.

        None when the row is gone.
        """
        timebase = self._timekeeper.now()
        through = self._through(lane, timebase)

        def look(connection: sqlite3.Connection) -> tuple[Row | None, Statement]:
            row = None if number is None else rows.row(connection, number)
            stated = rows.state(connection, lane, self._epoch)
            return row, cut(stated, self._next_number(lane))

        row, statement = await self._database.transact(look)
        if number is not None and row is None:
            return None
        return Outgoing(row, statement, through, timebase)

    def _next_number(self, lane: Lane) -> int:
        self._numbers[lane] += 1
        return self._numbers[lane]

    def _through(self, lane: Lane, timebase: Timebase) -> Through:
        horizon_us = timebase.mono_us - IN_FLIGHT_US
        groups = [self._pending[lane], *self._committing[lane]]
        waiting = [one.sample.mono_us for group in groups for one in group]
        mono_us = max(min([horizon_us, *(at_us - 1 for at_us in (*waiting, *self._taking))]), 0)
        return Through(mono_us // 1_000, timebase.utc_us(mono_us))

    async def rows_after(self, lane: Lane, after: int, limit: int) -> list[int]:
        """Ids of committed rows, oldest first."""
        return await self._database.transact(
            lambda c: [row.id for row in rows.rows_after(c, lane, after, limit)],
        )

    async def receive(self, receipt: Receipt) -> list[int]:
        """Delete what the receipt covers; the ids of the rows deleted."""
        return await self._database.transact(lambda c: rows.receive(c, receipt, self._epoch))

    async def give_up(self, number: int, reason: str) -> None:
        await self._database.transact(lambda c: rows.give_up(c, number, reason))

    async def next_connection(self) -> int:
        return await self._database.transact(rows.next_connection)

    async def ledgers(self) -> dict[Lane, Ledger]:
        return await self._database.read(
            lambda connection: {lane: rows.ledger(connection, lane) for lane in Lane},
        )


def _give_up(connection: sqlite3.Connection, eviction: Eviction) -> int:
    freed = given_up = 0
    for number, size in rows.oldest(connection, eviction.lane, 1_000):
        if freed >= eviction.size:
            break
        freed += size
        rows.give_up(connection, number, eviction.reason)
        given_up += 1
    return given_up
