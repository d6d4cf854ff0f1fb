"""How every list is cut into pages, and how times are written."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from ingest_server.notify.moment import rfc3339

T = TypeVar("T")
Item = TypeVar("Item", bound=BaseModel)

MOST = 500
Limit = Annotated[int, Query(ge=1, le=MOST, description="how many at most")]
Before = Annotated[
    int | None, Query(alias="after", ge=1, description="`next` of the page before this one")
]
Moment = Annotated[
    str, Field(description="RFC 3339, UTC", json_schema_extra={"format": "date-time"})
]


class Page(BaseModel, Generic[Item]):
    """`next`: pass it as `after` for the page that follows; null at the end."""

    items: list[Item]
    next: str | None


def cut(rows: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """Of limit + 1 rows asked for: those to show, and whether there are more."""
    return rows[:limit], len(rows) > limit


def moment(utc_us: int) -> Moment:
    return rfc3339(utc_us)


def moment_or_none(utc_us: int | None) -> Moment | None:
    return None if utc_us is None else rfc3339(utc_us)
