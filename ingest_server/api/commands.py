"""Commands over HTTP: ask something of a gateway or its device, and see what came of it."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ingest_server.api.office import Office
from ingest_server.api.page import Before, Limit, Moment, Page, cut, moment, moment_or_none
from ingest_server.api.problem import RefusedError, not_found
from ingest_server.control.order import OPEN_MOST, Asked, Refusal, allowed, give
from ingest_server.db import command_book
from ingest_server.db.command import CommandEvent, CommandState, Origin, StoredCommand
from ingest_server.db.registry import find_device
from wire.command import CommandKind

_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"
_SECOND_US = 1_000_000


class CommandBody(BaseModel, extra="forbid"):
    """What is to be done, who asks, and why."""

    kind: CommandKind
    device: Annotated[str | None, Field(pattern=_ID)] = None
    action: Annotated[
        str | None,
        Field(pattern=r"^[a-z][a-z0-9_]{0,31}$", description="one that the profile allows"),
    ] = None
    actor: Annotated[str, Field(min_length=1, max_length=100)]
    comment: Annotated[str | None, Field(max_length=1_000)] = None
    expires_in: Annotated[
        int, Field(ge=5, le=3_600, description="seconds from now; later it is not carried out")
    ] = 60
    id: Annotated[
        str | None,
        Field(pattern=_ID, description="yours: the same id once more is not another command"),
    ] = None


class CommandView(BaseModel):
    """`detail`: what the gateway says of it (diagnostics: its health as JSON).

    `origin` local_action: the gateway did it of itself; site: a person in front of it asked. The
    newest thousand of these are kept, and `expires` says nothing of them.
    """

    id: str
    gateway: str
    kind: CommandKind
    device: str | None
    action: str | None
    actor: str
    comment: str | None
    state: CommandState
    asked: Moment
    expires: Moment
    sendings: Annotated[int, Field(description="how often the broker took it")]
    settled: Moment | None
    done: Annotated[Moment | None, Field(description="by the gateway's clock, if it is set")]
    detail: str
    origin: Origin


class CommandEventView(BaseModel):
    at: Moment
    event: str
    who: str
    detail: str


class CommandFileView(BaseModel):
    """With its audit, oldest first."""

    command: CommandView
    events: list[CommandEventView]


def router(office: Office) -> APIRouter:
    """The routes below /v1/gateways/{gateway}/commands."""
    made = APIRouter(prefix="/v1/gateways/{gateway}/commands", tags=["commands"])
    _add_order(made, office)
    _add_lists(made, office)
    return made


def _add_order(made: APIRouter, office: Office) -> None:
    @made.post("", status_code=HTTPStatus.ACCEPTED)
    async def ask(gateway: str, body: CommandBody) -> CommandView:
        """Queue it for the gateway. The problem's `reason` says why not."""
        asked = Asked(
            id=body.id or f"c-{secrets.token_hex(8)}",
            gateway=gateway,
            kind=body.kind,
            device=body.device,
            action=body.action,
            actor=body.actor,
            comment=body.comment,
            expires_in_us=body.expires_in * _SECOND_US,
        )
        now_us = office.clock.utc_us()
        given = await office.book.transact(lambda book: give(book, asked, office.profiles, now_us))
        if isinstance(given, Refusal):
            raise await _refusal(office, given, asked)
        office.ordered()
        return _view(given)


def _add_lists(made: APIRouter, office: Office) -> None:
    @made.get("")
    async def list_(
        gateway: str,
        *,
        state: CommandState | None = None,
        device: str | None = None,
        after: Before = None,
        limit: Limit = 100,
    ) -> Page[CommandView]:
        """The newest first."""
        rows = await office.read(
            office.book,
            lambda book: command_book.page(
                book, gateway, state=state, device=device, before=after, limit=limit + 1
            ),
        )
        shown, more = cut(rows, limit)
        following = str(shown[-1].number) if more else None
        return Page(items=[_view(one) for one in shown], next=following)

    @made.get("/{command_id}")
    async def file(gateway: str, command_id: str) -> CommandFileView:
        """One command with its audit."""
        found = await office.read(office.book, lambda book: command_book.find(book, command_id))
        if found is None or found.gateway != gateway:
            raise not_found(f"command {command_id} of {gateway}")
        events = await office.read(office.book, lambda book: command_book.events(book, command_id))
        return CommandFileView(command=_view(found), events=[_event(one) for one in events])


_WHY = {
    Refusal.DEVICE_MISSING: "say which device",
    Refusal.RETIRED_DEVICE: "the gateway no longer names this device",
    Refusal.UNKNOWN_PROFILE: "this server does not know the device's profile",
    Refusal.ACTION_OUT_OF_PLACE: "only kind action has an action",
    Refusal.TOO_MANY_OPEN: f"{OPEN_MOST} commands of this gateway wait for an answer already",
    Refusal.ID_TAKEN: "another command has this id",
}


async def _refusal(office: Office, refused: Refusal, asked: Asked) -> RefusedError:
    if refused is Refusal.UNKNOWN_GATEWAY:
        return not_found(f"gateway {asked.gateway}")
    if refused is Refusal.UNKNOWN_DEVICE:
        return not_found(f"device {asked.device} at {asked.gateway}")
    text = _WHY.get(refused, "")
    if refused is Refusal.ACTION_NOT_ALLOWED:
        text = await _what_is_allowed(office, asked)
    return RefusedError(HTTPStatus.CONFLICT, refused.value, text)


async def _what_is_allowed(office: Office, asked: Asked) -> str:
    device = await office.read(
        office.book, lambda book: find_device(book, asked.gateway, asked.device or "")
    )
    profile = None if device is None else office.profiles.get(device.profile)
    known = ", ".join(allowed(profile)) or "none"
    return f"the profile of {asked.device} allows: {known}"


def _view(one: StoredCommand) -> CommandView:
    return CommandView(
        id=one.id,
        gateway=one.gateway,
        kind=one.kind,
        device=one.device,
        action=one.action,
        actor=one.actor,
        comment=one.comment,
        state=one.state,
        asked=moment(one.asked_us),
        expires=moment(one.expires_us),
        sendings=one.sendings,
        settled=moment_or_none(one.settled_us),
        done=moment_or_none(one.done_us),
        detail=one.detail,
        origin=one.origin,
    )


def _event(one: CommandEvent) -> CommandEventView:
    return CommandEventView(at=moment(one.at_us), event=one.event, who=one.who, detail=one.detail)
