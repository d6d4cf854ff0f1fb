"""What stands before every route: the bearer token, and headers that keep answers to themselves."""

import hashlib
import hmac
import ipaddress
from http import HTTPStatus

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest_server.api.problem import problem
from ingest_server.api.status_page import PATHS

BODY_BYTES = 128 * 1024
"""A configuration of a gateway is the largest: 60 000 characters, escaped as JSON."""
OPEN = frozenset({"/healthz", "/readyz", "/openapi.json"}) | PATHS
METRICS = "/metrics"
_PASSED_ON = ("forwarded", "x-forwarded-for", "origin", "sec-fetch-site")
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """Lets a request through to `app` when it carries the token, or asks for an open path.

    It stands outside of the framework, so that without a token no body is read.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._digest = _digest(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    given.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        if not _is_open(scope, headers) and not self._is_known(headers):
            await _unknown()(scope, receive, send_guarded)
        elif _is_too_large(headers):
            text = f"a body has at most {BODY_BYTES} bytes"
            answer = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", text)
            await answer(scope, receive, send_guarded)
        else:
            await self._app(scope, receive, send_guarded)

    def _is_known(self, headers: Headers) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(_digest(token), self._digest)


def _is_open(scope: Scope, headers: Headers) -> bool:
    """Figures are open to this machine itself, but not to what a proxy or a web page passes on."""
    if scope["path"] != METRICS:
        return scope["path"] in OPEN
    client = scope.get("client") or ("", 0)
    host = headers.get("host", "").rpartition(":")[0].strip("[]")
    if any(name in headers for name in _PASSED_ON):
        return False
    return _is_loopback(client[0]) and (host == "localhost" or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unknown() -> JSONResponse:
    text = "send the header Authorization: Bearer with the token of the server's API"
    answer = problem(HTTPStatus.UNAUTHORIZED, "token_missing_or_wrong", text)
    answer.headers["www-authenticate"] = "Bearer"
    return answer


def _is_too_large(headers: Headers) -> bool:
    """By its own account; what comes without one is counted by the framework."""
    length = headers.get("content-length", "0")
    return not length.isdecimal() or int(length) > BODY_BYTES


def _digest(token: str) -> bytes:
    """Of one length whatever the token: comparing takes the same time."""
    return hashlib.sha256(token.strip().encode()).digest()
