"""What an operator does to an alarm: acknowledge and reset, each audited, each harmless twice."""

import sqlite3
from dataclasses import dataclass

from ingest_server.alarm.lifecycle import Event, Refused
from ingest_server.alarm.record import revise
from ingest_server.db.alarm_book import (
    Alarm,
    Enqueue,
    Operation,
    find_alarm,
    note_operation,
    publish,
)
from ingest_server.db.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks what of which alarm, and when (UTC us)."""

    alarm_id: str
    actor: str
    comment: str | None
    now_us: int


def acknowledge(
    connection: sqlite3.Connection,
    order: Order,
    enqueue: Enqueue,
) -> Snapshot | Refused:
    """Take note of the alarm. Refused: NOT_FOUND, CLOSED, ALREADY_ACKNOWLEDGED.

    Call within a transaction on book.db. A refusal changes nothing but the audit.
    """
    return _operate(connection, Event.ACKNOWLEDGE, order, enqueue)


def reset(
    connection: sqlite3.Connection,
    order: Order,
    enqueue: Enqueue,
) -> Snapshot | Refused:
    """Let go of a latched alarm, which closes it.

    Refused: NOT_FOUND, CLOSED, STILL_ACTIVE, NOT_ACKNOWLEDGED, NOT_LATCHED. Call within a
    transaction on book.db. A refusal changes nothing but the audit.
    """
    return _operate(connection, Event.RESET, order, enqueue)


def _operate(
    connection: sqlite3.Connection,
    event: Event,
    order: Order,
    enqueue: Enqueue,
) -> Snapshot | Refused:
    alarm = find_alarm(connection, order.alarm_id)
    after = Refused.NOT_FOUND if alarm is None else _revise(alarm, event, order)
    outcome = after.value if isinstance(after, Refused) else "done"
    note_operation(
        connection,
        order.alarm_id,
        Operation(order.now_us, order.actor, event.value, outcome, order.comment),
    )
    if isinstance(after, Refused):
        return after
    publish(connection, after, enqueue)
    return after.snapshot


def _revise(alarm: Alarm, event: Event, order: Order) -> Alarm | Refused:
    return revise(alarm, event, order.now_us, actor=order.actor, comment=order.comment)
