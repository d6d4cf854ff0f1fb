"""Gateways over HTTP: presence, lag and ledger of each, its devices and what fed no rule."""

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ingest_server.alarm.known_profiles import KnownProfiles, RulesAre
from ingest_server.api.lanes import (
    LaneFileView,
    LaneView,
    is_heard,
    lane_file_view,
    lane_view,
    load_lanes,
)
from ingest_server.api.office import Office
from ingest_server.api.page import Limit, Moment, Page, cut, moment, moment_or_none
from ingest_server.api.problem import not_found
from ingest_server.db.desired_book import Desired, DesiredState, latest_of
from ingest_server.db.held import held_devices, not_evaluated
from ingest_server.db.lane_book import LaneBook
from ingest_server.db.registry import (
    Gateway,
    KnownDevice,
    find_gateway,
    list_devices,
    list_gateways,
)
from wire.topic import Lane

_DEVICES = 100
After = Annotated[str, Query(max_length=64, description="`next` of the page before this one")]


class WantedView(BaseModel):
    """The newest configuration that is wanted of it, and what came of that.

    `withdrawn`: that nothing is wanted any more.
    """

    version: int
    state: DesiredState
    withdrawn: bool = False


class GatewayView(BaseModel):
    """`presence` is what it said last; whether it is `silent` is judged by arrivals."""

    gateway: str
    presence: str | None
    silent: bool
    last_heard: Moment | None
    born: Annotated[Moment | None, Field(description="when its last birth came")]
    software: str | None
    version: str | None
    config_hash: str | None
    config: WantedView | None
    lanes: dict[Lane, LaneView]


class LineView(BaseModel):
    name: str
    kind: str


class DeviceView(BaseModel):
    """`retired`: since when its gateway names it no more."""

    device: str
    name: str | None
    profile: str
    profile_hash: str
    rules_hash: str
    rules: Annotated[
        RulesAre,
        Field(
            description="in_force: judged by the rules that the gateway has in force; pending: by"
            " others, until both hold the same; unknown: no such profile here, nothing is judged"
        ),
    ]
    line: str
    place: str | None
    named: Moment
    retired: Moment | None


class GatewayFileView(GatewayView):
    """`held`: readings of devices that no birth has named, by device."""

    boot: str | None
    connection: int | None
    lines: list[LineView]
    lanes: dict[Lane, LaneFileView]  # type: ignore[assignment]  # narrower than in the list
    devices: Page[DeviceView]
    held: dict[str, int]
    not_evaluated: Annotated[dict[str, int], Field(description="readings, by reason")]


def router(office: Office) -> APIRouter:
    """The routes below /v1/gateways."""
    profiles = KnownProfiles(office.profiles)
    made = APIRouter(prefix="/v1/gateways", tags=["gateways"])

    @made.get("")
    async def list_(after: After = "", limit: Limit = 100) -> Page[GatewayView]:
        """By id."""
        rows = await office.read(office.book, lambda book: list_gateways(book, after, limit + 1))
        shown, more = cut(rows, limit)
        wanted = await _wanted(office, [one.gateway for one in shown])
        books = await office.read(
            office.journal,
            lambda journal: {one.gateway: load_lanes(journal, one.gateway) for one in shown},
        )
        items = [
            _summary(office, one, books[one.gateway], wanted.get(one.gateway)) for one in shown
        ]
        return Page(items=items, next=shown[-1].gateway if more else None)

    @made.get("/{gateway}")
    async def file(gateway: str) -> GatewayFileView:
        """With the ledger of each epoch and its devices."""
        books = await office.read(office.journal, lambda journal: load_lanes(journal, gateway))
        known = await office.read(office.book, lambda book: find_gateway(book, gateway))
        if known is None and not is_heard(books):
            raise not_found(f"gateway {gateway}")
        held, missed, devices = await office.read(
            office.book, lambda book: _more(book, profiles, gateway)
        )
        known = known or _unborn(gateway)
        wanted = (await _wanted(office, [gateway])).get(gateway)
        now_us = office.clock.utc_us()
        return GatewayFileView(
            **{
                **dict(_summary(office, known, books, wanted)),
                "lanes": {lane: lane_file_view(book, now_us) for lane, book in books.items()},
            },
            boot=known.boot,
            connection=known.connection,
            lines=[LineView(name=line.name, kind=line.kind) for line in known.lines],
            devices=devices,
            held=held,
            not_evaluated=missed,
        )

    @made.get("/{gateway}/devices")
    async def devices(gateway: str, after: After = "", limit: Limit = 100) -> Page[DeviceView]:
        """By id, retired ones too."""
        return await office.read(
            office.book, lambda book: _devices(book, profiles, gateway, after, limit)
        )

    return made


async def _wanted(office: Office, gateways: list[str]) -> dict[str, Desired]:
    return await office.read(office.book, lambda book: latest_of(book, gateways))


def _summary(
    office: Office, known: Gateway, books: dict[Lane, LaneBook], wanted: Desired | None
) -> GatewayView:
    now_us = office.clock.utc_us()
    heard_us = max(books[Lane.URGENT].arrival_us, known.heard_us or 0)
    return GatewayView(
        gateway=known.gateway,
        presence=known.presence,
        silent=now_us - heard_us > office.gateway_silent_us,
        last_heard=moment_or_none(heard_us or None),
        born=moment_or_none(known.born_us),
        software=known.software,
        version=known.version,
        config_hash=known.config_hash,
        config=None if wanted is None else _newest(wanted),
        lanes={lane: lane_view(book, now_us) for lane, book in books.items()},
    )


def _newest(one: Desired) -> WantedView:
    return WantedView(version=one.version, state=one.state, withdrawn=one.is_withdrawal)


def _unborn(gateway: str) -> Gateway:
    """One that sends, but has not said yet what it is."""
    return Gateway(
        gateway=gateway,
        born_us=None,
        boot=None,
        connection=None,
        software=None,
        version=None,
        config_hash=None,
        lines=(),
        presence=None,
        heard_us=None,
        returned_us=None,
        clones=0,
        cloned_us=None,
    )


def _more(
    book: sqlite3.Connection, profiles: KnownProfiles, gateway: str
) -> tuple[dict[str, int], dict[str, int], Page[DeviceView]]:
    devices = _devices(book, profiles, gateway, "", _DEVICES)
    return held_devices(book, gateway), not_evaluated(book, gateway), devices


def _devices(
    book: sqlite3.Connection, profiles: KnownProfiles, gateway: str, after: str, limit: int
) -> Page[DeviceView]:
    shown, more = cut(list_devices(book, gateway, after, limit + 1), limit)
    items = [_device(one, profiles.rules_are(one)) for one in shown]
    return Page(items=items, next=shown[-1].device if more else None)


def _device(one: KnownDevice, rules: RulesAre) -> DeviceView:
    return DeviceView(
        rules=rules,
        device=one.device,
        name=one.name,
        profile=one.profile,
        profile_hash=one.profile_hash,
        rules_hash=one.rules_hash,
        line=one.line,
        place=one.place,
        named=moment(one.named_us),
        retired=moment_or_none(one.retired_us),
    )
