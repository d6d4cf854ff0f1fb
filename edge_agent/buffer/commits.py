"""What waits goes to the disk: one transaction at a time, and then it may leave."""

import asyncio
import logging
import sqlite3
import threading

from edge_agent.buffer.departures import Departures
from edge_agent.buffer.fresh import Fresh
from edge_agent.buffer.grouping import parts
from edge_agent.buffer.had import NOTHING, Had
from edge_agent.buffer.packing import Packer, Pending
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.room import Room
from edge_agent.buffer.rows import Draft
from edge_agent.buffer.timebase import Timebase, Timekeeper
from edge_agent.buffer.waiting import Groups
from edge_agent.buffer.wear import Purpose
from edge_agent.buffer.wear_kept import KeptWear
from runtime.database import Database
from wire.topic import Lane

log = logging.getLogger(__name__)


class Commits(Departures):
    """The side of the buffer that writes. `committed`: by lane, set when new rows may leave."""

    def __init__(
        self,
        database: Database,
        timekeeper: Timekeeper,
        epoch: str,
        *,
        gateway: str,
        limits: Limits,
        group_readings: int,
    ) -> None:
        had = Had()
        super().__init__(database, timekeeper, epoch, Room(gateway, limits, had), had)
        self._group_readings = group_readings
        self._packer = Packer(gateway)
        self.wear = KeptWear(lambda: timekeeper.mono_us)
        self.refusal = ""  # why the disk refuses at present
        self.committed = {lane: asyncio.Event() for lane in Lane}
        self._came: tuple[Lane, ...] = ()  # committed, and not announced yet
        # One group at a time: what comes while a sync is under way shares the next one.
        self._turn = asyncio.Lock()
        self._stirred = asyncio.Event()  # there is something to do before the next beat

    async def _commit(self, *lanes: Lane, multiple: int = 1) -> None:
        """`multiple`: of so many readings a lane; what is left over waits on."""
        async with self._turn:
            try:
                with self._waiting.handed_over(lanes, multiple) as groups:
                    await self._write(groups)
            except sqlite3.Error as error:
                self._refused(str(error))
                if not isinstance(error, sqlite3.OperationalError):
                    raise  # only a start mends a broken file
            finally:
                self._announce()

    def _announce(self) -> None:
        """Of what is on the disk: what is *complete through* does not wait for it any more."""
        came, self._came = self._came, ()
        for lane in came:
            if not self.leave_at_once[lane]():
                self.committed[lane].set()

    async def _write(self, groups: Groups) -> None:
        """One transaction: the groups, and with them what receipts have.

        Whatever ends it, also a cancel of the one caller who waits for it: what the disk did not
        take waits for the next; there are samples of others among it.
        """
        now = self._timekeeper.now()
        due = self._had.all() if self.refusal or not groups else self._had.riding(now.mono_us)
        drafts = {lane: self._drafts(lane, group, now) for lane, group in groups.items()}
        if not drafts and due == NOTHING:
            return

        def work(connection: sqlite3.Connection) -> dict[Lane, Fresh]:
            self._heads.begin(connection)
            self.wear.begin(connection, _purpose(groups))
            if due != NOTHING:
                due.delete(connection, self._epoch)
                self._heads.forget()
            made = {
                lane: self._heads.append(connection, lane, some) for lane, some in drafts.items()
            }
            fresh = {lane: self._fresh_of(connection, some) for lane, some in made.items()}
            self._heads.end(connection)
            return fresh

        def on_disk() -> None:
            self._heads.committed()
            self.wear.committed()
            committed.set()

        committed = threading.Event()
        for lane in groups:
            self._fresh.pop(lane, None)
        try:
            hurry = Lane.URGENT in groups
            made = await self._database.transact(work, hurry=hurry, committed=on_disk)
            self._made(made)
        finally:
            if committed.is_set():
                self._had.deleted(due, now.mono_us)
                self._room.gone(due.rows)
                self._written(groups)
            else:
                self._waiting.put_back(groups)

    def _drafts(self, lane: Lane, group: list[Pending], now: Timebase) -> list[Draft]:
        messages = parts(group, self._group_readings) if lane is Lane.BULK else [group]
        return [draft for part in messages for draft in self._packer.drafts(part, now)]

    def _written(self, groups: Groups) -> None:
        if groups:
            self._refused("")
            self._count(groups)
        self._came = tuple(groups)

    def _count(self, groups: Groups) -> None:
        """What room they took; of a commit that was cancelled nobody knows."""
        for lane in groups:
            fresh = self._fresh.get(lane) if self.is_whole else None
            self._room.grew(lane, sum(len(one.payload) for one in fresh.rows) if fresh else None)
        if self._room.has_grown:
            self._stirred.set()

    def _refused(self, reason: str) -> None:
        """Say it once when it begins and once when it ends: it is tried twice a second."""
        if reason and reason != self.refusal:
            log.error("the buffer refuses readings, they wait in memory: %s", reason)
        elif self.refusal and not reason:
            log.info("the buffer takes readings again")
        self.refusal = reason


def _purpose(groups: Groups) -> Purpose:
    for lane in Lane:
        if lane in groups:
            return Purpose(lane.value)
    return Purpose.RECEIPTS
