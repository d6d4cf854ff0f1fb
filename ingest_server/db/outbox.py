"""The outbox in book.db: what each receiver must still be told, in order, and how it went.

A *line* is one receiver and one alarm. Of its unsettled revisions the oldest is `waiting`, the
others are `behind`; each function here keeps that, given one transaction of its own or its
caller's. Only the deliverer decides when a row that is waiting is tried.
"""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from ingest_server.db.delivery import Attempt, Delivery, Replay, Superseded, delivery_id
from ingest_server.db.delivery_list import COLUMNS, as_delivery
from ingest_server.db.snapshot import Snapshot
from ingest_server.receiver import Match, Receiver, match

Line = tuple[str, str]  # receiver, alarm id

_UNSETTLED = "state IN ('waiting', 'behind')"
_FIRST_KEPT, _LAST_KEPT = 10, 90  # attempts remembered of one delivery that fails for days


def enqueue(
    connection: sqlite3.Connection,
    snapshot: Snapshot,
    receivers: Iterable[Receiver],
    now_us: int,
) -> tuple[str, ...]:
    """Queue the revision for every receiver that wants it; return the ids that are new.

    Repeating it changes nothing. A receiver that has been told of the alarm before is told of
    this revision too, whatever its filters say now: it must learn how the alarm went on.
    """
    encoded = msgspec.json.encode(snapshot)
    ids: list[str] = []
    for receiver in receivers:
        line = (receiver.id, snapshot.alarm_id)
        if _match(receiver, snapshot) is Match.WANTED or _was_told(connection, line):
            ids += _insert(connection, line, snapshot, encoded, now_us)
    return tuple(ids)


def due(
    connection: sqlite3.Connection,
    receiver: str,
    *,
    life_safety: bool,
    now_us: int,
    horizon_us: int,
    limit: int,
) -> list[Delivery]:
    """Deliveries to try now, the longest due first; those never tried come before all others.

    A row due later than `horizon_us` from now was written before the clock stepped back: no
    schedule reaches so far, so it counts as due.
    """
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM delivery WHERE state = 'waiting' AND receiver = ?"  # noqa: S608
        " AND life_safety = ? AND (next_us <= ? OR next_us > ?) ORDER BY next_us, number LIMIT ?",
        (receiver, life_safety, now_us, now_us + horizon_us, limit),
    )
    return [as_delivery(row) for row in rows]


def overdue(connection: sqlite3.Connection, now_us: int, patience_us: int) -> list[Line]:
    """Lines without a success for `patience_us` that hold a newer revision to go instead."""
    rows = connection.execute(
        # CROSS JOIN keeps this order: the few that are behind first, never the whole history.
        "SELECT DISTINCT head.receiver, head.alarm_id"
        " FROM delivery AS behind INDEXED BY delivery_behind CROSS JOIN delivery AS head"
        " WHERE behind.state = 'behind' AND head.state = 'waiting'"
        " AND head.receiver = behind.receiver AND head.alarm_id = behind.alarm_id"
        " AND (head.failing_since_us <= ? OR head.failing_since_us > ?)",
        (now_us - patience_us, now_us),
    )
    return [(receiver, alarm_id) for receiver, alarm_id in rows]


def supersede(connection: sqlite3.Connection, line: Line, now_us: int) -> Superseded | None:
    """Let the newest revision of the line pass all others; None when there is none to pass.

    It is tried at once, or when the rest ends that the receiver asked for.
    """
    rows: list[tuple[str, int, str]] = connection.execute(
        f"SELECT id, revision, state FROM delivery WHERE receiver = ? AND alarm_id = ?"  # noqa: S608
        f" AND {_UNSETTLED} ORDER BY revision DESC",
        line,
    ).fetchall()
    if len(rows) < 2:  # noqa: PLR2004 - it takes two to pass
        return None
    (winner, revision, state), *losers = rows
    if state != "waiting":
        _take_the_head(connection, line, winner)
    connection.executemany(
        "UPDATE delivery SET state = 'superseded', superseded_by = ?, settled_us = ? WHERE id = ?",
        [(winner, now_us, loser) for loser, _, _ in losers],
    )
    passed = tuple((loser, older) for loser, older, _ in losers)
    return Superseded(winner, *line, revision, passed)


def record_delivered(connection: sqlite3.Connection, delivery: str, attempt: Attempt) -> None:
    """Settle it after a 2xx and let the next revision of its line come to the front."""
    _log(connection, delivery, attempt)
    row = connection.execute(
        "UPDATE delivery SET state = 'delivered', settled_us = ?, failing_since_us = NULL"
        " WHERE id = ? AND state = 'waiting' RETURNING receiver, alarm_id",
        (attempt.at_us + attempt.latency_ms * 1_000, delivery),
    ).fetchone()
    if row is not None:
        connection.execute(
            "UPDATE delivery SET state = 'waiting' WHERE id = (SELECT id FROM delivery"
            " WHERE receiver = ? AND alarm_id = ? AND state = 'behind' ORDER BY revision LIMIT 1)",
            row,
        )


