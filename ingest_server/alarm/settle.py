"""What a judgement found becomes episodes, alarms and revisions, within the pass's transaction."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from msgspec import structs

from alarm_rules.rule import Severity
from ingest_server.alarm.compare import Finding, Found, compare
from ingest_server.alarm.judge import Judgement
from ingest_server.alarm.lifecycle import Event, Refused
from ingest_server.alarm.record import (
    Cause,
    Seen,
    alarm_id,
    is_sounding,
    open_alarm,
    revise,
    show_episode,
)
from ingest_server.db.alarm_book import Alarm, Enqueue, find_alarm, find_open, publish
from ingest_server.db.evaluation_book import (
    EpisodeRow,
    episodes_after,
    forget_episode,
    write_episode,
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one pass writes, its one moment (UTC us), and the way to the outbox."""

    connection: sqlite3.Connection
    now_us: int
    enqueue: Enqueue


Suppressed = Callable[[Seen], bool]


class Settler:
    """The alarms of one rule of one device, in one pass."""

    def __init__(self, desk: Desk, cause: Cause, suppressed: Suppressed) -> None:
        self._desk = desk
        self._cause = cause
        self._suppressed = suppressed
        self._before_us = 0
        self._window_us = 0

    def settle(self, judgement: Judgement) -> None:
        """Write what is new. Late data adds to an alarm; it never clears or withdraws one."""
        self._before_us = judgement.before_us
        self._window_us = judgement.window_us
        self._compare(judgement.told)
        if judgement.cleared_us is not None:
            self._let_go(judgement.cleared_us)
        self._raise_severity()

    def add(self, told: tuple[Seen, ...]) -> None:
        """Episodes older than all that is kept: only what is new among them counts."""
        for seen in told:
            rows = self._rows(seen.since - 1)
            for finding in compare(rows, [seen]):
                if finding.found is Found.OVER:
                    self._apply(finding)

    def _compare(self, told: tuple[Seen, ...]) -> None:
        for finding in compare(self._rows(self._window_us), told):
            self._apply(finding)

    def _apply(self, finding: Finding) -> None:
        seen, row = finding.seen, finding.row
        if seen is None:
            if row is not None:
                self._write(row.start_us, row.end_us, row, withdrawn=True)
        elif row is not None:
            self._moved(finding.found, seen, row)
        elif finding.found is Found.BEGUN:
            self._begun(seen)
        else:
            self._over(seen)

    def _begun(self, seen: Seen) -> None:
        alarm = self._open()
        if alarm is None:
            after = self._show(self._fresh(seen), Event.ACTIVATE, seen)
        elif alarm.snapshot.active and alarm.snapshot.test and not seen.test:
            after = self._show(alarm, Event.TURN_REAL, seen)
        elif alarm.snapshot.active:
            after = self._revise(alarm, Event.EXTEND)
        else:
            after = self._show(alarm, Event.ACTIVATE, seen)
        self._note(seen, after)

    def _over(self, seen: Seen) -> None:
        alarm = self._open()
        if alarm is None:
            after = self._show(self._fresh(seen), Event.FIND_OVER, seen)
        elif alarm.snapshot.active or seen.since < alarm.snapshot.since:
            after = self._revise(alarm, Event.EXTEND)
        else:
            after = self._show(alarm, Event.FIND_OVER, seen)
        self._note(seen, after)

    def _moved(self, found: Found, seen: Seen, row: EpisodeRow) -> None:
        if row.start_us <= self._window_us:
            # Only a rule that began anew does not remember it: it began when the book says.
            seen = replace(seen, since=row.start_us)
        if found is Found.RESUMED:
            self._resumed(seen, row)
            return
        alarm = find_alarm(self._desk.connection, row.alarm_id)
        if alarm is not None:
            if found is Found.ENDED and (seen.until or 0) > self._before_us:
                self._revise(alarm, Event.RETURN, until=seen.until)
            elif found is Found.EXTENDED:
                self._revise(alarm, Event.EXTEND, **self._bounds(alarm, seen, row))
        self._write(seen.since, seen.until, row)

    def _bounds(self, alarm: Alarm, seen: Seen, row: EpisodeRow) -> dict[str, Any]:
        if alarm.snapshot.since != row.start_us:
            return {}
        until = alarm.snapshot.until if alarm.snapshot.active else seen.until
        return {"since": min(seen.since, row.start_us), "until": until}

    def _resumed(self, seen: Seen, row: EpisodeRow) -> None:
        """Its end was taken away by late data: the alarm is active again, or a new one is."""
        alarm = self._open()
        if alarm is None or not alarm.snapshot.active:
            start = self._fresh(seen) if alarm is None else alarm
            after = self._show(start, Event.ACTIVATE, seen)
            row = EpisodeRow(row.start_us, None, after.snapshot.alarm_id, row.learned_us)
        self._write(seen.since, None, row)

    def _let_go(self, at_us: int) -> None:
        """An alarm paged on partial data ends with the next good sample that proves it gone."""
        alarm = self._open()
        if alarm is not None and alarm.snapshot.active:
            self._revise(alarm, Event.RETURN, until=at_us)

    def _raise_severity(self) -> None:
        alarm = self._open()
        if alarm is None or not alarm.snapshot.active:
            return
        order = list(Severity)
        if order.index(self._cause.severity) < order.index(alarm.snapshot.severity):
            self._revise(alarm, Event.RAISE_SEVERITY, severity=self._cause.severity)

    def _open(self) -> Alarm | None:
        return self._open_of(self._cause.rule)

    def _open_of(self, rule: str) -> Alarm | None:
        return find_open(self._desk.connection, self._cause.gateway, self._cause.device, rule)

    def _fresh(self, seen: Seen) -> Alarm:
        """With an id of its own: a closed alarm of the same start keeps the first."""
        alarm = open_alarm(self._cause, seen, suppressed=self._suppressed(seen))
        cause, nth = self._cause, 0
        while find_alarm(self._desk.connection, alarm.snapshot.alarm_id) is not None:
            nth += 1
            name = alarm_id(cause.gateway, cause.device, cause.rule, seen.since, nth)
            alarm = replace(alarm, snapshot=structs.replace(alarm.snapshot, alarm_id=name))
        return alarm

    def _show(self, alarm: Alarm, event: Event, seen: Seen) -> Alarm:
        outranked = self._is_outranked(seen)
        after = show_episode(alarm, event, seen, self._desk.now_us, outranked=outranked)
        return self._publish(alarm, after)

    def _is_outranked(self, seen: Seen) -> bool:
        """A worse alarm of the same measurement is heard now; a test one hides nothing real."""
        return any(
            (seen.test or not worse.snapshot.test) and is_sounding(worse)
            for worse in map(self._open_of, self._cause.outranked_by)
            if worse is not None
        )

    def _revise(self, alarm: Alarm, event: Event, **said: Any) -> Alarm:
        return self._publish(alarm, revise(alarm, event, self._desk.now_us, **said))

    def _publish(self, before: Alarm, after: Alarm | Refused) -> Alarm:
        """A refusal means that the alarm says so already: nothing is written."""
        if isinstance(after, Refused):
            return before
        publish(self._desk.connection, after, self._desk.enqueue)
        return after

    def _rows(self, after_us: int) -> list[EpisodeRow]:
        cause = self._cause
        return episodes_after(
            self._desk.connection, cause.gateway, cause.device or "", cause.rule, after_us
        )

    def _note(self, seen: Seen, alarm: Alarm) -> None:
        row = EpisodeRow(seen.since, seen.until, alarm.snapshot.alarm_id, self._desk.now_us)
        self._write(seen.since, seen.until, row)

    def _write(
        self, start_us: int, end_us: int | None, row: EpisodeRow, *, withdrawn: bool = False
    ) -> None:
        cause, connection = self._cause, self._desk.connection
        device = cause.device or ""
        if start_us != row.start_us:
            forget_episode(connection, cause.gateway, device, cause.rule, row.start_us)
        after = EpisodeRow(start_us, end_us, row.alarm_id, row.learned_us, withdrawn)
        write_episode(connection, cause.gateway, device, cause.rule, after)
