"""Carries out the commands of one line, or of the gateway, one after the other."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping

from edge_agent.buffer.control import Control
from edge_agent.buffer.permission import hand_of
from edge_agent.poll.hand import Done, Hand
from runtime.beat import Beat
from wire.command import Command

_log = logging.getLogger(__name__)


class Operator:
    """One task per line, beside its poller. `hands` by device id, None for the gateway itself."""

    def __init__(
        self,
        name: str,
        hands: Mapping[str | None, Hand],
        control: Control,
        progress: Callable[[str], None],
        again_s: float = 1.0,
    ) -> None:
        """`progress` is called with the name at least each second between two commands."""
        self.name = name
        self._beat = Beat()
        self._hands = hands
        self._control = control
        self._progress = progress
        self._news = control.watch()
        self._stopping = asyncio.Event()
        self._again_s = again_s
        self._refusal = ""
        self._owed: tuple[Command, Done] | None = None

    async def run(self) -> None:
        """Work until stopped; a disk that refuses is asked again each second.

        The row says *under way* before anything is sent, and the answer is committed after it.
        """
        try:
            while not self._stopping.is_set():
                self._progress(self.name)
                await self._step()
            await self._step()
        finally:
            self._control.unwatch(self._news)

    async def _step(self) -> None:
        try:
            await self._settle()
            command = None if self._stopping.is_set() else await self._next()
        except sqlite3.OperationalError as error:
            self._refused(str(error))
            await asyncio.sleep(self._again_s)
            return
        self._refused("")
        if command is not None:
            self._owed = command, await self._hands[hand_of(command)].carry_out(command)

    def _refused(self, reason: str) -> None:
        if reason and not self._refusal:
            _log.error("%s: the buffer refuses, commands wait: %s", self.name, reason)
        self._refusal = reason

    def stop(self) -> None:
        """Let `run` return after the command under way."""
        self._stopping.set()
        self._news.set()

    async def _settle(self) -> None:
        if self._owed is None:
            return
        command, done = self._owed
        await self._control.answer(command, done.outcome, done.detail)
        self._owed = None

    async def _next(self) -> Command | None:
        """The table is looked at only when there is news; all that waits is taken before."""
        if not await self._beat.told(self._news):
            return None
        self._news.clear()
        try:
            command = await self._control.begin(self._hands.keys())
        except sqlite3.Error:
            self._news.set()
            raise
        if command is not None:
            self._news.set()  # perhaps not the last
            _log.info("%s: begins command %s", self.name, command.id)
        return command
