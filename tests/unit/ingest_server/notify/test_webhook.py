"""One attempt against real sockets: every way it can end has its name, none is an exception."""

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from ingest_server.notify.answer import Answer, Outcome
from ingest_server.notify.webhook import Limits, LookUp, Webhook, look_up
from ingest_server.receiver import Receiver
from runtime.clock import Clock

MakeReceiver = Callable[..., Receiver]
BODY = '{"type":"heartbeat","text":"心跳"}'.encode()
HEADERS = {"webhook-id": "msg_1", "content-type": "application/json"}
LIMITS = Limits(total_s=0.3, connect_s=0.2, body_s=0.05)


class Centre:
    """A receiver in the test: answers by path, and keeps what came."""

    def __init__(self) -> None:
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.port = 0
        self.arrived = asyncio.Event()
        self.closing = asyncio.Event()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): text for name, text in request.headers.items()}
        self.came.append((request.path, headers, await request.read()))
        self.arrived.set()
        ways: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
            "hang": self._hang,
            "reset": self._reset,
            "linger": self._linger,
            "drip": self._drip,
            "cut": self._cut,
        }
        way = request.match_info["way"]
        if way in ways:
            return await ways[way](request)
        extra = {"Location": self.url("elsewhere")} if way == "302" else {}
        extra |= {"Retry-After": "7"} if way in ("429", "503") else {}
        extra |= {"Set-Cookie": "a=b"} if way == "200" else {}
        return web.Response(status=int(way), headers=extra, text=f"told {way}\n" * 100)

    async def _hang(self, _: web.Request) -> web.StreamResponse:
        await self.closing.wait()
        return web.Response()

    async def _reset(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _linger(self, request: web.Request) -> web.StreamResponse:
        """A TCP reset (RST) instead of an orderly end."""
        assert request.transport is not None
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return await self._reset(request)

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"ok so far")
        await self.closing.wait()
        return response

    async def _cut(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response


@pytest.fixture
async def centre() -> AsyncIterator[Centre]:
    found = Centre()
    app = web.Application()
    app.router.add_post("/{way}", found.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.port = runner.addresses[0][1]
    yield found
    found.closing.set()
    await runner.cleanup()


async def post(receiver: Receiver, clock: Clock, look_up: LookUp = look_up) -> Answer:
    trust = ssl.create_default_context()
    async with Webhook(clock, tls=trust, limits=LIMITS, look_up=look_up) as webhook:
        return await webhook.post(receiver, HEADERS, BODY)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("200", (Outcome.DELIVERED, None)),
        ("302", (Outcome.REDIRECTED, None)),
        ("401", (Outcome.REJECTED, None)),
        ("410", (Outcome.GONE, None)),
        ("429", (Outcome.THROTTLED, 7)),
        ("503", (Outcome.SERVER_ERROR, 7)),
    ],
)
async def test_statuses(
    centre: Centre,
    clock: Clock,
    make_receiver: MakeReceiver,
    way: str,
    expected: tuple[Outcome, int | None],
) -> None:
    answer = await post(make_receiver(url=centre.url(way)), clock)
    assert (answer.outcome, answer.retry_after_s) == expected
    assert answer.status == int(way)
    assert answer.text.startswith(f"told {way} told")
    assert len(answer.text) <= 200
    assert len(centre.came) == 1  # above all: the redirect was not followed


async def test_what_is_sent_arrives_byte_for_byte(
    centre: Centre, clock: Clock, make_receiver: MakeReceiver
) -> None:
    await post(make_receiver(url=centre.url("200")), clock)
    ((_, headers, body),) = centre.came
    assert body == BODY
    assert headers["webhook-id"] == "msg_1"
    assert headers["content-type"] == "application/json"
    assert headers["accept-encoding"] == "identity"


async def test_the_connection_is_kept_and_no_cookie_comes_back(
    centre: Centre, clock: Clock, make_receiver: MakeReceiver
) -> None:
    receiver = make_receiver(url=centre.url("204"))
    async with Webhook(clock, limits=LIMITS) as webhook:
        for _ in range(3):
            assert (await webhook.post(receiver, HEADERS, BODY)).outcome is Outcome.DELIVERED
    assert [headers.get("cookie") for _, headers, _ in centre.came] == [None, None, None]


@pytest.mark.parametrize(
    ("way", "outcome"),
    [("hang", Outcome.TIMED_OUT), ("reset", Outcome.RESET), ("linger", Outcome.RESET)],
)
async def test_no_answer(
    centre: Centre, clock: Clock, make_receiver: MakeReceiver, way: str, outcome: Outcome
) -> None:
    answer = await post(make_receiver(url=centre.url(way)), clock)
    assert (answer.outcome, answer.status) == (outcome, None)


