"""The API as one ASGI application: routes, problems, the guard before them."""

from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.types import ASGIApp

from ingest_server.api import (
    alarms,
    commands,
    configurations,
    deliveries,
    gateways,
    health,
    metrics,
    profiles,
    quarantine,
    readings,
)
from ingest_server.api.guard import BODY_BYTES, Guard
from ingest_server.api.office import Office
from ingest_server.api.problem import RESPONSES, add_handlers
from ingest_server.api.status_page import router as status_page

_ABOUT = (
    "Alarms, gateways with their ledgers, readings, deliveries. Every list is paged, every time is"
    " RFC 3339, every error is problem JSON. Send the header `Authorization: Bearer <token>`."
)


def release() -> str:
    """The installed version of this program."""
    try:
        return version("lifeline")
    except PackageNotFoundError:
        return "unknown"


def build(office: Office, token: str) -> ASGIApp:
    """The page at `/` is our own; FastAPI's documentation loads its scripts from the internet."""
    app = FastAPI(
        title="Lifeline ingestion server",
        version=release(),
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
        redirect_slashes=False,
        max_body_size=BODY_BYTES,
    )
    add_handlers(app)
    for part in (
        alarms,
        gateways,
        commands,
        configurations,
        readings,
        deliveries,
        quarantine,
        profiles,
        health,
        metrics,
    ):
        app.include_router(part.router(office))
    app.include_router(status_page())
    return Guard(app, token)
