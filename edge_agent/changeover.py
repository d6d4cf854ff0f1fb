"""Makes another configuration true while the agent runs, and lets no other line notice."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence

from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.change import changed_lines
from edge_agent.config.model import Config
from edge_agent.configuration import Configuration
from edge_agent.line_load import overloads
from edge_agent.observe import Parts
from edge_agent.uplink.config_answers import ConfigAnswers
from wire.command import Result

log = logging.getLogger(__name__)


class Changeover:
    """`group`: in which the lines run. `tell`: what a person should know."""

    def __init__(
        self,
        configuration: Configuration,
        parts: Parts,
        group: asyncio.TaskGroup,
        tell: Callable[[str], None],
    ) -> None:
        self._configuration = configuration
        self._parts = parts
        self._group = group
        self._tell = tell

    async def apply(self, new: Config) -> None:
        """Lines that differ stop in order, deliver what they heard, and start anew.

        Between the two all else changes at one instant: lanes of points, profiles, the birth.
        """
        old, parts = self._configuration.config, self._parts
        changes = changed_lines(old, new)
        await parts.roster.stop(changes.stop)
        await parts.lanes.flush()
        self._configuration.enter(new)
        parts.publisher.news.set()
        parts.roster.start(new, self._group, changes.start)
        parts.roster.retune(old, new)
        names = [device.id for device in old.devices if device.line in changes.stop]
        try:
            await parts.control.devices_changed(names)
        except sqlite3.OperationalError as error:
            self._tell(f"the buffer's disk refuses, commands wait: {error}")
        for sentence in overloads(new):
            self._tell(sentence)
        log.info("lines stopped: %s; started: %s", _named(changes.stop), _named(changes.start))

    def answers(self, timekeeper: Timekeeper) -> ConfigAnswers:
        """The loop that tells the server what became of what it wanted."""

        def answers() -> tuple[Result, ...]:
            now = timekeeper.now()
            return self._configuration.answers(now.utc_us(now.mono_us))

        return ConfigAnswers(
            gateway=self._configuration.config.gateway,
            session=self._parts.session,
            answers=answers,
            answered=self._configuration.answered,
        )


def _named(lines: Sequence[str]) -> str:
    return ", ".join(lines) or "none"
