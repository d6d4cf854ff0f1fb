"""Configurations over HTTP: what is wanted of a gateway, what is in force, and what came of it."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from ingest_server.api.office import Office
from ingest_server.api.page import Before, Limit, Moment, Page, cut, moment, moment_or_none
from ingest_server.api.problem import RefusedError, not_found
from ingest_server.control.wish import (
    Refusal,
    Refused,
    Wanted,
    Withdrawal,
    want,
    withdraw,
)
from ingest_server.db import desired_book
from ingest_server.db.desired_book import Desired, DesiredEvent, DesiredState
from ingest_server.db.registry import find_gateway

_TOML = 60_000
Actor = Annotated[str, Query(min_length=1, max_length=100, description="who withdraws it")]
Comment = Annotated[str | None, Query(max_length=1_000, description="why")]
Seen = Annotated[
    int | None,
    Query(ge=1, description="the version that you saw: when another is the newest, 409"),
]


class ConfigurationBody(BaseModel, extra="forbid"):
    """All lines and devices of the gateway as they are to be, who wants it, and why."""

    toml: Annotated[
        str,
        Field(
            min_length=1,
            max_length=_TOML,
            description="the tables [lines.…] and [devices.…] of an agent.toml, whole; no others",
        ),
    ]
    expected: Annotated[
        str,
        Field(
            max_length=128,
            description="the hash in force that you saw: when another is, the answer is 409",
        ),
    ]
    actor: Annotated[str, Field(min_length=1, max_length=100)]
    comment: Annotated[str | None, Field(max_length=1_000)] = None


class VersionView(BaseModel):
    """`config_hash`: in force there when it answered. `detail`: why the gateway did not take it.

    When it diverged also what differs, a line each: `- ` as wanted, `+ ` as in force there.
    """

    version: int
    withdrawn: Annotated[bool, Field(description="nothing is wanted; the site's own counts")]
    state: DesiredState
    based_on: str
    actor: str
    comment: str | None
    asked: Moment
    sendings: Annotated[int, Field(description="how often the broker took it")]
    settled: Moment | None
    done: Annotated[Moment | None, Field(description="by the gateway's clock, if it is set")]
    config_hash: str | None
    detail: str


class EventView(BaseModel):
    at: Moment
    event: str
    who: str
    detail: str


class VersionFileView(VersionView):
    """With its text and its audit, oldest first."""

    toml: str
    events: list[EventView]


class ConfigurationView(BaseModel):
    """`in_force`: the hash in the gateway's last birth. `desired`: what is wanted, if anything."""

    gateway: str
    in_force: str | None
    desired: VersionFileView | None


def router(office: Office) -> APIRouter:
    """The routes below /v1/gateways/{gateway}/config."""
    made = APIRouter(prefix="/v1/gateways/{gateway}/config", tags=["configurations"])
    _add_one(made, office)
    _add_withdrawal(made, office)
    _add_versions(made, office)
    return made


def _add_one(made: APIRouter, office: Office) -> None:
    @made.get("")
    async def look(gateway: str) -> ConfigurationView:
        """What is wanted, what is in force, and whether they agree."""
        return await _look(office, gateway)

    @made.put("", status_code=HTTPStatus.ACCEPTED)
    async def put(gateway: str, body: ConfigurationBody) -> ConfigurationView:
        """Want it of the gateway. The problem's `reason` says why not; nothing is sent then."""
        wanted = Wanted(
            gateway=gateway,
            toml=body.toml,
            expected=body.expected,
            actor=body.actor,
            comment=body.comment,
        )
        now_us = office.clock.utc_us()
        given = await office.book.transact(lambda book: want(book, wanted, office.profiles, now_us))
        if isinstance(given, Refused):
            raise _refusal(given, gateway)
        office.ordered()
        return await _look(office, gateway)


def _add_withdrawal(made: APIRouter, office: Office) -> None:
    @made.delete("", status_code=HTTPStatus.ACCEPTED)
    async def withdraw_(
        gateway: str,
        response: Response,
        actor: Actor,
        comment: Comment = None,
        version: Seen = None,
    ) -> ConfigurationView:
        """Want nothing any more: the gateway goes back to its site's file, once it hears of it.

        200 instead of 202 when it is so already.
        """
        asked = Withdrawal(gateway=gateway, version=version, actor=actor, comment=comment)
        now_us = office.clock.utc_us()
        given = await office.book.transact(lambda book: withdraw(book, asked, now_us))
        if isinstance(given, Refused):
            raise _refusal(given, gateway)
        if given is None or given.state is not DesiredState.PENDING:
            response.status_code = HTTPStatus.OK
        office.ordered()
        return await _look(office, gateway)


def _add_versions(made: APIRouter, office: Office) -> None:
    @made.get("/versions")
    async def list_(gateway: str, before: Before = None, limit: Limit = 100) -> Page[VersionView]:
        """The newest first."""
        rows = await office.read(
            office.book,
            lambda book: desired_book.versions(book, gateway, before=before, limit=limit + 1),
        )
        shown, more = cut(rows, limit)
        following = str(shown[-1].version) if more else None
        return Page(items=[VersionView(**_view(one)) for one in shown], next=following)

    @made.get("/versions/{version}")
    async def file(gateway: str, version: int) -> VersionFileView:
        """One version with its text and audit."""
        found = await office.read(
            office.book, lambda book: desired_book.find(book, gateway, version)
        )
        if found is None:
            raise not_found(f"configuration {version} of {gateway}")
        return await _file(office, found)


async def _look(office: Office, gateway: str) -> ConfigurationView:
    known = await office.read(office.book, lambda book: find_gateway(book, gateway))
    if known is None:
        raise not_found(f"gateway {gateway}")
    latest = await office.read(office.book, lambda book: desired_book.latest(book, gateway))
    desired = None if latest is None else await _file(office, latest)
    return ConfigurationView(gateway=gateway, in_force=known.config_hash, desired=desired)


async def _file(office: Office, one: Desired) -> VersionFileView:
    events = await office.read(
        office.book, lambda book: desired_book.events(book, one.gateway, one.version)
    )
    return VersionFileView(**_view(one), toml=one.toml, events=[_event(event) for event in events])


def _refusal(refused: Refused, gateway: str) -> RefusedError:
    if refused.why is Refusal.UNKNOWN_GATEWAY:
        return not_found(f"gateway {gateway}")
    text = "; ".join(refused.details)
    if refused.why is Refusal.VERSION_MISMATCH:
        text = f"version {text} of {gateway} is the newest: look at it, then withdraw that"
        return RefusedError(HTTPStatus.CONFLICT, refused.why.value, text)
    if refused.why is Refusal.HASH_MISMATCH:
        text = f"{text or 'nothing'} is in force at {gateway}: look at it, then want it again"
        return RefusedError(HTTPStatus.CONFLICT, refused.why.value, text)
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, refused.why.value, text)


def _view(one: Desired) -> dict[str, Any]:
    return {
        "version": one.version,
        "withdrawn": one.is_withdrawal,
        "state": one.state,
        "based_on": one.based_on,
        "actor": one.actor,
        "comment": one.comment,
        "asked": moment(one.asked_us),
        "sendings": one.sendings,
        "settled": moment_or_none(one.settled_us),
        "done": moment_or_none(one.done_us),
        "config_hash": one.config_hash,
        "detail": one.detail,
    }


def _event(one: DesiredEvent) -> EventView:
    return EventView(at=moment(one.at_us), event=one.event, who=one.who, detail=one.detail)
