"""Readings over HTTP: the newest of each series, a stretch of one, and a chart of it."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from ingest_server.api.office import Office
from ingest_server.api.page import MOST, Limit, Moment, Page, cut, moment
from ingest_server.db.journal import lane_states
from ingest_server.notify.moment import EPOCH
from ingest_server.store.point import Point
from ingest_server.store.port import Bucket, Series, Stretch
from wire.topic import Lane

_LATEST_US = 4_102_444_800_000_000
_WIDEST_S = 366 * 86_400


class ReadingView(BaseModel):
    """`value` is null when the quality is bad."""

    time: Moment
    value: float | bool | str | None
    unit: str | None
    quality: str
    clock: Annotated[str, Field(description="how far the time may be trusted")]


class LatestView(ReadingView):
    """`stale`: its gateway has not been heard for too long, so nobody knows what it is now."""

    gateway: str
    device: str
    point: str
    age_seconds: float
    stale: bool


class BucketView(BaseModel):
    """The numbers of one stretch of time that begins at `start`, a multiple of its width."""

    start: Moment
    min: float
    max: float
    mean: float
    count: int


def router(office: Office) -> APIRouter:
    """The routes below /v1/readings."""
    made = APIRouter(prefix="/v1/readings", tags=["readings"])

    @made.get("/latest")
    async def latest(
        gateway: str | None = None,
        device: str | None = None,
        after: Annotated[str, Query(max_length=200)] = "",
        limit: Limit = 100,
    ) -> Page[LatestView]:
        """By gateway, device and point."""
        begin = Series(*[*after.split(":"), "", ""][:3])
        async with office.readers:
            rows = await office.store.latest(
                gateway=gateway, device=device, after=begin, limit=limit + 1
            )
        shown, more = cut(rows, limit)
        lanes = await office.read(office.journal, lane_states)
        heard = {one.gateway: one.arrival_us for one in lanes if one.lane is Lane.URGENT}
        last = f"{shown[-1].gateway}:{shown[-1].device}:{shown[-1].point}" if more else None
        return Page(items=[_latest(office, one, heard) for one in shown], next=last)

    @made.get("")
    async def stretch(
        *,
        gateway: str,
        device: str,
        point: str,
        start: Annotated[AwareDatetime | None, Query(description="RFC 3339; included")] = None,
        end: Annotated[AwareDatetime | None, Query(description="RFC 3339; not included")] = None,
        limit: Annotated[int, Query(ge=1, le=20 * MOST)] = MOST,
    ) -> Page[ReadingView]:
        """One series, the oldest first. `next` is the `start` of the page that follows."""
        asked = Stretch(_microseconds(start, 0), _microseconds(end, _LATEST_US))
        async with office.readers:
            rows = await office.store.range(Series(gateway, device, point), asked, limit + 1)
        shown, more = cut(rows, limit)
        following = moment(rows[-1].time_us) if more else None
        return Page(items=[_reading(one) for one in shown], next=following)

    @made.get("/downsampled")
    async def downsampled(
        *,
        gateway: str,
        device: str,
        point: str,
        width_seconds: Annotated[int, Query(ge=1, le=_WIDEST_S, description="of a bucket")],
        start: Annotated[AwareDatetime | None, Query(description="RFC 3339; included")] = None,
        end: Annotated[AwareDatetime | None, Query(description="RFC 3339; not included")] = None,
        limit: Annotated[int, Query(ge=1, le=20 * MOST)] = MOST,
    ) -> Page[BucketView]:
        """Least, most, mean and count, the oldest first. `next` is the `start` of the next page.

        States, texts and what is bad have no number; a bucket without numbers is left out.
        """
        asked = Stretch(_microseconds(start, 0), _microseconds(end, _LATEST_US))
        series, width_us = Series(gateway, device, point), width_seconds * 1_000_000
        async with office.readers:
            rows = await office.store.downsampled(series, asked, width_us, limit + 1)
        shown, more = cut(rows, limit)
        following = moment(rows[-1].start_us) if more else None
        return Page(items=[_bucket(one) for one in shown], next=following)

    return made


def _microseconds(given: datetime | None, otherwise: int) -> int:
    return otherwise if given is None else (given - EPOCH) // timedelta(microseconds=1)


def _bucket(one: Bucket) -> BucketView:
    return BucketView(
        start=moment(one.start_us),
        min=one.minimum,
        max=one.maximum,
        mean=one.mean,
        count=one.count,
    )


def _reading(one: Point) -> ReadingView:
    return ReadingView(
        time=moment(one.time_us),
        value=one.value,
        unit=one.unit,
        quality=one.quality,
        clock=one.clock,
    )


def _latest(office: Office, one: Point, heard: dict[str, int]) -> LatestView:
    now_us = office.clock.utc_us()
    return LatestView(
        **dict(_reading(one)),
        gateway=one.gateway,
        device=one.device,
        point=one.point,
        age_seconds=(now_us - one.time_us) / 1_000_000,
        stale=now_us - heard.get(one.gateway, 0) > office.gateway_silent_us,
    )
