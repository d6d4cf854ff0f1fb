"""Errors of the API as RFC 9457 problem JSON, with a named reason for machines."""

import sqlite3
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from ingest_server.store.port import StoreError

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """RFC 9457 section 3.1, and `reason`: a word that stays the same when the text changes."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    reason: str


class RefusedError(Exception):
    """A request that is not granted."""

    def __init__(self, status: HTTPStatus, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail


def not_found(what: str) -> RefusedError:
    return RefusedError(HTTPStatus.NOT_FOUND, "not_found", f"there is no {what}")


def problem(status: HTTPStatus, reason: str, detail: str) -> JSONResponse:
    body = Problem(title=status.phrase, status=status, detail=detail, reason=reason)
    return JSONResponse(body.model_dump(), status, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Answer every error that a route can raise in the same form."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(sqlite3.Error, _unavailable)
    app.add_exception_handler(StoreError, _unavailable)
    app.add_exception_handler(HTTPStatus.INTERNAL_SERVER_ERROR, _broken)


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": "Refused"},
    "5XX": {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": "Not possible now"},
}


async def _refused(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RefusedError):
        raise error
    return problem(error.status, error.reason, error.detail)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    found = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors())
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", found[:1_000])


def _place(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location[1:] or location)


async def _http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    answer = problem(status, status.name.lower(), str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "database", f"try again: {error}")


async def _broken(_: Request, __: Exception) -> JSONResponse:
    text = "the server's log has the details"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", text)
