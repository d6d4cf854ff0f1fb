"""Liveness and readiness over HTTP, for people, systemd and load balancers; no token needed."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from ingest_server.api.office import Office


class AliveView(BaseModel):
    status: Literal["alive"] = "alive"


class ReasonView(BaseModel):
    reason: str
    detail: str


class ReadyView(BaseModel):
    """`notices`: what a person should know although the work goes on."""

    status: Literal["ready", "not_ready"]
    reasons: list[ReasonView]
    notices: list[str]


def router(office: Office) -> APIRouter:
    """/healthz and /readyz."""
    made = APIRouter(tags=["health"])

    @made.get("/healthz")
    async def alive() -> AliveView:
        """The process answers."""
        return AliveView()

    @made.get("/readyz", responses={503: {"model": ReadyView}})
    async def ready(response: Response) -> ReadyView:
        """200 when all parts do their work, else 503 with every reason."""
        health = await office.health()
        if not health.is_ready:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return ReadyView(
            status="ready" if health.is_ready else "not_ready",
            reasons=[ReasonView(reason=one.code, detail=one.text) for one in health.reasons],
            notices=list(health.notices),
        )

    return made
