"""What people and health ask of the outbox: deliveries by page, attempts of one, the backlog."""

import sqlite3
from typing import Any

from ingest_server.db.delivery import Attempt, Backlog, Delivery, DeliveryState

COLUMNS = (
    "number, id, receiver, alarm_id, revision, life_safety, snapshot, state, queued_us, attempts,"
    " failures, failing_since_us, next_us, settled_us, superseded_by"
)


def as_delivery(row: tuple[Any, ...]) -> Delivery:
    """A row of COLUMNS in words."""
    names = COLUMNS.split(", ")
    words = dict(zip(names, row, strict=True))
    words["life_safety"] = bool(words["life_safety"])
    words["state"] = DeliveryState(words["state"])
    return Delivery(**words)


def get(connection: sqlite3.Connection, delivery: str) -> Delivery | None:
    row = connection.execute(
        f"SELECT {COLUMNS} FROM delivery WHERE id = ?",  # noqa: S608 - a constant of this module
        (delivery,),
    ).fetchone()
    return None if row is None else as_delivery(row)


def page(
    connection: sqlite3.Connection,
    *,
    state: DeliveryState | None = None,
    receiver: str | None = None,
    alarm_id: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Delivery]:
    """The newest first. For the next page pass the last one's `number` as `before`."""
    wishes = {"state = ?": state, "receiver = ?": receiver, "alarm_id = ?": alarm_id}
    wishes["number < ?"] = None if before is None else str(before)
    given = {text: value for text, value in wishes.items() if value is not None}
    where = " AND ".join(given) or "TRUE"
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM delivery WHERE {where} ORDER BY number DESC LIMIT ?",  # noqa: S608
        (*given.values(), limit),
    )
    return [as_delivery(row) for row in rows]


def attempts(connection: sqlite3.Connection, delivery: str) -> list[Attempt]:
    """The log of one delivery, the first attempt first: the first 10 and the last 90 are kept."""
    rows = connection.execute(
        "SELECT number, at_us, outcome, status, latency_ms, answer FROM attempt"
        " WHERE delivery = ? ORDER BY number",
        (delivery,),
    )
    names = ("number", "at_us", "outcome", "status", "latency_ms", "answer")
    return [Attempt(**dict(zip(names, row, strict=True))) for row in rows]


def backlog(connection: sqlite3.Connection) -> list[Backlog]:
    """Per receiver that lacks something, also one that server.toml no longer names."""
    rows = connection.execute(
        # Each half reads an index of its own, so that the settled ones cost nothing.
        "SELECT receiver, count(*), sum(life_safety), min(queued_us) FROM ("
        " SELECT receiver, life_safety, queued_us FROM delivery INDEXED BY delivery_due"
        " WHERE state = 'waiting' UNION ALL"
        " SELECT receiver, life_safety, queued_us FROM delivery INDEXED BY delivery_behind"
        " WHERE state = 'behind') GROUP BY receiver ORDER BY receiver",
    )
    return [Backlog(*row) for row in rows]
