"""Builds the agent from its configuration, runs it in one TaskGroup, and stops it in order."""

import asyncio
import logging
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_agent import on_site
from edge_agent.answering import Answering
from edge_agent.baseline.keeper import Baselines
from edge_agent.buffer import rows
from edge_agent.buffer.opening import is_of_the_disk, made_ready
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.salvor import NAME as SALVAGE
from edge_agent.buffer.sources import Waiting, gathered
from edge_agent.buffer.spare import spare_of
from edge_agent.buffer.timebase import SETTLE_US, Timekeeper
from edge_agent.building import Ground, built, observer, settle
from edge_agent.changeover import Changeover
from edge_agent.config.model import Config
from edge_agent.config.source import Found, Source
from edge_agent.configuration import Configuration
from edge_agent.figure_port import figure_port
from edge_agent.health import AgentHealth
from edge_agent.health_document import document
from edge_agent.health_socket import served
from edge_agent.line_load import overloads
from edge_agent.local_action.actor import NAME as LOCAL_ACTIONS
from edge_agent.observe import Notices, Observer, Parts
from edge_agent.persist import persist
from edge_agent.self_report import SelfReport
from edge_agent.send_off import send_off
from edge_agent.test_mode.keeper import NAME as TEST_MODES
from edge_agent.test_mode.keeper import TermKeeper
from edge_agent.uplink.answers import Answers
from runtime.clock import Clock, SystemClock, Trust
from runtime.database import Database
from runtime.progress import Progress
from runtime.service import LongStart, Notifier, keep_watchdog
from runtime.small_memory import give_back

log = logging.getLogger(__name__)

EPOCH_BYTES = 8
_LIMITS_US = {
    "buffer": 30_000_000,
    "heartbeat": 60_000_000,
    "uplink-urgent": 60_000_000,
    "uplink-bulk": 60_000_000,
    LOCAL_ACTIONS: 60_000_000,
    TEST_MODES: 60_000_000,
}
_SALVAGE_LIMIT_US = 300_000_000  # counting a million rows on a slow card is one step
_SPARE_SIZE = 16 * 1024 * 1024
SPARE = Path("/dev/shm")  # noqa: S108 - a memory file system is what is wanted when the disk fails


