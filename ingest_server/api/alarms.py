"""Alarms over HTTP: the list, the file of one, acknowledge and reset."""

import sqlite3
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.alarm.lifecycle import Refused
from ingest_server.alarm.operate import Order, acknowledge, reset
from ingest_server.api.office import Office
from ingest_server.api.page import Before, Limit, Moment, Page, moment, moment_or_none
from ingest_server.api.problem import RefusedError, not_found
from ingest_server.api.views import AlarmView, DeliveryView, alarm_view, delivery_view
from ingest_server.db import delivery_list
from ingest_server.db.alarm_book import (
    AlarmFile,
    Enqueue,
    Episode,
    Filters,
    Operation,
    Which,
    get_alarm,
    list_alarms,
)
from ingest_server.db.delivery import Delivery
from ingest_server.db.snapshot import Snapshot

_DELIVERIES = 200
Operate = Callable[[sqlite3.Connection, Order, Enqueue], Snapshot | Refused]


class EpisodeView(BaseModel):
    """The condition held from `start` until `end` (null: still), in source time."""

    start: Moment
    end: Moment | None
    learned: Moment
    withdrawn: bool


class OperationView(BaseModel):
    at: Moment
    actor: str
    action: str
    outcome: str
    comment: str | None


class AlarmFileView(BaseModel):
    """Revisions, episodes and operations oldest first; the newest 200 deliveries newest first."""

    alarm: AlarmView
    revisions: list[AlarmView]
    episodes: list[EpisodeView]
    operations: list[OperationView]
    deliveries: list[DeliveryView]


class OrderBody(BaseModel, extra="forbid"):
    """Who asks, and why."""

    actor: Annotated[str, Field(min_length=1, max_length=100)]
    comment: Annotated[str | None, Field(max_length=1_000)] = None


def router(office: Office) -> APIRouter:
    """The routes below /v1/alarms."""
    made = APIRouter(prefix="/v1/alarms", tags=["alarms"])
    _add_lists(made, office)
    _add_orders(made, office)
    return made


def _add_lists(made: APIRouter, office: Office) -> None:
    def view(snapshot: Snapshot) -> AlarmView:
        return alarm_view(snapshot, office.places, office.alarms_url)

    @made.get("")
    async def list_(
        *,
        state: Which = Which.OPEN,
        gateway: str | None = None,
        device: str | None = None,
        rule: str | None = None,
        alarm_class: Annotated[AlarmClass | None, Query(alias="class")] = None,
        severity: Severity | None = None,
        after: Before = None,
        limit: Limit = 100,
    ) -> Page[AlarmView]:
        """The newest alarm first."""
        filters = Filters(gateway, device, rule, alarm_class, severity)
        page = await office.read(
            office.book,
            lambda book: list_alarms(book, which=state, after=after, limit=limit, filters=filters),
        )
        following = None if page.next is None else str(page.next)
        return Page(items=[view(one) for one in page.alarms], next=following)

    @made.get("/{alarm_id}")
    async def file(alarm_id: str) -> AlarmFileView:
        """All that the book has of one alarm, and what receivers were told of it."""
        found, deliveries = await office.read(office.book, lambda book: _look(book, alarm_id))
        if found is None:
            raise not_found(f"alarm {alarm_id}")
        return AlarmFileView(
            alarm=view(found.latest),
            revisions=[view(one) for one in found.revisions],
            episodes=[_episode(one) for one in found.episodes],
            operations=[_operation(one) for one in found.operations],
            deliveries=[delivery_view(one) for one in deliveries],
        )


def _add_orders(made: APIRouter, office: Office) -> None:
    async def operate(how: Operate, alarm_id: str, body: OrderBody) -> AlarmView:
        order = Order(alarm_id, body.actor, body.comment, office.clock.utc_us())
        after = await office.book.transact(lambda book: how(book, order, office.enqueue))
        if isinstance(after, Refused):
            raise _refusal(after, alarm_id)
        return alarm_view(after, office.places, office.alarms_url)

    @made.post("/{alarm_id}/acknowledge")
    async def acknowledge_(alarm_id: str, body: OrderBody) -> AlarmView:
        """Somebody has taken note. 409 names why not: closed, already_acknowledged."""
        return await operate(acknowledge, alarm_id, body)

    @made.post("/{alarm_id}/reset")
    async def reset_(alarm_id: str, body: OrderBody) -> AlarmView:
        """Let go of a latched alarm. 409: closed, still_active, not_acknowledged, not_latched."""
        return await operate(reset, alarm_id, body)


def _look(book: sqlite3.Connection, alarm_id: str) -> tuple[AlarmFile | None, list[Delivery]]:
    deliveries = delivery_list.page(book, alarm_id=alarm_id, limit=_DELIVERIES)
    return get_alarm(book, alarm_id), deliveries


def _episode(episode: Episode) -> EpisodeView:
    return EpisodeView(
        start=moment(episode.start_us),
        end=moment_or_none(episode.end_us),
        learned=moment(episode.learned_us),
        withdrawn=episode.withdrawn,
    )


def _operation(operation: Operation) -> OperationView:
    return OperationView(
        at=moment(operation.at_us),
        actor=operation.actor,
        action=operation.action,
        outcome=operation.outcome,
        comment=operation.comment,
    )


_WHY = {
    Refused.CLOSED: "the alarm is closed",
    Refused.ALREADY_ACKNOWLEDGED: "the alarm has been acknowledged already",
    Refused.NOT_ACKNOWLEDGED: "acknowledge the alarm first",
    Refused.STILL_ACTIVE: "the condition still holds; see to the device first",
    Refused.NOT_LATCHED: "the alarm does not latch: it closes by itself",
}


def _refusal(refused: Refused, alarm_id: str) -> RefusedError:
    if refused is Refused.NOT_FOUND:
        return not_found(f"alarm {alarm_id}")
    return RefusedError(HTTPStatus.CONFLICT, refused.value, _WHY.get(refused, refused.value))
