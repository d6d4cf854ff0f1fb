"""Deliveries over HTTP: what each receiver was told, is being told, and how it went."""

import logging
import sqlite3
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from ingest_server.api.alarms import OrderBody
from ingest_server.api.office import Office
from ingest_server.api.page import Before, Limit, Page, cut
from ingest_server.api.problem import RefusedError, not_found
from ingest_server.api.views import AttemptView, DeliveryView, attempt_view, delivery_view
from ingest_server.db import delivery_list
from ingest_server.db.delivery import DeliveryState, Replay
from ingest_server.db.outbox import replay

_log = logging.getLogger(__name__)


class DeliveryFileView(BaseModel):
    """The first 10 and the last 90 attempts are kept."""

    delivery: DeliveryView
    attempts: list[AttemptView]


def router(office: Office) -> APIRouter:
    """The routes below /v1/deliveries."""
    made = APIRouter(prefix="/v1/deliveries", tags=["deliveries"])

    @made.get("")
    async def list_(
        *,
        state: DeliveryState | None = None,
        receiver: str | None = None,
        alarm: Annotated[str | None, Query(description="id of an alarm")] = None,
        after: Before = None,
        limit: Limit = 100,
    ) -> Page[DeliveryView]:
        """The newest first."""
        rows = await office.read(
            office.book,
            lambda book: delivery_list.page(
                book,
                state=state,
                receiver=receiver,
                alarm_id=alarm,
                before=after,
                limit=limit + 1,
            ),
        )
        shown, more = cut(rows, limit)
        following = str(shown[-1].number) if more else None
        return Page(items=[delivery_view(one) for one in shown], next=following)

    @made.get("/{delivery_id}")
    async def file(delivery_id: str) -> DeliveryFileView:
        """One delivery by its webhook-id, with its attempts."""
        found = await office.read(office.book, lambda book: delivery_list.get(book, delivery_id))
        if found is None:
            raise not_found(f"delivery {delivery_id}")
        attempts = await office.read(
            office.book, lambda book: delivery_list.attempts(book, delivery_id)
        )
        return DeliveryFileView(
            delivery=delivery_view(found), attempts=[attempt_view(one) for one in attempts]
        )

    @made.post("/{delivery_id}/replay")
    async def replay_(delivery_id: str, body: OrderBody) -> DeliveryView:
        """Send a settled one once more, under its own id. 409 not_settled: it is on its way."""
        replayed = await office.book.transact(lambda book: _replay(book, office, delivery_id))
        _log.info("%s replayed delivery %s: %s", body.actor, delivery_id, replayed)
        if replayed is Replay.NOT_SETTLED:
            raise RefusedError(HTTPStatus.CONFLICT, replayed.value, "it is still on its way")
        found = await office.read(office.book, lambda book: delivery_list.get(book, delivery_id))
        if replayed is Replay.UNKNOWN or found is None:
            raise not_found(f"delivery {delivery_id}")
        return delivery_view(found)

    return made


def _replay(book: sqlite3.Connection, office: Office, delivery_id: str) -> Replay:
    replayed = replay(book, delivery_id)
    if replayed is Replay.QUEUED:
        office.queued()
    return replayed