@pytest.mark.parametrize(("way", "text"), [("drip", "ok so far"), ("cut", "half")])
async def test_a_2xx_counts_whatever_becomes_of_the_rest(
    centre: Centre, clock: Clock, make_receiver: MakeReceiver, way: str, text: str
) -> None:
    answer = await post(make_receiver(url=centre.url(way)), clock)
    assert (answer.outcome, answer.text) == (Outcome.DELIVERED, text)


async def test_nobody_listens(clock: Clock, make_receiver: MakeReceiver, port: int) -> None:
    answer = await post(make_receiver(url=f"http://127.0.0.1:{port}/"), clock)
    assert answer.outcome is Outcome.REFUSED


async def test_tls_asked_of_one_who_speaks_none(
    centre: Centre, clock: Clock, make_receiver: MakeReceiver
) -> None:
    answer = await post(make_receiver(url=f"https://127.0.0.1:{centre.port}/200"), clock)
    assert answer.outcome is Outcome.TLS_FAILED


async def test_one_who_speaks_no_http(clock: Clock, make_receiver: MakeReceiver) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"220 mail ready\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        answer = await post(make_receiver(url=f"http://127.0.0.1:{port}/"), clock)
    assert answer.outcome is Outcome.NOT_HTTP


async def test_a_packed_answer_is_not_unpacked(clock: Clock, make_receiver: MakeReceiver) -> None:
    packed = gzip.compress(bytes(10_000_000))

    async def unfold(_: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    app = web.Application()
    app.router.add_post("/", unfold)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    answer = await post(make_receiver(url=f"http://127.0.0.1:{runner.addresses[0][1]}/"), clock)
    await runner.cleanup()
    assert answer.outcome is Outcome.DELIVERED
    assert len(answer.text) <= 200


def name_leads_to(*addresses: str) -> LookUp:
    return lambda _host, _port: list(addresses)


def no_such_name(host: str, _: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, host)


@pytest.mark.parametrize(
    ("changes", "addresses", "outcome"),
    [
        ({"url": "https://127.0.0.1:9/", "allow_private": False}, (), Outcome.ADDRESS_FORBIDDEN),
        ({"url": "https://[::1]:9/", "allow_private": False}, (), Outcome.ADDRESS_FORBIDDEN),
        ({"url": "http://8.8.8.8:9/"}, (), Outcome.NOT_ENCRYPTED),
        ({"url": "http://169.254.169.254/latest"}, (), Outcome.ADDRESS_FORBIDDEN),
        ({"url": "https://a.example/", "allow_private": False}, ("10.0.0.1",), "address_forbidden"),
        ({"url": "http://a.example/"}, ("8.8.8.8",), Outcome.NOT_ENCRYPTED),
        ({"url": "https://2130706433/", "allow_private": False}, ("127.0.0.1",), None),
        ({"url": "https://127.1/", "allow_private": False}, ("127.0.0.1",), None),
    ],
)
async def test_the_guard_of_addresses(
    clock: Clock,
    make_receiver: MakeReceiver,
    changes: dict[str, Any],
    addresses: tuple[str, ...],
    outcome: Outcome | None,
) -> None:
    answer = await post(make_receiver(**changes), clock, name_leads_to(*addresses))
    refusals = (Outcome.ADDRESS_FORBIDDEN, Outcome.NOT_ENCRYPTED, Outcome.NOT_HTTP)
    assert answer.outcome in ((outcome,) if outcome else refusals)
    assert answer.status is None


async def test_the_connection_goes_to_the_address_that_was_ruled_on(
    centre: Centre, clock: Clock, make_receiver: MakeReceiver
) -> None:
    asked: list[str] = []

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    answer = await post(make_receiver(url=centre.url("200", "a.example")), clock, rebinding)
    assert (answer.outcome, asked) == (Outcome.DELIVERED, ["a.example"])


async def test_only_the_permitted_addresses_of_a_name_are_tried(
    centre: Centre, clock: Clock, make_receiver: MakeReceiver
) -> None:
    addresses = name_leads_to("169.254.169.254", "127.0.0.1")
    answer = await post(make_receiver(url=centre.url("200", "a.example")), clock, addresses)
    assert answer.outcome is Outcome.DELIVERED


async def test_a_name_that_nobody_knows(clock: Clock, make_receiver: MakeReceiver) -> None:
    answer = await post(make_receiver(url="https://a.example/?token=t0ken"), clock, no_such_name)
    assert answer.outcome is Outcome.NAME_UNKNOWN
    assert "t0ken" not in answer.text


async def test_cancelling_an_attempt_cancels_it(
    centre: Centre, clock: Clock, make_receiver: MakeReceiver
) -> None:
    async with Webhook(clock) as webhook:
        attempt = asyncio.create_task(
            webhook.post(make_receiver(url=centre.url("hang")), HEADERS, BODY)
        )
        await centre.arrived.wait()
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
