"""The control stage: commands and configurations to the broker, their answers into the book."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from ingest_server.db import desired_book
from ingest_server.db.command import StoredCommand
from ingest_server.db.command_book import (
    Taken,
    due,
    expire,
    forget_settled,
    record_answer,
    record_not_sent,
    record_sent,
)
from ingest_server.db.cursor import Cursor, read_cursor, write_cursor
from ingest_server.db.desired_book import Desired, Heard
from ingest_server.db.journal import Entry, Kind, entries_after
from ingest_server.db.set_aside import is_broken
from runtime.clock import Clock
from runtime.database import Database
from runtime.mqtt import Outcome
from wire.envelope import JSON
from wire.topic import Down, down

_log = logging.getLogger(__name__)

_ENTRIES, _SENDINGS = 200, 20
_DAY_US = 24 * 3600 * 1_000_000


class Session(Protocol):
    """A connection to the broker; runtime.mqtt.Session is one."""

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        content_type: str | None = None,
        utf8: bool = False,
        expiry_s: int | None = None,
        retain: bool = False,
    ) -> Outcome:
        """Publish once with QoS 1; what the broker's PUBACK says."""
        ...


@dataclass(frozen=True, slots=True)
class DispatcherSettings:
    """`grace_us`: how long after its expiry an answer may still be on its way."""

    look_s: float = 1.0
    again_us: int = 2_000_000
    grace_us: int = 5_000_000
    retention_us: int = 730 * _DAY_US


class Dispatcher:
    """`wake`: set when a command was queued or an answer came."""

    def __init__(
        self,
        *,
        journal: Database,
        book: Database,
        session: Session,
        clock: Clock,
        wake: asyncio.Event,
        settings: DispatcherSettings | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._book = book
        self._session = session
        self._clock = clock
        self._wake = wake
        self._settings = settings or DispatcherSettings()
        self._progress = progress
        self.trouble: str | None = None

    async def run(self) -> None:
        """Work until cancelled. Raise sqlite3.Error when a file is found broken."""
        while True:
            self._progress()
            self._wake.clear()
            try:
                await self.pass_once()
            except sqlite3.Error as error:
                if is_broken(error):
                    raise
                self._say(str(error))
            else:
                self._say(None)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.look_s):
                    await self._wake.wait()

    async def pass_once(self) -> None:
        """Answers first: what is answered is not sent again."""
        while await self._take_answers():
            self._progress()
        now_us = self._clock.utc_us()
        await self._settle(now_us)
        for command in await self._book.read(lambda book: due(book, now_us, _SENDINGS)):
            await self._send(command)
            self._progress()
        for desired in await self._book.read(
            lambda book: desired_book.due(book, now_us, _SENDINGS)
        ):
            await self._want(desired)
            self._progress()

    async def _take_answers(self) -> int:
        after = await self._book.read(lambda book: read_cursor(book, Cursor.CONTROL))
        entries = await self._journal.read(
            lambda journal: entries_after(journal, [Kind.RESULT], after, _ENTRIES)
        )
        if entries:
            await self._book.transact(lambda book: _enter(book, entries))
        return len(entries)

    async def _settle(self, now_us: int) -> None:
        """A look first, so that an idle server writes nothing."""
        grace_us, kept_us = self._settings.grace_us, self._settings.retention_us
        if not await self._book.read(
            lambda book: _has_late(book, now_us - grace_us, now_us - kept_us)
        ):
            return

        def settle(book: sqlite3.Connection) -> int:
            forget_settled(book, now_us - kept_us, _ENTRIES)
            return expire(book, now_us, grace_us)

        expired = await self._book.transact(settle)
        if expired:
            _log.warning("%d commands expired without an answer", expired)

    async def _send(self, command: StoredCommand) -> None:
        now_us = self._clock.utc_us()
        outcome = await self._session.publish(
            down(command.gateway, Down.COMMAND),
            command.payload,
            content_type=JSON,
            utf8=True,
            expiry_s=max(1, -(-(command.expires_us - now_us) // 1_000_000)),
        )
        if outcome is Outcome.ACCEPTED:
            _log.info("command %s sent to %s", command.id, command.gateway)
            await self._book.transact(
                lambda book: record_sent(book, command.id, self._clock.utc_us())
            )
            return
        _log.info("command %s waits: %s", command.id, outcome)
        again_us = self._clock.utc_us() + self._settings.again_us
        await self._book.transact(lambda book: record_not_sent(book, command.id, again_us))

    async def _want(self, desired: Desired) -> None:
        """Retained: the broker gives it to the gateway whenever that comes."""
        outcome = await self._session.publish(
            down(desired.gateway, Down.CONFIG),
            desired.payload,
            content_type=JSON,
            utf8=True,
            retain=True,
        )
        now_us = self._clock.utc_us()
        if outcome in (Outcome.ACCEPTED, Outcome.NO_SUBSCRIBER):
            _log.info("configuration %d published for %s", desired.version, desired.gateway)
            await self._book.transact(
                lambda book: desired_book.record_published(book, desired, now_us)
            )
            return
        _log.info("configuration %d waits: %s", desired.version, outcome)
        again_us = now_us + self._settings.again_us
        await self._book.transact(lambda book: desired_book.put_off(book, desired, again_us))

    def _say(self, trouble: str | None) -> None:
        if trouble is not None and self.trouble is None:
            _log.error("commands wait, a database refuses: %s", trouble)
        self.trouble = trouble


def _has_late(book: sqlite3.Connection, expired_us: int, forgotten_us: int) -> bool:
    """Whether one has expired, or the oldest is so old that nobody asks for it any more."""
    late = book.execute(
        "SELECT 1 FROM command WHERE state IN ('queued', 'sent') AND expires_us <= ? LIMIT 1",
        (expired_us,),
    ).fetchone()
    oldest = book.execute("SELECT settled_us FROM command ORDER BY number LIMIT 1").fetchone()
    is_old = oldest is not None and oldest[0] is not None and oldest[0] < forgotten_us
    return late is not None or is_old


def _enter(book: sqlite3.Connection, entries: list[Entry]) -> None:
    for entry in entries:
        if entry.result is None:
            continue
        taken: Taken | Heard = record_answer(book, entry.gateway, entry.result, entry.arrival_us)
        if taken is Taken.NO_ANSWER:
            taken = desired_book.record_answer(book, entry.gateway, entry.result, entry.arrival_us)
        if taken not in (Taken.ALREADY, Heard.ALREADY):
            _log.info("answer to %s by %s: %s", entry.result.answers, entry.gateway, taken)
    write_cursor(book, Cursor.CONTROL, entries[-1].id)
