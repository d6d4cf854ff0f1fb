"""Lets test modes begin once their end is on the disk, and ends them by the clock."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from alarm_rules.duration import duration_text
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.model import Config
from edge_agent.test_mode.term import EVERY_US, Instant, Term, kept, runs, terms
from edge_agent.test_mode.term_file import BrokenTermsError, TermFile
from runtime.beat import Beat

log = logging.getLogger(__name__)

NAME = "test modes"


class Standing(Protocol):
    """The configuration in force: see edge_agent.configuration.Configuration."""

    async def readjust(self, retune: Callable[[Config, Config], None]) -> None: ...


class Lines(Protocol):
    """The lines under watch: see edge_agent.roster.Roster."""

    def retune(self, old: Config, new: Config) -> None: ...


class TermKeeper:
    """Made before the configuration, which it adjusts; `attend` tells it of what runs."""

    def __init__(
        self,
        folder: Path,
        timekeeper: Timekeeper,
        tell: Callable[[str], None],
        beat: Beat | None = None,
    ) -> None:
        """Read what had begun. `tell`: what a person should know."""
        self._file = TermFile(folder)
        self._timekeeper = timekeeper
        self._tell = tell
        self._beat = Beat() if beat is None else beat
        self._wanted: Mapping[str, int] = {}
        self._notice = ""
        self._is_lost = False
        self._written_us: int | None = None
        try:
            self._terms = self._file.read()
        except BrokenTermsError as error:
            self._terms, self._notice, self._is_lost = (), str(error), True
        self._standing: Standing | None = None
        self._lines: Lines | None = None
        self._news = asyncio.Event()

    def adjust(self, config: Config) -> Config:
        """The configuration with those devices in test whose term is on the disk and runs."""
        self._wanted = {one.id: one.test_us for one in config.devices if one.test_us}
        self._terms = kept(self._terms, self._wanted)
        if len(self._terms) != len(self._wanted):
            self._news.set()
        running = self.ends()
        devices = tuple(
            replace(one, is_test=one.id in running) if one.test_us else one
            for one in config.devices
        )
        return replace(config, devices=devices)

    def attend(self, standing: Standing, lines: Lines) -> None:
        """From now on they begin and end."""
        self._standing, self._lines = standing, lines
        self._tell(self._notice)
        self._notice = ""

    def ends(self) -> dict[str, int]:
        """When each that runs ends, by device, on this boot's clock."""
        now = self._now()
        current = terms(self._terms, {one.device: one.length_us for one in self._terms}, now)
        return {one.device: one.ends_us for one in current if runs(one, now)}

    async def run(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Look each second until cancelled. `progress` is called with `NAME` each time."""
        while True:
            progress(NAME)
            await self._look()
            await self._beat.told(self._news)
            self._news.clear()

    async def _look(self) -> None:
        now, before = self._now(), self._terms
        after = terms(before, self._wanted, now, is_lost=self._is_lost)
        changed = [one for one in after if not _is_as_before(one, before)]
        if changed or self._is_due(after, now):
            after = await self._kept(after, before, now)
        elif not self._wanted:
            self._is_lost = False
        if self._terms is not before:  # another configuration came meanwhile: look again
            self._news.set()
            return
        self._terms = after
        changed = [one for one in after if not _is_as_before(one, before)]
        for one in changed:
            self._say(one)
        if changed and self._standing is not None and self._lines is not None:
            await self._standing.readjust(self._lines.retune)

    async def _kept(
        self, after: tuple[Term, ...], before: tuple[Term, ...], now: Instant
    ) -> tuple[Term, ...]:
        """On the disk; what can not be written does not begin, and ends all the same."""
        try:
            await asyncio.to_thread(self._file.write, after)
        except OSError as error:
            self._tell(f"test modes can not be written ({error.strerror}): none begins")
            known = {one.device for one in before}
            return tuple(one for one in after if one.device in known)
        self._is_lost, self._written_us = False, now.mono_us
        return after

    def _is_due(self, after: tuple[Term, ...], now: Instant) -> bool:
        if all(one.over for one in after):
            return False
        return self._written_us is None or now.mono_us - self._written_us >= EVERY_US

    def _say(self, term: Term) -> None:
        length = duration_text(term.length_us)
        if term.over:
            self._tell(f"test mode of {term.device} has ended ({length}): what it says counts")
        else:
            self._tell(f"test mode of {term.device} begins: it ends by itself in {length}")

    def _now(self) -> Instant:
        now = self._timekeeper.now()
        return Instant(now.boot, now.mono_us, now.utc_us(now.mono_us))


def _is_as_before(term: Term, before: tuple[Term, ...]) -> bool:
    """It has neither begun nor ended since."""
    return any(one.device == term.device and one.over is term.over for one in before)