class App:
    """One agent. `run` it until it is cancelled; `ready` is set once the lines are started.

    `settle_us`: how long a step of the clock must last before it is believed. `source`: where the
    configuration came from, and is read again; a `Config` alone is never changed.
    """

    def __init__(
        self,
        config: Config | Found,
        clock: Clock | None = None,
        *,
        source: Source | None = None,
        notifier: Notifier | None = None,
        spare: Path = SPARE,
        settle_us: int = SETTLE_US,
    ) -> None:
        self.ready = asyncio.Event()
        self.epoch = os.urandom(EPOCH_BYTES).hex()
        found = config if isinstance(config, Found) else Found.alone(config)
        self._config = config = found.config  # of its site: what no reload changes
        self._clock = SystemClock(config.trust) if clock is None else clock
        self._notifier = Notifier() if notifier is None else notifier
        self._spare = spare_of(spare, config.gateway, config.buffer.path)
        self._timekeeper = Timekeeper(
            self._clock, is_measured=config.trust is Trust.NTP, settle_us=settle_us
        )
        self._notices = Notices(self._clock)
        self._baselines = Baselines(config.buffer.path.parent, self._timekeeper, self._tell)
        self._terms = TermKeeper(config.buffer.path.parent, self._timekeeper, self._tell)
        self._configuration = Configuration(found, source, self._tell, self._adjusted)
        self._first_notices = found.notices
        self._observer: Observer | None = None
        self._ground = Ground(
            config=config,
            epoch=self.epoch,
            clock=self._clock,
            timekeeper=self._timekeeper,
            configuration=self._configuration,
            baselines=self._baselines,
            terms=self._terms,
            notices=self._notices,
            health=self.health,
        )

    async def run(self) -> None:
        """Watch until cancelled, then stop in order: lines, lanes, uplink, session.

        A disk that is full or fails is replaced by memory. Raise what a person must mend before a
        start: BufferInUseError, NewerBufferError, OSError or sqlite3.Error for the buffer's folder.
        """
        for notice in self._first_notices:
            self._tell(notice)
        self._look_at_the_load()
        wanted = self._config.buffer
        try:
            await self._run_on(wanted.path, Limits(wanted.size, wanted.reserved))
        except (OSError, sqlite3.Error) as error:  # a start that failed: what lives raises groups
            if not is_of_the_disk(error):
                raise
            self._tell(f"buffer {wanted.path} can not be used ({error}): readings are in memory")
            # memory has less room than a disk; half of it is for the urgent lane
            size = min(wanted.size, _SPARE_SIZE)
            await self._run_on(self._spare, Limits(size, size // 2))

    async def _run_on(self, path: Path, limits: Limits) -> None:
        moment = datetime.fromtimestamp(self._clock.utc_us() / 1_000_000, tz=UTC)
        alive = LongStart(self._notifier, self._clock.mono_us)
        stamp = moment.strftime("%Y%m%dT%H%M%SZ")
        with made_ready(path, stamp, alive) as notices:
            for notice in notices:
                self._tell(notice)
            waiting = Waiting() if path == self._spare else gathered(path, self._spare, stamp)
            self._tell(waiting.problem)
            async with Database(path, rows.migrate) as database:
                parts = await built(self._ground, database, limits, waiting)
                self._observer = observer(self._ground, parts)
                self._baselines.attend(self._configuration, parts.roster)
                self._terms.attend(self._configuration, parts.roster)
                desk = on_site.desk(
                    self._baselines, self._configuration, self._timekeeper, parts.control
                )
                answering = Answering(self.health, parts.keeper.shown, desk.carry_out)
                async with (
                    served(self._config.socket, self._say, answering.answer) as problem,
                    figure_port(self._config.figures, answering.figures_only) as other,
                ):
                    self._tell(problem)
                    self._tell(other)
                    await self._live(parts)

    def reload(self) -> None:
        """Read the configuration again soon; one that is bad leaves all as it is, and is told."""
        self._configuration.reread()

    async def health(self) -> AgentHealth:
        """What `status` shows; raise RuntimeError before the start."""
        if self._observer is None:
            raise RuntimeError("the agent has not started yet")
        return await self._observer.health()

    async def _say(self) -> bytes:
        return msgspec.json.encode(document(await self.health()))

    def _tell(self, problem: str) -> None:
        self._notices.tell(problem)

    def _adjusted(self, config: Config) -> Config:
        return self._terms.adjust(self._baselines.adjust(config))

    def _look_at_the_load(self) -> None:
        for sentence in overloads(self._configuration.config):
            self._tell(sentence)

    async def _live(self, parts: Parts) -> None:
        """Everything runs until the caller is cancelled or a part fails."""
        progress = parts.progress
        for name, limit_us in _LIMITS_US.items():
            progress.enrol(name, limit_us)
        if not parts.salvor.is_whole:
            progress.enrol(SALVAGE, _SALVAGE_LIMIT_US)
        async with asyncio.TaskGroup() as group:
            session = group.create_task(parts.session.run())
            lanes = group.create_task(persist(parts.lanes.run, self._tell))
            uplink = group.create_task(persist(parts.publisher.run, self._tell))
            answers = Answers(
                gateway=self._config.gateway, control=parts.control, session=parts.session
            )
            told = group.create_task(persist(answers.run, self._tell))
            itself = group.create_task(SelfReport(self.health, parts.lanes).run())
            keeper = group.create_task(parts.keeper.run())
            actor = group.create_task(parts.actor.run())
            voids = group.create_task(self._baselines.run())
            tests = group.create_task(self._terms.run(progress.shown))
            is_on_disk = parts.database.path == self._config.buffer.path
            settles = group.create_task(settle(parts, self._tell, is_on_disk=is_on_disk))
            over = Changeover(self._configuration, parts, group, self._tell)
            said = group.create_task(over.answers(self._timekeeper).run())
            parts.roster.start_gateway(group)
            parts.roster.start(self._configuration.config, group)
            changes = group.create_task(self._configuration.run(over.apply, progress.late))
            watchdog = group.create_task(keep_watchdog(self._notifier, lambda: _alive(progress)))
            try:
                await self._start(parts)
                await asyncio.Event().wait()
            finally:
                self._notifier.stopping()
                itself.cancel()
                changes.cancel()
                settles.cancel()
                keeper.cancel()
                await asyncio.wait([changes])
                await parts.roster.stop_all()
                actor.cancel()
                await parts.lanes.flush()
                await send_off(parts.session, parts.control, parts.publisher)
                for task in (voids, tests, said, told, uplink, lanes, watchdog, session):
                    task.cancel()
                    await asyncio.wait([task])

    async def _start(self, parts: Parts) -> None:
        """Say that we are ready once every port was tried; one that is missing holds nobody up."""
        await parts.roster.started()
        log.info("gateway %s, epoch %s: watching", self._config.gateway, self.epoch)
        self._notifier.ready(f"watching {len(self._configuration.config.devices)} devices")
        self.ready.set()
        give_back()


def _alive(progress: Progress) -> bool:
    late = progress.late()
    if late:
        log.error("no progress of: %s; the watchdog is not fed", ", ".join(late))
    return not late
