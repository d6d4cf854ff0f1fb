"""The quarantine over HTTP: which messages were refused and why."""

from fastapi import APIRouter
from pydantic import BaseModel

from ingest_server.api.office import Office
from ingest_server.api.page import Before, Limit, Moment, Page, cut, moment
from ingest_server.db.quarantine_list import Quarantined, page


class QuarantinedView(BaseModel):
    """`times`: how often the same message came."""

    id: int
    first: Moment
    last: Moment
    times: int
    topic: str
    gateway: str | None
    reason: str
    detail: str
    payload_bytes: int


def router(office: Office) -> APIRouter:
    """The routes below /v1/quarantine."""
    made = APIRouter(prefix="/v1/quarantine", tags=["quarantine"])

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

    return made


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
    )
