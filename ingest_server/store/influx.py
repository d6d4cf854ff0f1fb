"""InfluxDB 2 through its own asynchronous client: one request, one answer, nothing tried again."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import ClientError, ClientTimeout
from influxdb_client.client.influxdb_client_async import InfluxDBClientAsync
from influxdb_client.domain.dialect import Dialect
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException

from ingest_server.config_store import InfluxConfig
from ingest_server.store.port import StoreError
from ingest_server.store.verdict import Answer, in_words

_BARE = Dialect(header=True, annotations=[])  # type: ignore[no-untyped-call]  # generated code
_US: Any = WritePrecision.US  # a text, which its own signature does not know


class Influx:
    """One InfluxDB, for as long as the block lasts. Nothing is asked before the first call.

    `patience_s`: a request that takes longer is given up.
    """

    def __init__(self, config: InfluxConfig, patience_s: float = 10.0) -> None:
        self._config = config
        self._patience_s = patience_s
        self._client: InfluxDBClientAsync | None = None

    async def __aenter__(self) -> Self:
        self._client = InfluxDBClientAsync(
            self._config.url,
            self._config.token,
            self._config.org,
            timeout=ClientTimeout(total=self._patience_s),
            ssl_ca_cert=None if self._config.ca_file is None else str(self._config.ca_file),
            # A redirected POST comes back as a GET, whose answer says nothing of what was stored.
            allow_redirects=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()  # type: ignore[no-untyped-call]  # as above

    async def write(self, body: bytes) -> Answer:
        """Send lines, times in microseconds. Never raises for what InfluxDB or the way to it does.

        204 is durable: InfluxDB 2.7.12 syncs once each request (strace; three times kill -9).
        """
        try:
            stored = (
                await self._open()
                .write_api()
                .write(self._config.bucket, record=body, write_precision=_US)
            )
        except ApiException as error:
            return _answer(error)
        except (ClientError, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            return Answer(None, _reason(error))
        return Answer(204) if stored else Answer(None, "answered, but not as InfluxDB 2 does")

    async def delete(self, predicate: str, first_us: int, last_us: int) -> Answer:
        """Delete what the predicate names between two times, both included. Raises nothing."""
        try:
            gone = (
                await self._open()
                .delete_api()
                .delete(_moment(first_us), _moment(last_us), predicate, self._config.bucket)
            )
        except ApiException as error:
            return _answer(error)
        except (ClientError, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            return Answer(None, _reason(error))
        return Answer(204) if gone else Answer(None, "answered, but not as InfluxDB 2 does")

    async def query(self, flux: str) -> str:
        """The answer as CSV without annotations. Raises StoreError."""
        try:
            said: str = await self._open().query_api().query_raw(flux, dialect=_BARE)
        except ApiException as error:
            raise StoreError(self.said(_answer(error))) from error
        except (ClientError, OSError, TimeoutError, UnicodeDecodeError) as error:
            raise StoreError(self.said(Answer(None, _reason(error)))) from error
        return said

    def said(self, answer: Answer) -> str:
        """For people: who answered what."""
        return f"{self._config.name}: {in_words(answer)}"

    def _open(self) -> InfluxDBClientAsync:
        if self._client is None:
            raise StoreError(f"{self._config.name}: closed")
        return self._client


def _answer(error: ApiException) -> Answer:
    headers: Mapping[str, str] = error.headers or {}
    wish = str(headers.get("Retry-After", ""))
    text = error.message if isinstance(error.message, str) else str(error.reason)
    return Answer(error.status, text, float(wish) if wish.isdecimal() else None)


def _moment(at_us: int) -> str:
    seconds, us = divmod(at_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{us:06d}Z"


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
