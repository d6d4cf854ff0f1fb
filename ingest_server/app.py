"""The ingestion server as one whole: builds every stage, runs them, stops them in order."""

import asyncio
import logging
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from device_profiles.load import catalog
from device_profiles.model import Profile
from ingest_server.alarm.watcher import Watcher, WatcherSettings
from ingest_server.api.office import Office
from ingest_server.api.server import ApiServer
from ingest_server.api.token import obtain
from ingest_server.api.web import build
from ingest_server.config import Config
from ingest_server.control.dispatcher import Dispatcher
from ingest_server.db.alarm_book import count_alarms
from ingest_server.db.outbox import enqueue
from ingest_server.db.snapshot import Snapshot
from ingest_server.files import Files, opened
from ingest_server.health import Health, Signs, judge
from ingest_server.intake.receiver import KINDS, URGENT, Intake
from ingest_server.intake.trimmer import Trimmer
from ingest_server.notify.deliverer import Deliverer
from ingest_server.notify.webhook import Webhook
from ingest_server.store import opening
from ingest_server.store.opening import OpenStore
from ingest_server.store.port import Store, StoreError
from ingest_server.store.writer import Writer, WriterSettings
from runtime.clock import Clock
from runtime.mqtt import Session
from runtime.progress import Progress
from runtime.service import Notifier, keep_watchdog, writes_to_journal
from wire.topic import up_filters

_log = logging.getLogger(__name__)

_INBOX = 400  # messages that wait in memory for each session; then the socket is not read
_LATE_US = 60_000_000  # a loop that shows nothing for so long hangs: systemd starts us anew


@dataclass(frozen=True, slots=True)
class _Bells:
    """One for each stage that reads the journal."""

    alarm: asyncio.Event = field(default_factory=asyncio.Event)
    store: asyncio.Event = field(default_factory=asyncio.Event)
    control: asyncio.Event = field(default_factory=asyncio.Event)

    def ring_readers(self) -> None:
        for bell in (self.alarm, self.store, self.control):
            bell.set()


@dataclass(frozen=True, slots=True)
class _Stages:
    intake: Intake
    watcher: Watcher
    writer: Writer
    trimmer: Trimmer
    deliverer: Deliverer
    dispatcher: Dispatcher
    bells: _Bells


