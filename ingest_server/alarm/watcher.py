"""The alarm stage: journal to alarm book and outbox, the urgent lane before the bulk."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import msgspec

from device_profiles.model import Profile
from ingest_server.alarm.bulk_slice import fitting, in_time, is_whole
from ingest_server.alarm.completeness import Complete, counting
from ingest_server.alarm.gateway_absence import gateway_away
from ingest_server.alarm.hearing import Hearing
from ingest_server.alarm.known_profiles import KnownProfiles
from ingest_server.alarm.retime import retime
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.take_in import take_entries
from ingest_server.alarm.watch_device import Watched, let_time_pass
from ingest_server.alarm.watch_gateways import (
    expected_arrivals,
    judge_clones,
    judge_silence,
    let_absence_speak,
    note_arrivals,
    urgent_arrivals,
)
from ingest_server.db.alarm_book import Enqueue
from ingest_server.db.cursor import Cursor, read_cursor, write_cursor
from ingest_server.db.evaluation_book import due_evaluations
from ingest_server.db.held import NotEvaluated, count_not_evaluated
from ingest_server.db.journal import (
    Entry,
    Kind,
    LaneState,
    entries_after,
    lane_states,
    last_id,
)
from ingest_server.db.registry import find_device
from ingest_server.db.set_aside import is_broken
from runtime.clock import Clock
from runtime.database import Database

_log = logging.getLogger(__name__)
_KINDS = {
    Cursor.URGENT: (Kind.URGENT, Kind.BIRTH, Kind.STATUS, Kind.RETIME),
    Cursor.BULK: (Kind.BULK,),
}
_CORRECTIONS = 10_000  # more than bulk will ever lag behind
_ALL = 2**63 - 1
_BAD_ENTRY = (
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    msgspec.MsgspecError,
    sqlite3.IntegrityError,
)


@dataclass(frozen=True, slots=True)
class WatcherSettings:
    """`silent_after_us`: patience with a gateway and with the broker. Slices: entries a pass.

    The readings bound a slice too: so long may it delay the next urgent one.
    """

    silent_after_us: int = 30_000_000
    urgent_slice: int = 200
    urgent_readings: int = 5_000
    bulk_slice: int = 100
    bulk_readings: int = 200
    poll_s: float = 0.25
    retry_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """One snapshot of the journal, from these cursors on.

    `arrivals`: when each gateway was heard last. `through`: up to when it may be judged by time
    once the entries are taken.
    """

    lanes: Sequence[LaneState]
    arrivals: Mapping[str, int]
    entries: Mapping[Cursor, Sequence[Entry]]
    is_whole: Mapping[Cursor, bool]
    through: Mapping[str, Complete]


class Watcher:
    """One loop; everything of a pass is one transaction on book.db, so a crash only repeats it.

    `reachable_since`: since when (UTC us) the server's urgent session is connected, None while it
    is not. `enqueue` puts a revision into the outbox. `wake` is this stage's own event.
    `progress` is called whenever the loop is seen alive.
    """

    def __init__(
        self,
        *,
        journal: Database,
        book: Database,
        profiles: Mapping[str, Profile],
        clock: Clock,
        enqueue: Enqueue,
        reachable_since: Callable[[], int | None],
        wake: asyncio.Event,
        settings: WatcherSettings | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._book = book
        self._profiles = KnownProfiles(profiles)
        self._clock = clock
        self._enqueue = enqueue
        self._reachable_since = reachable_since
        self._wake = wake
        self._settings = settings or WatcherSettings()
        self._progress = progress
        self._hearing = Hearing(self._settings.silent_after_us)
        self._judged: Mapping[str, Complete] = {}
        self.trouble: str | None = None
        """Why nothing can be judged now, or None."""

    async def run(self) -> None:
        """Pass after pass until cancelled; a database that fails is tried again after a while.

        Raises sqlite3.DatabaseError when a file is found broken: the next start sets it aside.
        """
        while True:
            self._progress()
            try:
                more = await self.pass_once()
            except (sqlite3.Error, OSError) as error:
                if is_broken(error):
                    raise
                self._note_trouble(error)
                await asyncio.sleep(self._settings.retry_s)
                continue
            self._note_trouble(None)
            if not more:
                await self._rest()

    def _note_trouble(self, error: Exception | None) -> None:
        """Say it when it begins, changes or ends: it is tried again each second."""
        before, self.trouble = self.trouble, None if error is None else str(error)
        if self.trouble is None and before is not None:
            _log.info("alarms are judged again")
        elif self.trouble != before:
            _log.error("alarms wait: the journal or the alarm book can not be used: %s", error)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.poll_s):
                await self._wake.wait()
        self._wake.clear()

    async def pass_once(self) -> bool:
        """Take what is new; whether there is more at once. Raises sqlite3.Error."""
        cursors = await self._book.read(_read_cursors)
        look = await self._journal.read(lambda connection: self._look(connection, cursors))
        try:
            await self._book.transact(lambda book: self._take(book, look))
        except _BAD_ENTRY:
            _log.exception("entries can not be judged together; one by one now")
            await self._take_apart(look)
        self._judged = look.through
        return not all(look.is_whole.values())

    def _look(self, connection: sqlite3.Connection, cursors: Mapping[Cursor, int]) -> Look:
        limits = {
            Cursor.URGENT: (self._settings.urgent_slice, self._settings.urgent_readings),
            Cursor.BULK: (self._settings.bulk_slice, self._settings.bulk_readings),
        }
        lanes = lane_states(connection)
        start = _from_the_start_if_replaced(connection, cursors)
        entries = {
            name: entries_after(connection, _KINDS[name], start[name], *bounds)
            for name, bounds in limits.items()
        }
        whole = {name: is_whole(entries[name], *bounds) for name, bounds in limits.items()}
        made = _ALL if whole[Cursor.URGENT] else entries[Cursor.URGENT][-1].id
        corrections = entries_after(connection, [Kind.RETIME], start[Cursor.BULK], _CORRECTIONS)
        bulk = in_time(entries[Cursor.BULK], corrections, made)
        fits = fitting(bulk, self._settings.bulk_readings)
        whole[Cursor.BULK] &= len(fits) == len(entries[Cursor.BULK])
        through = counting(lanes, urgent=whole[Cursor.URGENT], bulk=whole[Cursor.BULK])
        return Look(lanes, urgent_arrivals(lanes), entries | {Cursor.BULK: fits}, whole, through)

    def _take(self, book: sqlite3.Connection, look: Look) -> None:
        desk = self._desk(book)
        note_arrivals(desk, look.arrivals)
        for name in _KINDS:
            self._take_entries(desk, name, look.entries[name])
        self._judge_silence(desk, look)
        for gateway, through in self._moved_on(look):
            self._pass_time(gateway, through, desk)

    def _take_entries(self, desk: Desk, name: Cursor, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        for is_correction, part in groupby(entries, lambda entry: entry.kind is Kind.RETIME):
            if is_correction:
                _correct(desk, part)
            else:
                take_entries(desk, self._profiles, list(part))
        write_cursor(desk.connection, name, entries[-1].id)

    async def _take_apart(self, look: Look) -> None:
        """One transaction for each entry: what breaks one is left out, counted and logged."""
        for name in _KINDS:
            for entry in look.entries[name]:
                await self._take_alone(name, entry)
        await self._judge_alone("silence", lambda desk: self._judge_silence(desk, look))
        for gateway, through in self._moved_on(look):
            await self._judge_alone(gateway, partial(self._pass_time, gateway, through))

    async def _judge_alone(self, what: str, judge: Callable[[Desk], None]) -> None:
        """One gateway whose delays can not be judged must not hide the silence of the others."""
        try:
            await self._book.transact(lambda book: judge(self._desk(book)))
        except _BAD_ENTRY:
            _log.exception("%s can not be judged by time; alarms from readings go on", what)

    async def _take_alone(self, name: Cursor, entry: Entry) -> None:
        try:
            await self._book.transact(
                lambda book: self._take_entries(self._desk(book), name, [entry])
            )
        except _BAD_ENTRY:
            _log.exception(
                "entry %s of gateway %s can not be judged: left out", entry.id, entry.gateway
            )
            await self._book.transact(lambda book: _leave_out(book, name, entry))

    def _judge_silence(self, desk: Desk, look: Look) -> None:
        mono_us = self._clock.mono_us()
        arrivals = expected_arrivals(desk, look.arrivals)
        self._hearing.listen(arrivals, self._reachable_since(), mono_us)
        judge_silence(desk, self._hearing, self._profiles, arrivals, mono_us)
        judge_clones(desk, look.lanes)
        let_absence_speak(desk)

    def _moved_on(self, look: Look) -> Iterator[tuple[str, Complete]]:
        touched = {entry.gateway for part in look.entries.values() for entry in part}
        for gateway, through in look.through.items():
            if gateway in touched or self._judged.get(gateway) != through:
                yield gateway, through

    def _pass_time(self, gateway: str, through: Complete, desk: Desk) -> None:
        for due in due_evaluations(desk.connection, gateway, through.latest_us):
            device = find_device(desk.connection, gateway, due.device)
            known = None if device is None else self._profiles.of(device)
            if device is None or known is None or device.retired_us is not None:
                continue
            force = known.find(due.rule)
            if force is None:
                continue
            watched = Watched(device, known, gateway_away(desk, gateway))
            let_time_pass(desk, watched, force, through, due.due_us or 0)

    def _desk(self, book: sqlite3.Connection) -> Desk:
        return Desk(book, self._clock.utc_us(), self._enqueue)


def _correct(desk: Desk, entries: Iterable[Entry]) -> None:
    for entry in entries:
        if entry.retime is not None:
            retime(desk, entry.gateway, entry.retime)


def _from_the_start_if_replaced(
    journal: sqlite3.Connection, cursors: Mapping[Cursor, int]
) -> Mapping[Cursor, int]:
    """A journal that never reached a cursor is another file than before (set aside): read it all.

    What is read twice changes nothing.
    """
    if max(cursors.values()) <= last_id(journal):
        return cursors
    _log.warning("the journal was replaced: reading it from its start")
    return dict.fromkeys(Cursor, 0)


def _read_cursors(book: sqlite3.Connection) -> dict[Cursor, int]:
    return {name: read_cursor(book, name) for name in _KINDS}


def _leave_out(book: sqlite3.Connection, name: Cursor, entry: Entry) -> None:
    count_not_evaluated(book, entry.gateway, NotEvaluated.ENTRY_FAILED, len(entry.readings))
    write_cursor(book, name, entry.id)
