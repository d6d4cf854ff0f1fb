"""Brings what was set aside into the running buffer, beside the watch and behind all commits."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from edge_agent.buffer import incoming
from edge_agent.buffer.adopt import Adopted
from edge_agent.buffer.bringing import Bringing, Extent, Kind, Step
from edge_agent.buffer.incoming import NoNumbersError
from edge_agent.buffer.migration import LOG_PAGES, copy_log_after
from edge_agent.buffer.sources import Source, Waiting
from edge_agent.buffer.thread_io import written_by_this_thread
from edge_agent.buffer.wear import Meter, Purpose
from edge_agent.right_of_way import RightOfWay
from runtime.clock import Clock
from runtime.database import Database
from runtime.disk import free_on, size_of
from runtime.progress import Progress

log = logging.getLogger(__name__)

NAME = "salvage"
LEAST_FREE = 32 * 1024 * 1024
"""So much of the disk stays free, or a quarter: the buffer's reserve is not for these rows."""
_LOG_PAGES = 256  # copied into the file after so many, in a slice's time and not in an alarm's
_REST_S = 0.002  # at least, after each step
_AGAIN_S = 10.0


def lacking(folder: Path) -> str:
    """Why there is no room for rows that come in; empty when there is. Raise OSError."""
    free = free_on(folder)
    is_enough = free >= min(LEAST_FREE, size_of(folder) // 4)
    return "" if is_enough else f"only {free // 1024} KiB are free"


class Salvor:
    """`tell`: what a person should know. `came_in`: commands that nobody knew of yet were found.

    `shown`: all of a file is in, so its rows may leave. `meter`: of what is written to the card.
    `way`: whom it lets pass before each step.
    """

    def __init__(
        self,
        *,
        database: Database,
        waiting: Waiting,
        clock: Clock,
        tell: Callable[[str], None],
        progress: Progress,
        came_in: Callable[[list[str]], Awaitable[None]],
        shown: Callable[[], Awaitable[None]],
        meter: Meter,
        way: RightOfWay | None = None,
        again_s: float = _AGAIN_S,
        lacking: Callable[[Path], str] = lacking,
    ) -> None:
        self._database = database
        self._left = list(waiting.sources)
        self._below = waiting.below
        self._clock = clock
        self._tell = tell
        self._progress = progress
        self._came_in = came_in
        self._shown = shown
        self._meter = meter
        self._way = RightOfWay() if way is None else way
        self._again_s = again_s
        self._lacking = lacking
        self._extents = {one.name: Extent(one.path.name) for one in waiting.sources}
        self._is_stuck = False
        self.times_shown = 0

    @property
    def is_whole(self) -> bool:
        """Whether all that was set aside is in."""
        return not self._left

    def extents(self) -> tuple[Extent, ...]:
        """How far each file is that is not in yet."""
        return tuple(self._extents[one.name] for one in self._left)

    async def run(self) -> None:
        """Bring in one file after the other, and return when all are in."""
        if self.is_whole or self._is_stuck:
            return
        await self._copy_log_after(_LOG_PAGES)
        try:
            while self._left and not self._is_stuck:
                await self._bring(self._left[0])
        finally:
            await asyncio.shield(self._copy_log_after(LOG_PAGES))

    async def _copy_log_after(self, pages: int) -> None:
        await self._database.transact_unsynced(partial(copy_log_after, pages=pages))

    async def _bring(self, source: Source) -> None:
        """Until it is in; what the disk refuses is tried again, from where it was."""
        bringing = Bringing(source.path, source.name, self._below)
        self._extents[source.name] = bringing.extent
        try:
            adopted = await self._drive(bringing)
            await asyncio.to_thread(source.put_away)
            await self._database.transact(lambda c: incoming.forget(c, [source.name]))
        except (OSError, sqlite3.OperationalError, NoNumbersError) as error:
            bringing.extent.problem = str(error)
            self._tell(f"what is in {source.path.name} is not in the buffer yet: {error}")
            self._is_stuck = isinstance(error, NoNumbersError)  # to search it again does not help
            if self._is_stuck:
                self._progress.withdraw(NAME)
            else:
                await self._rest(self._again_s)
            return
        self._below = bringing.below
        self._left.remove(source)
        self.times_shown += 1
        self._tell(f"{source.told}: {adopted}")
        await self._shown()
        if self.is_whole:
            self._progress.withdraw(NAME)

    async def _drive(self, bringing: Bringing) -> Adopted:
        steps, answer, has_told = bringing.steps(), None, False
        while True:
            try:
                step = steps.send(answer)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]  # what a generator returns
            if bringing.interrupted is not None and not has_told:
                await self._came_in(bringing.interrupted)
                has_told = True
            await self._way.given()
            began_us = self._clock.mono_us()
            answer = await self._take(step, bringing.extent)
            took_s = (self._clock.mono_us() - began_us) / 1e6
            await self._rest(max(took_s, _REST_S))

    async def _take(self, step: Step, extent: Extent) -> Any:
        if step.kind is Kind.COMPUTE:
            return await asyncio.to_thread(step.work, None)
        if step.kind is Kind.READ:
            return await self._database.read(step.work)
        is_synced = step.kind is Kind.WRITE_SYNCED
        write = self._database.transact if is_synced else self._database.transact_unsynced

        def work(connection: sqlite3.Connection) -> Any:
            self._meter.begin(Purpose.SALVAGE, written_by_this_thread())
            return step.work(connection)

        while True:
            await self._room(extent)
            try:
                return await write(work)
            except sqlite3.OperationalError as error:
                extent.problem = str(error)
                self._tell(f"the rest of {extent.file} waits, the disk refuses: {error}")
                await self._rest(self._again_s)

    async def _room(self, extent: Extent) -> None:
        """A disk that is filling up is left to what is taken now."""
        while problem := self._lacking(self._database.path.parent):
            extent.problem = problem
            self._tell(f"the rest of {extent.file} waits for room on the disk of the buffer")
            await self._rest(self._again_s)
        extent.problem = ""

    async def _rest(self, seconds: float) -> None:
        self._progress.shown(NAME)
        await asyncio.sleep(seconds)
