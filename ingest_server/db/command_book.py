"""Commands in book.db: entered once, sent until answered or too late, each step in the audit."""

import sqlite3
from dataclasses import replace
from enum import StrEnum
from typing import Any

from ingest_server.db.command import (
    ANSWERS,
    FOLLOWS,
    CommandEvent,
    CommandState,
    Origin,
    StoredCommand,
)
from ingest_server.db.own_command import own_command
from wire.command import CommandKind, Result
from wire.own_order import is_own

SERVER = "server"
_COLUMNS = (
    "number, id, gateway, kind, device, action, actor, comment, payload, state, asked_us,"
    " expires_us, sendings, next_us, settled_us, done_us, detail,"
    " origin"
)
_NAMES = _COLUMNS.split(", ")
_OPEN = "state IN ('queued', 'sent')"
_FIRST_US, _MOST_US = 5_000_000, 60_000_000
OWN_KEPT = 1_000
"""Of what a gateway says that it did unasked: however much it says, it fills no table."""


class Taken(StrEnum):
    """What became of an answer."""

    TAKEN = "taken"
    OWN = "own"  # the gateway did it of itself, or a person in front of it asked
    UNKNOWN = "unknown"  # nobody here asked this of that gateway
    ALREADY = "already"
    NO_ANSWER = "no_answer"  # the outcome of something else, such as a configuration


def enter(book: sqlite3.Connection, command: StoredCommand) -> None:
    """Queue it; `number` is given by the book. Raise sqlite3.IntegrityError for an id that is."""
    book.execute(
        "INSERT INTO command (id, gateway, kind, device, action, actor, comment, payload, state,"
        " asked_us, expires_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
        (
            command.id,
            command.gateway,
            command.kind.value,
            command.device,
            command.action,
            command.actor,
            command.comment,
            command.payload,
            command.asked_us,
            command.expires_us,
        ),
    )
    asked = CommandEvent(command.asked_us, "asked", command.actor, command.comment or "")
    _note(book, command.id, asked)


def find(book: sqlite3.Connection, command: str) -> StoredCommand | None:
    row = book.execute(
        f"SELECT {_COLUMNS} FROM command WHERE id = ?",  # noqa: S608 - a constant of this module
        (command,),
    ).fetchone()
    return None if row is None else _stored(row)


