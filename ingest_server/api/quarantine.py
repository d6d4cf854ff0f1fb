"""The quarantine over HTTP: which messages were refused and why, one whole, and its replay."""

import logging
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ingest_server.api.alarms import OrderBody
from ingest_server.api.office import Office
from ingest_server.api.page import (
    Before,
    Limit,
    Moment,
    Page,
    cut,
    moment,
    moment_or_none,
)
from ingest_server.api.problem import RefusedError, not_found
from ingest_server.db.quarantine_list import Kept, Quarantined, find, page
from ingest_server.intake.legible import legible
from ingest_server.intake.replay import IN, Replayed, replay

_log = logging.getLogger(__name__)

_SHOWN = 65_536


class QuarantinedView(BaseModel):
    """`times`: how often the same message came. `outcome`: of its last replay."""

    id: int
    first: Moment
    last: Moment
    times: int
    topic: str
    gateway: str | None
    reason: str
    detail: str
    payload_bytes: int
    replayed: bool
    tried: Moment | None
    tried_by: str | None
    outcome: str | None


class QuarantinedFileView(QuarantinedView):
    """`whole`: whether `text` is all of the payload, inflated if it said that it was packed."""

    properties: Annotated[list[tuple[str, str]], Field(description="MQTT user properties")]
    content_type: str | None
    payload_hex: Annotated[str, Field(description="the first 65 536 bytes, as they came")]
    text: str
    whole: bool


class ReplayedView(BaseModel):
    """`stored`, or `duplicate` when all that it says had come in another way."""

    outcome: Replayed
    detail: str


def router(office: Office) -> APIRouter:
    """The routes below /v1/quarantine."""
    made = APIRouter(prefix="/v1/quarantine", tags=["quarantine"])
    _add_lists(made, office)

    @made.post("/{number}/replay")
    async def replay_(number: int, body: OrderBody) -> ReplayedView:
        """Through admission and intake again. 409: still_refused, outdated, already_replayed."""
        now_us = office.clock.utc_us()
        tried = await office.journal.transact(
            lambda journal: replay(journal, number, body.actor, now_us)
        )
        _log.info("%s replayed message %d of the quarantine: %s", body.actor, number, tried.outcome)
        if tried.outcome is Replayed.NOT_FOUND:
            raise not_found(f"message {number} in the quarantine")
        if tried.outcome not in IN:
            raise RefusedError(HTTPStatus.CONFLICT, tried.outcome.value, tried.detail)
        office.taken_in()
        return ReplayedView(outcome=tried.outcome, detail=tried.detail)

    return made


def _add_lists(made: APIRouter, office: Office) -> None:
    @made.get("")
    async def list_(
        gateway: str | None = None,
        reason: str | None = None,
        after: Before = None,
        limit: Limit = 100,
    ) -> Page[QuarantinedView]:
        """The newest first."""
        rows = await office.read(
            office.journal,
            lambda journal: page(
                journal, gateway=gateway, reason=reason, before=after, limit=limit + 1
            ),
        )
        shown, more = cut(rows, limit)
        following = str(shown[-1].id) if more else None
        return Page(items=[_view(one) for one in shown], next=following)

    @made.get("/{number}")
    async def file(number: int) -> QuarantinedFileView:
        """One message whole: in hex, and in words as far as that goes."""
        found = await office.read(office.journal, lambda journal: find(journal, number))
        if found is None:
            raise not_found(f"message {number} in the quarantine")
        return _file(found)


def _view(one: Quarantined) -> QuarantinedView:
    return QuarantinedView(
        id=one.id,
        first=moment(one.first_us),
        last=moment(one.last_us),
        times=one.times,
        topic=one.topic,
        gateway=one.gateway,
        reason=one.reason,
        detail=one.detail,
        payload_bytes=one.payload_bytes,
        replayed=one.replayed,
        tried=moment_or_none(one.tried_us),
        tried_by=one.tried_by,
        outcome=one.outcome,
    )


def _file(one: Kept) -> QuarantinedFileView:
    text, whole = legible(one.payload, one.properties, _SHOWN)
    return QuarantinedFileView(
        **dict(_view(one.summary)),
        properties=one.properties,
        content_type=one.content_type,
        payload_hex=one.payload[:_SHOWN].hex(),
        text=text,
        whole=whole,
    )