def record_failed(
    connection: sqlite3.Connection,
    delivery: str,
    attempt: Attempt,
    *,
    now_us: int,
    next_us: int,
    hold_us: int = 0,
) -> None:
    """Keep it waiting until `next_us`. `hold_us`: until when the receiver asked for rest, or 0."""
    _log(connection, delivery, attempt)
    connection.execute(
        "UPDATE delivery SET failures = failures + 1, next_us = ?, hold_us = ?,"
        " failing_since_us = coalesce(failing_since_us, ?) WHERE id = ? AND state = 'waiting'",
        (next_us, hold_us, now_us, delivery),
    )


def replay(connection: sqlite3.Connection, delivery: str) -> Replay:
    """Send a settled delivery once more under its own id, after what its line still holds."""
    row = connection.execute(
        "SELECT receiver, alarm_id, settled_us FROM delivery WHERE id = ?",
        (delivery,),
    ).fetchone()
    if row is None:
        return Replay.UNKNOWN
    receiver, alarm_id, settled_us = row
    if settled_us is None:
        return Replay.NOT_SETTLED
    connection.execute(
        "UPDATE delivery SET state = ?, failures = 0, failing_since_us = NULL, next_us = 0,"
        " hold_us = 0, settled_us = NULL, superseded_by = NULL WHERE id = ?",
        (_state_at_the_end(connection, (receiver, alarm_id)), delivery),
    )
    return Replay.QUEUED


def forget_settled(connection: sqlite3.Connection, before_us: int, limit: int) -> int:
    """Delete at most `limit` deliveries settled before a time, with their attempts; how many."""
    return connection.execute(
        "DELETE FROM delivery WHERE number IN"
        " (SELECT number FROM delivery WHERE settled_us < ? ORDER BY settled_us LIMIT ?)",
        (before_us, limit),
    ).rowcount


def _match(receiver: Receiver, snapshot: Snapshot) -> Match:
    return match(
        receiver,
        alarm_class=snapshot.alarm_class,
        severity=snapshot.severity,
        life_safety=snapshot.life_safety,
        gateway=snapshot.gateway,
        place=snapshot.place,
    )


def _was_told(connection: sqlite3.Connection, line: Line) -> bool:
    query = "SELECT 1 FROM delivery WHERE receiver = ? AND alarm_id = ? LIMIT 1"
    return connection.execute(query, line).fetchone() is not None


def _state_at_the_end(connection: sqlite3.Connection, line: Line) -> str:
    query = f"SELECT 1 FROM delivery WHERE receiver = ? AND alarm_id = ? AND {_UNSETTLED} LIMIT 1"  # noqa: S608
    return "waiting" if connection.execute(query, line).fetchone() is None else "behind"


def _insert(
    connection: sqlite3.Connection,
    line: Line,
    snapshot: Snapshot,
    encoded: bytes,
    now_us: int,
) -> Sequence[str]:
    identity = delivery_id(snapshot.alarm_id, snapshot.revision, line[0])
    # Not OR IGNORE: that would also swallow a row that the table's other constraints refuse.
    inserted = connection.execute(
        "INSERT INTO delivery"
        " (id, receiver, alarm_id, revision, life_safety, snapshot, state, queued_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            identity,
            *line,
            snapshot.revision,
            snapshot.life_safety,
            encoded,
            _state_at_the_end(connection, line),
            now_us,
        ),
    ).rowcount
    return [identity] if inserted else []


def _take_the_head(connection: sqlite3.Connection, line: Line, winner: str) -> None:
    """The line, not the row, has been failing; and the rest asked for is the receiver's."""
    failing_since_us, hold_us = connection.execute(
        "SELECT failing_since_us, hold_us FROM delivery"
        " WHERE receiver = ? AND alarm_id = ? AND state = 'waiting'",
        line,
    ).fetchone()
    connection.execute(
        "UPDATE delivery SET state = 'waiting', failing_since_us = ?, next_us = ?, hold_us = ?"
        " WHERE id = ?",
        (failing_since_us, hold_us, hold_us, winner),
    )


def _log(connection: sqlite3.Connection, delivery: str, attempt: Attempt) -> None:
    row = connection.execute(
        "UPDATE delivery SET attempts = attempts + 1 WHERE id = ? RETURNING attempts",
        (delivery,),
    ).fetchone()
    if row is None:
        return  # forgotten meanwhile
    (number,) = row
    connection.execute(
        "INSERT INTO attempt (delivery, number, at_us, outcome, status, latency_ms, answer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            delivery,
            number,
            attempt.at_us,
            attempt.outcome,
            attempt.status,
            attempt.latency_ms,
            attempt.answer,
        ),
    )
    connection.execute(
        "DELETE FROM attempt WHERE delivery = ? AND number > ? AND number <= ?",
        (delivery, _FIRST_KEPT, number - _LAST_KEPT),
    )
