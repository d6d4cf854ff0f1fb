"""Devices that are being played, over HTTP on this machine: their state, orders, the truth."""

import asyncio
import difflib
from http import HTTPStatus
from typing import Any, Final, Self

import msgspec
from aiohttp import web

from simulators.actor import Actor, Troupe
from simulators.console import OrderError
from simulators.truth_book import TruthBook

HOST: Final = "127.0.0.1"
LARGEST_BODY: Final = 16_384
MOST_ENTRIES: Final = 1_000
FOLLOW_S: Final = 0.1
SHUTDOWN_S: Final = 0.2
LINES_OF_JSON: Final = "application/x-ndjson"


class _Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: str


class DeviceApi:
    """The API as an async context manager; inside it `url` answers, to this machine only.

    Port 0 takes any free one. A request that a browser sends for a page is refused.
    """

    def __init__(self, troupe: Troupe, truth: TruthBook, port: int = 0) -> None:
        """Set it up; nothing listens yet."""
        self._troupe = troupe
        self._truth = truth
        self._port = port
        self._closing = False
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    async def __aenter__(self) -> Self:
        """Listen. Raises OSError when the port is taken."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._port = runner.addresses[0][1]
        self._runner = runner
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening, and end every stream."""
        self._closing = True
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_get("/devices", self._devices)
        app.router.add_get("/devices/{name}", self._device)
        app.router.add_post("/devices/{name}/orders", self._obey)
        app.router.add_get("/truth", self._tell_truth)
        return app

    async def _devices(self, _: web.Request) -> web.Response:
        items = [_shown(actor) for actor in self._troupe.actors.values()]
        return web.json_response({"items": items})

    async def _device(self, request: web.Request) -> web.Response:
        actor = self._actor(request)
        return web.json_response(_shown(actor) | {"orders": actor.console.help().splitlines()})

    async def _obey(self, request: web.Request) -> web.Response:
        if "Origin" in request.headers:
            raise _refused(HTTPStatus.FORBIDDEN, "a page of a browser may not give orders")
        actor = self._actor(request)
        try:
            told = msgspec.json.decode(await request.read(), type=_Order)
        except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
            text = f'{wrong}; send {{"order": "…"}}, for example {{"order": "silent 3"}}'
            raise _refused(HTTPStatus.BAD_REQUEST, text) from wrong
        try:
            self._troupe.obey(actor.name, told.order)
        except OrderError as wrong:
            raise _refused(HTTPStatus.BAD_REQUEST, str(wrong)) from wrong
        return web.json_response({"device": actor.name, "order": told.order} | _state(actor))

    async def _tell_truth(self, request: web.Request) -> web.StreamResponse:
        after = _number(request, "after", 0, largest=1 << 53)
        if "follow" in request.query:
            return await self._follow(request, after)
        limit = _number(request, "limit", MOST_ENTRIES, largest=MOST_ENTRIES)
        items = self._truth.page(after, limit)
        body = {"items": items, "next": items[-1].number if items else after}
        return web.Response(body=msgspec.json.encode(body), content_type="application/json")

    async def _follow(self, request: web.Request, after: int) -> web.StreamResponse:
        """Stream what comes, a JSON line each, until the client goes or we do."""
        answer = web.StreamResponse(headers={"Content-Type": LINES_OF_JSON})
        await answer.prepare(request)
        while not self._closing:
            items = self._truth.page(after, MOST_ENTRIES)
            if items:
                after = items[-1].number
                await answer.write(b"".join(msgspec.json.encode(one) + b"\n" for one in items))
            else:
                await asyncio.sleep(FOLLOW_S)
        return answer

    def _actor(self, request: web.Request) -> Actor:
        name, actors = request.match_info["name"], self._troupe.actors
        if name in actors:
            return actors[name]
        nearest = difflib.get_close_matches(name, actors, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are: {', '.join(actors)}"
        raise _refused(HTTPStatus.NOT_FOUND, f"no device {name!r}; {hint}")


def _shown(actor: Actor) -> dict[str, Any]:
    return {"name": actor.name, "kind": actor.kind, "path": actor.path} | _state(actor)


def _state(actor: Actor) -> dict[str, Any]:
    return {"state": dict(actor.state())}


def _number(request: web.Request, name: str, usual: int, *, largest: int) -> int:
    text = request.query.get(name, str(usual))
    if not text.isdecimal() or int(text) > largest:
        raise _refused(HTTPStatus.BAD_REQUEST, f"{name} is a whole number up to {largest}")
    return int(text)


def _refused(status: HTTPStatus, text: str) -> web.HTTPException:
    kinds: dict[HTTPStatus, type[web.HTTPException]] = {
        HTTPStatus.FORBIDDEN: web.HTTPForbidden,
        HTTPStatus.NOT_FOUND: web.HTTPNotFound,
        HTTPStatus.BAD_REQUEST: web.HTTPBadRequest,
    }
    body = msgspec.json.encode({"error": text}).decode()
    return kinds[status](text=body, content_type="application/json")
