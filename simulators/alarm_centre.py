"""An alarm centre: receives webhooks over HTTP, verifies, records, and answers as it is told."""

import asyncio
import socket
import struct
from collections.abc import Callable, Sequence
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Self, TextIO

import msgspec
from aiohttp import web

from runtime.clock import Clock, SystemClock
from simulators.answer_script import Answer, AnswerScript, Mode, answer, answers_from
from simulators.delivery_book import ALARM_TYPES, Delivery, DeliveryBook, Violation, read_body
from simulators.webhook_check import Verdict, check, secret_key

LARGEST_BODY: Final = 1 << 20
WATCH_S: Final = 0.5
SHUTDOWN_S: Final = 0.2
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class AlarmCentre:
    """The centre as an async context manager; inside it `url` takes deliveries.

    `secret` is one `whsec_…` text or several (rotation); ValueError if one is no secret. Every
    delivery is in `deliveries`, every complaint in `violations`; `record` appends each delivery as
    a JSON line, without secrets. `/control` is answered to this machine only.
    """

    def __init__(
        self,
        secret: str | Sequence[str],
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        record: Path | None = None,
        heartbeat_limit_s: float = 45.0,
        clock: Clock | None = None,
        on_delivery: Callable[[Delivery, list[Violation]], None] | None = None,
        on_silence: Callable[[Violation], None] | None = None,
    ) -> None:
        """Set the centre up; nothing listens yet. Port 0 takes any free port."""
        self._keys = [secret_key(one) for one in ([secret] if isinstance(secret, str) else secret)]
        self._host, self._port = host, port
        self._clock = clock or SystemClock()
        self._record_path = record
        self._record: TextIO | None = None
        self._on_delivery, self._on_silence = on_delivery, on_silence
        self.script = AnswerScript()
        self.book = DeliveryBook(heartbeat_limit_s)
        self._news = asyncio.Condition()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._watching: asyncio.TimerHandle | None = None

    @property
    def deliveries(self) -> list[Delivery]:
        return self.book.deliveries

    @property
    def violations(self) -> list[Violation]:
        return self.book.violations

    @property
    def alarms(self) -> list[Delivery]:
        """The verified alarm deliveries, duplicates included, in order of arrival."""
        return [one for one in self.deliveries if one.verified and one.is_alarm]

    @property
    def port(self) -> int:
        """The port it listens on; the one asked for before it does."""
        return self._port

    @property
    def url(self) -> str:
        """Where deliveries go."""
        return f"http://{self._host}:{self._port}/alarms"

    def answer_next(
        self,
        mode: str | int,
        count: int = 1,
        *,
        retry_after_s: int | None = None,
        scope: str = "alarms",
    ) -> None:
        """Answer the next deliveries so: a status, "timeout" or "reset". ValueError otherwise."""
        self.script.add([answer(mode, retry_after_s=retry_after_s, scope=scope)] * count)

    def answer_always(
        self, mode: str | int, *, retry_after_s: int | None = None, scope: str = "all"
    ) -> None:
        """Answer so once the script is used up; "200" heals."""
        self.script.standing = answer(mode, retry_after_s=retry_after_s, scope=scope)

    async def wait_for(
        self,
        predicate: Callable[[Delivery], bool],
        timeout: float = 60.0,  # noqa: ASYNC109 - its error tells what came
        *,
        after: int = 0,
    ) -> Delivery:
        """Return the first delivery, numbered above `after`, that satisfies the predicate.

        Deliveries that came before the call count too. TimeoutError tells what did come.
        """
        try:
            async with asyncio.timeout(timeout), self._news:
                while True:
                    for one in self.deliveries[after:]:
                        if predicate(one):
                            return one
                    await self._news.wait()
        except TimeoutError as gone:
            came = [f"{one.type} {one.alarm_id} r{one.revision}" for one in self.deliveries]
            told = f"no such delivery within {timeout} s; {len(came)} came, the last: {came[-8:]}"
            raise TimeoutError(told) from gone

    async def __aenter__(self) -> Self:
        """Listen. Raises OSError when the port is taken or the record can not be written."""
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            shutdown_timeout=SHUTDOWN_S,
            handler_cancellation=True,
        )
        await runner.setup()
        try:
            self._record = None if self._record_path is None else self._record_path.open("a")
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError:
            await runner.cleanup()
            self._close_record()
            raise
        self._port = runner.addresses[0][1]
        self._runner = runner
        self._closing.clear()
        self._watch()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and let go of every connection; the record keeps what came."""
        self._closing.set()
        if self._watching is not None:
            self._watching.cancel()
        if self._runner is not None:
            await self._runner.cleanup()
        self._close_record()

    def _close_record(self) -> None:
        if self._record is not None:
            self._record.close()
            self._record = None

    def _watch(self) -> None:
        """Look for silence now, and again soon."""
        violation = self.book.notice_silence(self._clock.mono_us())
        if violation is not None and self._on_silence is not None:
            self._on_silence(violation)
        self._watching = asyncio.get_running_loop().call_later(WATCH_S, self._watch)

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_post("/control/answer", self._control_answer)
        app.router.add_get("/control/record", self._control_record)
        app.router.add_delete("/control/answer", self._control_clear)
        app.router.add_post("/{receiver:.*}", self._receive)
        return app

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        delivery, told = self._take(request, raw)
        if self._record is not None:
            self._record.write(msgspec.json.encode(delivery).decode() + "\n")
            self._record.flush()
        if self._on_delivery is not None:
            self._on_delivery(delivery, self.book.violations_of(delivery))
        async with self._news:
            self._news.notify_all()
        return await self._give(request, told)

    def _take(self, request: web.Request, raw: bytes) -> tuple[Delivery, Answer]:
        """Judge a request, decide the answer (401 if it is not verified), and record both."""
        now_us = self._clock.utc_us()
        headers = {name.lower(): text for name, text in request.headers.items()}
        verdict = check(headers, raw, self._keys, now_us // 1_000_000)
        told = Answer(status=HTTPStatus.UNAUTHORIZED)
        if verdict is Verdict.VERIFIED:
            told = self.script.take(is_alarm=(read_body(raw) or {}).get("type") in ALARM_TYPES)
        delivery = self.book.take(
            headers,
            raw,
            verdict,
            answer=told.text,
            utc_us=now_us,
            mono_us=self._clock.mono_us(),
        )
        return delivery, told

    async def _give(self, request: web.Request, told: Answer) -> web.StreamResponse:
        if told.mode is Mode.TIMEOUT:
            await self._closing.wait()
        if told.mode is not Mode.STATUS:
            _reset(request)
        retry = {} if told.retry_after_s is None else {"Retry-After": str(told.retry_after_s)}
        return web.Response(status=told.status, headers=retry)

    async def _control_answer(self, request: web.Request) -> web.Response:
        """`{"mode": "503", "count": 3}`, a list of such, or `{"always": "503"}`."""
        _must_be_local(request)
        try:
            order = msgspec.json.decode(await request.read())
            if isinstance(order, dict) and "always" in order:
                self.answer_always(order["always"], scope=str(order.get("scope", "all")))
            else:
                steps = order if isinstance(order, list) else [order]
                self.script.add([one for step in steps for one in answers_from(step)])
        except (msgspec.DecodeError, ValueError, TypeError) as wrong:
            return web.json_response({"error": str(wrong)}, status=HTTPStatus.BAD_REQUEST)
        return self._told_script()

    async def _control_clear(self, request: web.Request) -> web.Response:
        _must_be_local(request)
        self.script.clear()
        return self._told_script()

    async def _control_record(self, request: web.Request) -> web.Response:
        _must_be_local(request)
        record = {
            "deliveries": self.deliveries,
            "violations": self.violations,
            "duplicates": self.book.duplicates,
            "heartbeats": self.book.heartbeats,
        }
        return web.Response(body=msgspec.json.encode(record), content_type="application/json")

    def _told_script(self) -> web.Response:
        standing = self.script.standing.text
        return web.json_response({"script_left": self.script.left, "standing": standing})


def _must_be_local(request: web.Request) -> None:
    """Keep the controls to this machine: whoever may page us may not tell us what to answer."""
    if not ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104 - stands for unknown
        raise web.HTTPForbidden


def _reset(request: web.Request) -> None:
    """Drop the connection with a TCP reset instead of an answer."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()
