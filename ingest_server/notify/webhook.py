"""One attempt over HTTP with aiohttp: guarded address, strict bounds, a named outcome always."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from ingest_server.notify.address import Ruling, rule
from ingest_server.notify.answer import (
    ANSWER_BYTES,
    Answer,
    Outcome,
    outcome_of,
    printable,
    retry_after_s,
)
from ingest_server.receiver import Receiver
from runtime.clock import Clock

LookUp = Callable[[str, int], list[str]]

_DNS_THREADS = 2  # of each receiver: a name server that hangs holds up its own receiver only
_DNS_CACHE_S = 10
_KEEP_ALIVE_S = 4.0  # shorter than the 5 s after which common servers hang up on us
_FIXED_HEADERS = {"user-agent": "lifeline", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: for the whole attempt, for name, TCP and TLS together, and for the answer's body."""

    total_s: float = 10.0
    connect_s: float = 3.0
    body_s: float = 1.0


class ForbiddenAddressError(OSError):
    """A name that leads only to addresses we do not connect to; `ruling` says why."""

    def __init__(self, ruling: Ruling) -> None:
        super().__init__(errno.EACCES, f"address {ruling}")
        self.ruling = ruling


def look_up(host: str, port: int) -> list[str]:
    """All addresses of a host by the machine's resolver; blocks; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class GuardedResolver(AbstractResolver):
    """Resolves once; what it lets through is what the connection goes to (no second look-up)."""

    def __init__(self, receiver: Receiver, look_up: LookUp) -> None:
        self._encrypted = urlsplit(receiver.url).scheme == "https"
        self._allow_private = receiver.allow_private
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="webhook-dns")

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        """The permitted addresses; raise ForbiddenAddressError (none is), OSError (no such)."""
        loop = asyncio.get_running_loop()
        addresses = await loop.run_in_executor(self._threads, self._look_up, host, port)
        rulings = {address: self.rule(address) for address in addresses}
        allowed = [address for address, ruling in rulings.items() if ruling is Ruling.ALLOWED]
        if rulings and not allowed:
            raise ForbiddenAddressError(next(iter(rulings.values())))
        results = [_result(host, address, port) for address in allowed]
        return [one for one in results if family in (socket.AF_UNSPEC, one["family"])]

    def rule(self, address: str) -> Ruling:
        return rule(address, encrypted=self._encrypted, allow_private=self._allow_private)

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class Webhook:
    """POSTs to receivers; an async context manager, for each receiver has connections of its own.

    Follows no redirect, sends no cookie, asks no proxy. `tls`: what to trust, the system's roots
    when None. Certificates are always verified.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        look_up: LookUp = look_up,
    ) -> None:
        self._clock = clock
        self._tls = tls
        self._limits = limits or Limits()
        self._look_up = look_up
        self._sessions: dict[str, tuple[aiohttp.ClientSession, GuardedResolver]] = {}

    async def __aenter__(self) -> Self:
        self._tls = self._tls or await asyncio.to_thread(ssl.create_default_context)
        return self

    async def __aexit__(self, *_: object) -> None:
        for session, resolver in self._sessions.values():
            await session.close()
            await resolver.close()
        self._sessions.clear()

    async def post(self, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> Answer:
        """One attempt, at most `limits.total_s` long. What goes wrong is an Answer, no exception.

        A 2xx is success as soon as its header is in, whatever becomes of the answer's body.
        """
        session, resolver = self._session(receiver)
        try:
            _check_literal(receiver, resolver)
            return await self._post(session, receiver.url, headers, body)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            return _failure(error)

    async def _post(
        self,
        session: aiohttp.ClientSession,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        async with session.post(
            url,
            data=body,
            headers={**_FIXED_HEADERS, **headers},
            allow_redirects=False,
        ) as response:
            text = await _first_bytes(response, self._limits.body_s)
            asked = response.headers.get("Retry-After")
            return Answer(
                outcome=outcome_of(response.status),
                status=response.status,
                retry_after_s=retry_after_s(asked, self._clock.utc_us()),
                text=printable(text),
            )

    def _session(self, receiver: Receiver) -> tuple[aiohttp.ClientSession, GuardedResolver]:
        if receiver.id not in self._sessions:
            resolver = GuardedResolver(receiver, self._look_up)
            self._sessions[receiver.id] = (self._new_session(resolver), resolver)
        return self._sessions[receiver.id]

    def _new_session(self, resolver: GuardedResolver) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=resolver,
            ttl_dns_cache=_DNS_CACHE_S,
            keepalive_timeout=_KEEP_ALIVE_S,
            limit=0,  # the deliverer's slots bound it
            ssl=self._tls if self._tls is not None else True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=self._limits.total_s,
                connect=self._limits.connect_s,
            ),
            auto_decompress=False,  # an answer of 200 bytes shall not unfold to a gigabyte
            trust_env=False,
        )


def _check_literal(receiver: Receiver, resolver: GuardedResolver) -> None:
    """A URL that holds an address asks no resolver, so it is ruled on here."""
    try:
        ruling = resolver.rule(urlsplit(receiver.url).hostname or "")
    except ValueError:
        return  # a name: the resolver rules on what it leads to
    if ruling is not Ruling.ALLOWED:
        raise ForbiddenAddressError(ruling)


async def _first_bytes(response: aiohttp.ClientResponse, patience_s: float) -> bytes:
    """At most ANSWER_BYTES of the body, or what came of them in time."""
    body = b""
    try:
        async with asyncio.timeout(patience_s):
            while len(body) < ANSWER_BYTES:
                more = await response.content.read(ANSWER_BYTES - len(body))
                if not more:
                    break
                body += more
    except (aiohttp.ClientError, OSError):
        pass  # the status has been said; the rest of the answer decides nothing
    return body


def _failure(error: Exception) -> Answer:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, ForbiddenAddressError):
        encrypted = cause.ruling is not Ruling.NOT_ENCRYPTED
        outcome = Outcome.ADDRESS_FORBIDDEN if encrypted else Outcome.NOT_ENCRYPTED
        return Answer(outcome=outcome, text=cause.ruling)
    # Not the error's own text: that may quote the URL, and the URL may hold a token.
    return Answer(outcome=_outcome_of_error(error, cause), text=type(error).__name__)


def _outcome_of_error(error: Exception, cause: BaseException) -> Outcome:
    for kinds, outcome in _FAILURES:
        if isinstance(error, kinds):
            return outcome
    return _of_socket(cause)


def _of_socket(error: BaseException) -> Outcome:
    """By errno, for aiohttp wraps a reset in an OSError that is no ConnectionResetError."""
    if isinstance(error, ConnectionResetError):
        return Outcome.RESET  # aiohttp raises one of its own, without an errno
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0, Outcome.UNREACHABLE)
    return Outcome.NOT_HTTP


_BY_ERRNO = {
    errno.ECONNREFUSED: Outcome.REFUSED,
    errno.ECONNRESET: Outcome.RESET,
    errno.ECONNABORTED: Outcome.RESET,
    errno.EPIPE: Outcome.RESET,
}
# The first that fits counts; what stands in none is told by its errno.
_FAILURES: tuple[tuple[tuple[type[Exception], ...], Outcome], ...] = (
    ((aiohttp.ClientSSLError, ssl.SSLError), Outcome.TLS_FAILED),
    ((aiohttp.ClientConnectorDNSError,), Outcome.NAME_UNKNOWN),
    ((TimeoutError,), Outcome.TIMED_OUT),
    ((aiohttp.ServerDisconnectedError,), Outcome.RESET),
)


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=family,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