def page(
    book: sqlite3.Connection,
    gateway: str,
    *,
    state: CommandState | None = None,
    device: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[StoredCommand]:
    """The newest first. For the next page pass the last one's `number` as `before`."""
    rows = book.execute(
        f"SELECT {_COLUMNS} FROM command WHERE gateway = ?1"  # noqa: S608 - same
        " AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR device = ?3)"
        " AND (?4 IS NULL OR number < ?4) ORDER BY number DESC LIMIT ?5",
        (gateway, state, device, before, limit),
    )
    return [_stored(row) for row in rows]


def events(book: sqlite3.Connection, command: str) -> list[CommandEvent]:
    """The audit of one command, oldest first."""
    rows = book.execute(
        "SELECT at_us, event, who, detail FROM command_event WHERE command = ? ORDER BY number",
        (command,),
    )
    return [CommandEvent(*row) for row in rows]


def count_open(book: sqlite3.Connection, gateway: str) -> int:
    (count,) = book.execute(
        f"SELECT count(*) FROM command WHERE gateway = ? AND {_OPEN}",  # noqa: S608 - same
        (gateway,),
    ).fetchone()
    return int(count)


def count_by_state(book: sqlite3.Connection) -> dict[str, int]:
    return dict(book.execute("SELECT state, count(*) FROM command GROUP BY state").fetchall())


def due(book: sqlite3.Connection, now_us: int, limit: int) -> list[StoredCommand]:
    """To be sent now. A time further off than any schedule reaches was written by another clock."""
    rows = book.execute(
        f"SELECT {_COLUMNS} FROM command WHERE {_OPEN} AND expires_us > ?1"  # noqa: S608 - same
        " AND (next_us <= ?1 OR next_us > ?1 + ?2) ORDER BY next_us, number LIMIT ?3",
        (now_us, _MOST_US, limit),
    )
    return [_stored(row) for row in rows]


def record_sent(book: sqlite3.Connection, command: str, now_us: int) -> None:
    """The broker has it; it is sent again later, as long as no answer comes."""
    row = book.execute(
        f"SELECT sendings, state FROM command WHERE id = ? AND {_OPEN}",  # noqa: S608 - same
        (command,),
    ).fetchone()
    if row is None:
        return  # answered meanwhile
    sendings, state = row
    pause_us = min(_FIRST_US << min(sendings, 8), _MOST_US)
    book.execute(
        "UPDATE command SET state = 'sent', sendings = sendings + 1, next_us = ? WHERE id = ?",
        (now_us + pause_us, command),
    )
    if state == CommandState.QUEUED:
        _note(book, command, CommandEvent(now_us, "sent", SERVER, ""))


def record_not_sent(book: sqlite3.Connection, command: str, next_us: int) -> None:
    book.execute(
        f"UPDATE command SET next_us = ? WHERE id = ? AND {_OPEN}",  # noqa: S608 - same
        (next_us, command),
    )


def expire(book: sqlite3.Connection, now_us: int, grace_us: int) -> int:
    """Settle those without an answer some time after they expired; how many."""
    rows = book.execute(
        f"UPDATE command SET state = 'expired', settled_us = ?1"  # noqa: S608 - same
        f" WHERE {_OPEN} AND expires_us + ?2 <= ?1 RETURNING id, sendings",
        (now_us, grace_us),
    ).fetchall()
    for command, sendings in rows:
        detail = "no answer came" if sendings else "the gateway could not be reached"
        book.execute("UPDATE command SET detail = ? WHERE id = ?", (detail, command))
        _note(book, command, CommandEvent(now_us, CommandState.EXPIRED, SERVER, detail))
    return len(rows)


def record_answer(book: sqlite3.Connection, gateway: str, result: Result, arrival_us: int) -> Taken:
    """Settle what this gateway was asked, or keep what it did unasked.

    The same answer again changes nothing (P7).
    """
    state = ANSWERS.get(result.outcome)
    if state is None:
        return Taken.NO_ANSWER
    name = result.answers
    known = find(book, name)
    if known is not None and known.gateway != gateway:
        if not is_own(name):
            return Taken.UNKNOWN
        name = f"{name}@{gateway}"  # two gateways may name alike what they did by themselves
        known = find(book, name)
    if known is None:
        return _record_own(book, gateway, name, own_command(gateway, result, arrival_us))
    if state is known.state or state not in FOLLOWS[known.state]:
        return Taken.ALREADY
    book.execute(
        "UPDATE command SET state = ?, settled_us = ?, done_us = ?, detail = ? WHERE id = ?",
        (state.value, arrival_us, result.time, result.detail, known.id),
    )
    _note(book, known.id, CommandEvent(arrival_us, state, gateway, result.detail[:300]))
    return Taken.TAKEN


def _record_own(
    book: sqlite3.Connection, gateway: str, name: str, own: StoredCommand | None
) -> Taken:
    if own is None:
        return Taken.UNKNOWN
    own = replace(own, id=name)
    words = [getattr(own, column) for column in _NAMES[1:]]  # all but the number
    book.execute(
        f"INSERT INTO command ({', '.join(_NAMES[1:])})"  # noqa: S608 - constants of this module
        f" VALUES ({', '.join('?' * len(words))})",
        words,
    )
    _note(book, own.id, CommandEvent(own.asked_us, "asked", own.actor, ""))
    settled_us = own.settled_us or own.asked_us
    _note(book, own.id, CommandEvent(settled_us, own.state, gateway, own.detail[:300]))
    book.execute(
        "DELETE FROM command WHERE origin <> 'server' AND gateway = ?1 AND number <= (SELECT number"
        " FROM command WHERE origin <> 'server' AND gateway = ?1"
        " ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        (gateway, OWN_KEPT),
    )
    return Taken.OWN


def forget_settled(book: sqlite3.Connection, before_us: int, limit: int) -> int:
    """Delete at most `limit` commands settled before a time, with their audit; how many."""
    return book.execute(
        "DELETE FROM command WHERE number IN"
        " (SELECT number FROM command WHERE settled_us < ? ORDER BY number LIMIT ?)",
        (before_us, limit),
    ).rowcount


def _note(book: sqlite3.Connection, command: str, event: CommandEvent) -> None:
    book.execute(
        "INSERT INTO command_event SELECT ?1, count(*) + 1, ?2, ?3, ?4, ?5"
        " FROM command_event WHERE command = ?1",
        (command, event.at_us, event.event, event.who, event.detail),
    )


def _stored(row: tuple[Any, ...]) -> StoredCommand:
    words = dict(zip(_NAMES, row, strict=True))
    words["kind"] = CommandKind(words["kind"])
    words["state"] = CommandState(words["state"])
    words["origin"] = Origin(words["origin"])
    return StoredCommand(**words)
