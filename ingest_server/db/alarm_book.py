"""The alarm book: alarms, their revisions and episodes, and what people did, as rows of book.db."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.db.migrate import migrate
from ingest_server.db.snapshot import Snapshot

Enqueue = Callable[[sqlite3.Connection, Snapshot], object]
"""Puts a revision into the outbox, in the transaction of the connection."""

PAGE = 100


class Which(StrEnum):
    OPEN = "open"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The latest revision, and what the next one depends on. Revision 0: not written yet.

    `latching`: the rule latches. `told`: some revision went to the receivers. `paged_us`: when it
    was first announced.
    """

    snapshot: Snapshot
    latching: bool
    told: bool = False
    paged_us: int | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """The condition held from `start_us` until `end_us` (None: still), in source time."""

    start_us: int
    end_us: int | None
    learned_us: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """What somebody asked for; `outcome` is `done` or the reason of the refusal."""

    at_us: int
    actor: str
    action: str
    outcome: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class AlarmFile:
    """All that the book has of one alarm, oldest first."""

    latest: Snapshot
    revisions: tuple[Snapshot, ...]
    episodes: tuple[Episode, ...]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None is everything."""

    gateway: str | None = None
    device: str | None = None
    rule: str | None = None
    alarm_class: AlarmClass | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `next`: pass it as `after` for the page that follows; None at the end."""

    alarms: tuple[Snapshot, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Open alarms, for health."""

    open: int
    active: int
    unacknowledged: int
    suppressed: int
    hazards_active: int


def migrate_book(connection: sqlite3.Connection) -> None:
    migrate(connection, "book")


def write_alarm(connection: sqlite3.Connection, alarm: Alarm) -> None:
    """Write its latest revision; a revision is written once and never changed."""
    now = alarm.snapshot
    body = msgspec.json.encode(now)
    connection.execute(
        "INSERT INTO alarm (alarm_id, gateway, device, rule, alarm_class, severity, closed, active,"
        " acknowledged, suppressed, latching, told, paged_us, revision, snapshot)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (alarm_id) DO UPDATE SET"
        " severity = excluded.severity, closed = excluded.closed, active = excluded.active,"
        " acknowledged = excluded.acknowledged, suppressed = excluded.suppressed,"
        " told = excluded.told, paged_us = excluded.paged_us, revision = excluded.revision,"
        " snapshot = excluded.snapshot",
        (
            now.alarm_id,
            now.gateway,
            now.device or "",
            now.rule,
            now.alarm_class.value,
            now.severity.value,
            now.closed,
            now.active,
            now.acknowledged,
            now.suppressed,
            alarm.latching,
            alarm.told,
            alarm.paged_us,
            now.revision,
            body,
        ),
    )
    connection.execute(
        "INSERT INTO revision VALUES (?, ?, ?)",
        (now.alarm_id, now.revision, body),
    )


def publish(connection: sqlite3.Connection, alarm: Alarm, enqueue: Enqueue) -> None:
    """Write the revision and, unless nobody was ever told of the alarm, put it into the outbox."""
    write_alarm(connection, alarm)
    if alarm.told:
        enqueue(connection, alarm.snapshot)


_ALARM = "SELECT snapshot, latching, told, paged_us FROM alarm"


def find_alarm(connection: sqlite3.Connection, alarm_id: str) -> Alarm | None:
    row = connection.execute(f"{_ALARM} WHERE alarm_id = ?", (alarm_id,)).fetchone()
    return None if row is None else _alarm(row)


def find_open(
    connection: sqlite3.Connection,
    gateway: str,
    device: str | None,
    rule: str,
) -> Alarm | None:
    """The one open alarm of a rule; device None for the gateway or the server itself."""
    row = connection.execute(
        f"{_ALARM} WHERE gateway = ? AND device = ? AND rule = ? AND closed = 0",
        (gateway, device or "", rule),
    ).fetchone()
    return None if row is None else _alarm(row)


def open_alarms(connection: sqlite3.Connection, gateway: str) -> list[Alarm]:
    """All open alarms of a gateway and its devices, oldest first."""
    rows = connection.execute(
        f"{_ALARM} WHERE gateway = ? AND closed = 0 ORDER BY number",
        (gateway,),
    )
    return [_alarm(row) for row in rows]


def open_of_rule(connection: sqlite3.Connection, rule: str) -> list[Alarm]:
    """All open alarms of one rule, whosever they are, oldest first."""
    rows = connection.execute(f"{_ALARM} WHERE rule = ? AND closed = 0 ORDER BY number", (rule,))
    return [_alarm(row) for row in rows]


def suppressed_gateways(connection: sqlite3.Connection) -> list[str]:
    """Gateways with an open alarm that is suppressed."""
    rows = connection.execute(
        "SELECT DISTINCT gateway FROM alarm WHERE closed = 0 AND suppressed = 1 ORDER BY gateway",
    )
    return [gateway for (gateway,) in rows]


def _alarm(row: tuple[bytes, int, int, int | None]) -> Alarm:
    snapshot, latching, told, paged_us = row
    return Alarm(_snapshot(snapshot), bool(latching), bool(told), paged_us)


def _snapshot(body: bytes) -> Snapshot:
    return msgspec.json.decode(body, type=Snapshot)


def list_alarms(
    connection: sqlite3.Connection,
    *,
    which: Which = Which.OPEN,
    after: int | None = None,
    limit: int = PAGE,
    filters: Filters | None = None,
) -> Page:
    """One page, newest first; suppressed ones are listed too."""
    wanted = (
        {
            name: value
            for name, value in (
                ("gateway", filters.gateway),
                ("device", filters.device),
                ("rule", filters.rule),
                ("alarm_class", filters.alarm_class),
                ("severity", filters.severity),
            )
            if value is not None
        }
        if filters
        else {}
    )
    terms = [f"{name} = ?" for name in wanted]
    values: list[Any] = [str(value) for value in wanted.values()]
    if which is Which.OPEN:
        terms.append("closed = 0")
    if after is not None:
        terms.append("number < ?")
        values.append(after)
    where = f"WHERE {' AND '.join(terms)}" if terms else ""
    rows = connection.execute(
        f"SELECT number, snapshot FROM alarm {where} ORDER BY number DESC LIMIT ?",  # noqa: S608 - names from above, values bound
        (*values, limit + 1),
    ).fetchall()
    shown = rows[:limit]
    return Page(
        tuple(_snapshot(body) for _, body in shown),
        shown[-1][0] if len(rows) > limit else None,
    )


def get_alarm(connection: sqlite3.Connection, alarm_id: str) -> AlarmFile | None:
    """The whole file of one alarm, or None when there is no such alarm."""
    alarm = find_alarm(connection, alarm_id)
    if alarm is None:
        return None
    revisions = connection.execute(
        "SELECT snapshot FROM revision WHERE alarm_id = ? ORDER BY revision",
        (alarm_id,),
    )
    episodes = connection.execute(
        "SELECT start_us, end_us, learned_us, withdrawn FROM episode WHERE alarm_id = ?"
        " ORDER BY start_us",
        (alarm_id,),
    )
    operations = connection.execute(
        "SELECT at_us, actor, action, outcome, comment FROM operation WHERE alarm_id = ?"
        " ORDER BY number",
        (alarm_id,),
    )
    return AlarmFile(
        alarm.snapshot,
        tuple(_snapshot(body) for (body,) in revisions),
        tuple(Episode(start, end, at, bool(gone)) for start, end, at, gone in episodes),
        tuple(Operation(*row) for row in operations),
    )


def count_alarms(connection: sqlite3.Connection) -> Counts:
    row = connection.execute(
        "SELECT count(*), coalesce(sum(active), 0), coalesce(sum(1 - acknowledged), 0),"
        " coalesce(sum(suppressed), 0), coalesce(sum(active AND alarm_class = 'hazard'), 0)"
        " FROM alarm WHERE closed = 0",
    ).fetchone()
    return Counts(*row)


def note_operation(
    connection: sqlite3.Connection,
    alarm_id: str,
    operation: Operation,
) -> None:
    """Write down what was asked, by whom, and what came of it; refusals too."""
    connection.execute(
        "INSERT INTO operation (at_us, actor, action, alarm_id, outcome, comment)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            operation.at_us,
            operation.actor,
            operation.action,
            alarm_id,
            operation.outcome,
            operation.comment,
        ),
    )
