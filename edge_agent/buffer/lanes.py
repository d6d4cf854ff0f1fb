"""The two lanes: urgent samples are committed before anything else happens, bulk in groups."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from edge_agent.buffer import rows
from edge_agent.buffer.chatter import Chatter
from edge_agent.buffer.commits import Commits
from edge_agent.buffer.departures import Outgoing
from edge_agent.buffer.grouping import COMPANY_S, Due, due
from edge_agent.buffer.losses import Loss, samples
from edge_agent.buffer.pace import Pace, Passage
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Rest, Sample
from edge_agent.right_of_way import RightOfWay
from runtime.beat import Beat
from runtime.database import Database
from wire.reading import ITSELF
from wire.topic import Lane

__all__ = ["GROUP_READINGS", "GROUP_SECONDS", "Lanes", "Outgoing", "PointPlan"]

log = logging.getLogger(__name__)

GROUP_READINGS = 100
GROUP_SECONDS = 1.0
_SLICE_S = 0.1  # between two looks while room is short
_AGAIN_S = 0.5  # while the disk refuses


class PointPlan(msgspec.Struct, frozen=True):
    """Where a point belongs and which SenML unit its numbers have."""

    lane: Lane
    unit: str | None


class Lanes(Commits):
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
        pace: Pace | None = None,
        tell: Callable[[str], None] = lambda _: None,
        group_readings: int = GROUP_READINGS,
    ) -> None:
        super().__init__(
            database,
            timekeeper,
            epoch,
            gateway=gateway,
            limits=limits,
            group_readings=group_readings,
        )
        self._beat = Beat(GROUP_SECONDS)
        self._last_beat = 0
        self._company: asyncio.TimerHandle | None = None  # of full groups of bulk
        timekeeper.adopted = self._stirred.set
        self._plan = plan
        self._progress = progress
        self.way = RightOfWay()
        self.pace = Pace() if pace is None else pace
        self._chatter = Chatter(self.pace, tell)
        self.started_us = timekeeper.now().mono_us

    @property
    def not_taken(self) -> int:
        return self._waiting.not_taken

    async def remember(self) -> None:
        """What earlier runs knew of the time, before the timekeeper is asked, and of the card."""
        await self._time.remember()
        await self._database.read(self.wear.remember)

    async def take(self, device: str, samples: Sequence[Sample]) -> None:
        """Returns after the urgent transitions among the samples are committed with full sync.

        Keep-alives of the urgent lane, transitions of a point that chatters (see `pace`) and
        everything of bulk wait for their group, at most 1 s.
        """
        rest = self.accept(device, samples) if samples else None
        if rest is not None:
            await rest()

    def accept(self, device: str, samples: Sequence[Sample]) -> Rest | None:
        """As `take` of at least one; what commits those that do not wait, if there are any."""
        is_urgent = self._add(device, samples)
        bulk = self._bulk_due()
        if bulk is Due.WITH_COMPANY:
            self._await_company()
        if not is_urgent and bulk is not Due.NOW:
            return None
        if is_urgent:
            self.way.claim()
        heard_us = min([sample.mono_us for sample in samples])
        return partial(self._commit_now, heard_us, is_urgent=is_urgent)

    async def _commit_now(self, heard_us: int, *, is_urgent: bool) -> None:
        with self._waiting.being_taken(heard_us):
            if is_urgent:
                try:
                    await self._commit(Lane.URGENT)
                finally:
                    self.way.release()
            if self._bulk_due() is Due.NOW:
                await self._commit(Lane.BULK, multiple=self._group_readings)

    def _bulk_due(self) -> Due:
        return due(self._waiting.count(Lane.BULK), self._group_readings)

    def _await_company(self) -> None:
        """Once for all full groups that wait."""
        if self._company is None:
            loop = asyncio.get_running_loop()
            self._company = loop.call_later(COMPANY_S, self._stirred.set)

    def _add(self, device: str, samples: Sequence[Sample]) -> bool:
        """Whether a transition among them is to be committed at once."""
        now_us = self._timekeeper.mono_us
        is_urgent = False
        for sample in samples:
            plan = self._plan(device, sample.point)
            one = self._packer.placed(device, sample, plan.unit)
            self._waiting.add(plan.lane, one)
            if one.is_news and plan.lane is Lane.URGENT:
                passage = self.pace.judge((device, sample.point), now_us)
                is_urgent |= passage is Passage.AT_ONCE
        return is_urgent

    async def run(self) -> None:
        """Commit what waits at each beat and keep within the limits, until cancelled."""
        try:
            while True:
                await self._beat.told(self._stirred, self._rest_s())
                self._stirred.clear()
                had_company = self._has_had_company()
                if self._is_due():
                    await self.flush()
                elif had_company:
                    await self._commit(Lane.BULK, multiple=self._group_readings)
                await self._time.keep()
                await self._make_room()
                self._chatter.look(self._timekeeper.mono_us)
                self._progress("buffer")
        finally:
            self.wear.is_ending = True
            await asyncio.shield(self._end())

    def _rest_s(self) -> float:
        if self._room.is_making or self._room.has_grown:
            return _SLICE_S
        return _AGAIN_S if self.refusal else GROUP_SECONDS

    def _is_due(self) -> bool:
        """Whether what waits, or what receipts have, is to be committed now."""
        before, self._last_beat = self._last_beat, self._beat.number
        is_beat = self._last_beat != before or bool(self.refusal)
        return (is_beat and self._waiting.has_some()) or self._had.is_due(self._timekeeper.mono_us)

    def _has_had_company(self) -> bool:
        """Whether full groups have waited for others; to be asked once a look."""
        timer = self._company
        if timer is None or asyncio.get_running_loop().time() < timer.when():
            return False
        timer.cancel()
        self._company = None
        return self._bulk_due() is not Due.WITH_THE_BEAT

    async def _end(self) -> None:
        """All that waits, and then what receipts have, without waiting for company."""
        await self.flush()
        await self.flush()

    async def flush(self) -> None:
        """One commit for all that waits; when nothing does, for what receipts have."""
        await self._time.keep()
        await self._commit(*Lane)

    async def _make_room(self) -> None:
        """A slice of it. What the server has goes first: nothing is given up for it."""
        is_first = not self._room.is_making
        eviction = await self._room.shortage(self._database)
        if eviction is None:
            return
        if is_first and len(self._had):
            await self._end()
            return
        self._will_change()
        with self._waiting.being_taken(self._timekeeper.mono_us):
            if await self._room.make(self._database, eviction, self._record):
                self.committed[Lane.URGENT].set()

    def _record(self, losses: Sequence[Loss]) -> Callable[[sqlite3.Connection], None]:
        """What commits a word of what is about to be lost."""
        now = self._timekeeper.now()
        told = [
            self._packer.placed(ITSELF, one, self._plan(ITSELF, one.point).unit)
            for one in samples(losses, now.mono_us)
        ]
        drafts = self._packer.drafts(told, now) if told else []
        return lambda c: rows.commit(c, Lane.URGENT, self._epoch, drafts) if drafts else None