class App:
    """`tell`: where the bootstrap token is shown, once. Run it once."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        notifier: Notifier | None = None,
        profiles: Mapping[str, Profile] | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._notifier = notifier or Notifier()
        self._profiles = catalog() if profiles is None else profiles
        self._tell = tell or _to_stderr
        self._progress = Progress(clock)
        self._store_alive = self._progress.enrol("store", _LATE_US)
        self._api: ApiServer | None = None
        self._is_stopping = False
        self.started = asyncio.Event()
        """Set when every stage runs and the API answers."""

    @property
    def url(self) -> str:
        """Where the API listens, once started."""
        return "" if self._api is None else self._api.url

    async def run(self) -> None:
        """Run until cancelled, then stop in order; no thread, port or socket is left.

        Raises NewerDatabaseError, BindError, TokenError, sqlite3.Error, OSError when it can not
        start, and whatever breaks a stage.
        """
        queued = asyncio.Event()
        async with AsyncExitStack() as stack:
            files = await stack.enter_async_context(
                opened(self._config.data, self._clock.utc_us(), queued, self._open_store())
            )
            token = obtain(self._config.api, self._tell, is_kept=writes_to_journal())
            webhook = await stack.enter_async_context(Webhook(self._clock))
            stages = self._stages(files, webhook, queued)
            self._api = ApiServer(build(self._office(files, stages), token), self._config.api)
            self._api.bind()
            stack.callback(self._api.close)
            await self._run(self._api, stages)

    async def _run(self, api: ApiServer, stages: _Stages) -> None:
        """Stop what people use first, then what takes in, then what passes on."""
        order = (
            api,
            stages.trimmer,
            stages.dispatcher,
            stages.intake,
            stages.writer,
            stages.watcher,
            stages.deliverer,
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one.run(), name=type(one).__name__) for one in order]
            watchdog = group.create_task(keep_watchdog(self._notifier, self._is_alive))
            self.started.set()
            self._notifier.ready(f"API at {api.url}")
            _log.info("ready: API at %s, data in %s", api.url, self._config.data)
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._is_stopping = True
                self._notifier.stopping()
                for task in (*tasks, watchdog):
                    task.cancel()
                    await asyncio.wait([task])

    def _open_store(self) -> OpenStore:
        influx = self._config.store.influx
        if influx is None:
            return opening.embedded
        return opening.influx(influx, self._clock, self._store_alive)

    def _is_alive(self) -> bool:
        late = self._progress.late()
        if late:
            _log.error("the watchdog is not fed: no progress of %s", ", ".join(late))
        return not late

    def _stages(self, files: Files, webhook: Webhook, queued: asyncio.Event) -> _Stages:
        config, clock = self._config, self._clock
        bells, sessions = _Bells(), _sessions(config)
        intake = Intake(
            sessions=sessions,
            journal=files.journal,
            clock=clock,
            wakes=(bells.alarm, bells.store),
            answered=bells.control,
            progress=self._enrol_intake(),
        )
        watcher = Watcher(
            journal=files.journal,
            book=files.book,
            profiles=self._profiles,
            clock=clock,
            enqueue=self._enqueue(files),
            reachable_since=intake.reachable_since_us,
            wake=bells.alarm,
            settings=WatcherSettings(silent_after_us=config.gateway_silent_us),
            progress=self._progress.enrol("alarm", _LATE_US),
        )
        writer = Writer(
            journal=files.journal,
            store=files.store,
            clock=clock,
            wake=bells.store,
            settings=_writer_settings(config),
            progress=self._store_alive,
        )
        trim_alive = self._progress.enrol("trim", _LATE_US)
        trimmer = Trimmer(files.journal, files.read_by_all, progress=trim_alive)
        deliverer = Deliverer(
            files.book,
            clock,
            config.receivers,
            config.places,
            webhook,
            wake=queued,
            alarms_url=config.alarms_url,
            progress=self._progress.enrol("notify", _LATE_US),
        )
        dispatcher = Dispatcher(
            journal=files.journal,
            book=files.book,
            session=sessions[URGENT],
            clock=clock,
            wake=bells.control,
            progress=self._progress.enrol("control", _LATE_US),
        )
        return _Stages(intake, watcher, writer, trimmer, deliverer, dispatcher, bells)

    def _enrol_intake(self) -> Callable[[str], None]:
        alive = {name: self._progress.enrol(f"intake-{name}", _LATE_US) for name in KINDS}
        return lambda name: alive[name]()

    def _enqueue(self, files: Files) -> Callable[[sqlite3.Connection, Snapshot], None]:
        def queue(book: sqlite3.Connection, snapshot: Snapshot) -> None:
            if enqueue(book, snapshot, self._config.receivers, self._clock.utc_us()):
                files.book.mark()

        return queue

    def _office(self, files: Files, stages: _Stages) -> Office:
        async def health() -> Health:
            return await self._health(files, stages)

        return Office(
            journal=files.journal,
            book=files.book,
            store=files.store,
            clock=self._clock,
            enqueue=self._enqueue(files),
            places=self._config.places,
            alarms_url=self._config.alarms_url,
            gateway_silent_us=self._config.gateway_silent_us,
            health=health,
            profiles=self._profiles,
            ordered=stages.bells.control.set,
            taken_in=stages.bells.ring_readers,
            queued=files.book.mark,
            vitals=stages.intake.vitals,
        )

    async def _health(self, files: Files, stages: _Stages) -> Health:
        trouble = stages.intake.state.trouble
        book: str | None = None
        try:
            await files.book.read(count_alarms)
        except sqlite3.Error as error:
            book = str(error)
        signs = Signs(
            is_started=self.started.is_set(),
            is_stopping=self._is_stopping,
            sessions_away=stages.intake.sessions_away(),
            broker=f"{self._config.mqtt.host}:{self._config.mqtt.port}",
            journal=next(iter(trouble.values()), None),
            book=book or stages.watcher.trouble or stages.dispatcher.trouble,
            store=stages.writer.trouble,
            store_name=self._config.store.name,
        )
        lost = tuple(
            f"receiver {name} can not be reached: {reach.outcome}, {reach.failures} times"
            for name, reach in stages.deliverer.reach().items()
            if reach.failures
        )
        return judge(signs, files.notices + lost + await _refused(files.store))


async def _refused(store: Store) -> tuple[str, ...]:
    try:
        refused = await store.refused()
    except StoreError:
        return ()  # the writing stage meets the same error and tells it
    return tuple(
        f"the store refused {readings} readings for ever: see /v1/quarantine?reason={reason}"
        for reason, readings in refused.items()
    )


def _writer_settings(config: Config) -> WriterSettings:
    """InfluxDB syncs once a request: a moment's gathering makes fewer and larger ones."""
    gather_s = 0.0 if config.store.influx is None else 0.2
    return WriterSettings(retention_us=config.store.retention_us, gather_s=gather_s)


def _sessions(config: Config) -> dict[str, Session]:
    """Bulk has a session of its own; its inbox never delays the urgent one."""
    shards = list(config.mqtt.shards)
    return {
        name: Session(
            config.mqtt.options(name),
            subscriptions=up_filters(shards, kinds),
            inbox_size=_INBOX,
        )
        for name, kinds in KINDS.items()
    }


def _to_stderr(text: str) -> None:
    """Not a log line: logs are kept and copied, a token is not."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
