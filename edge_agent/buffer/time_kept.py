"""Keeps on disk what a run learns of the time: new anchors, now and then the last good time."""

import asyncio
import logging
import sqlite3
from functools import partial

from edge_agent.buffer import anchors
from edge_agent.buffer.timebase import Timekeeper
from runtime.database import Database
from wire.envelope import ClockState
from wire.identity import Anchor

log = logging.getLogger(__name__)

# How often the last good time is kept: a machine without a clock begins no earlier than this.
_GOOD_US = 60_000_000


class KeptTime:
    """`anchored`: the latest anchor that is on disk; `came` is set with each."""

    def __init__(self, database: Database, timekeeper: Timekeeper) -> None:
        self._database = database
        self._timekeeper = timekeeper
        self._good_us = 0
        self.anchored: Anchor | None = None
        self.came = asyncio.Event()

    async def remember(self) -> None:
        """Give the timekeeper what earlier runs knew of the time; before it is asked for it."""
        boot = self._timekeeper.boot
        known = await self._database.read(lambda connection: anchors.known(connection, boot))
        self._timekeeper.remember(known.anchor, known.last_utc_us)
        self.anchored = known.anchor

    async def stated(self) -> tuple[Anchor, ...]:
        """What a birth tells of this boot and of those whose epochs are still listed."""
        await self.keep()
        boot = self._timekeeper.boot
        return await self._database.read(lambda connection: anchors.stated(connection, boot))

    async def keep(self) -> None:
        """A disk that refuses is told in the log, and asked again the next time."""
        now, anchor = self._timekeeper.now(), self._timekeeper.anchor
        utc_us = now.utc_us(now.mono_us)
        is_good = now.state in (ClockState.SYNCHRONISED, ClockState.SERVER)
        is_due = is_good and now.mono_us - self._good_us >= _GOOD_US
        try:
            if anchor is not None and anchor != self.anchored:
                await self._database.transact(partial(anchors.keep, anchor=anchor))
                self.anchored = anchor
                self.came.set()
                self._timekeeper.note_good(anchor.utc)
            elif is_due and utc_us is not None:
                await self._database.transact(partial(anchors.note_good, utc_us=utc_us))
                self._good_us = now.mono_us
                self._timekeeper.note_good(utc_us)
        except sqlite3.Error as error:
            log.warning("the buffer does not keep the time: %s", error)
