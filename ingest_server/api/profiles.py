"""Device profiles over HTTP: what people call a device and its points, in both languages."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from device_profiles.handbook import english
from device_profiles.model import DeviceKind, Profile, ValueKind
from ingest_server.api.office import Office
from ingest_server.api.page import Limit, Page, cut

After = Annotated[str, Query(max_length=64, description="`next` of the page before this one")]


class PointView(BaseModel):
    """`unit`: primary SenML unit (RFC 8428), for numbers only."""

    point: str
    value: ValueKind
    unit: str | None
    title: Annotated[dict[str, str], Field(description="by language")]


class ProfileView(BaseModel):
    profile: str
    kind: DeviceKind
    maker: str
    model: str
    title: Annotated[dict[str, str], Field(description="by language")]
    points: list[PointView]


def router(office: Office) -> APIRouter:
    """The routes below /v1/profiles."""
    made = APIRouter(prefix="/v1/profiles", tags=["profiles"])

    @made.get("")
    async def list_(after: After = "", limit: Limit = 100) -> Page[ProfileView]:
        """By id, as the server's catalogue has them."""
        known = sorted(name for name in office.profiles if name > after)
        shown, more = cut(known[: limit + 1], limit)
        items = [_view(office.profiles[name]) for name in shown]
        return Page(items=items, next=shown[-1] if more else None)

    return made


def _view(one: Profile) -> ProfileView:
    return ProfileView(
        profile=one.id,
        kind=one.kind,
        maker=english(one.maker),
        model=english(one.model),
        title=one.title.by_language(),
        points=[
            PointView(
                point=point.id,
                value=point.value,
                unit=point.unit,
                title=point.title.by_language(),
            )
            for point in one.points
        ],
    )
