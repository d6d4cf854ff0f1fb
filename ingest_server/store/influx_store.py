"""The InfluxDB store: readings there; cursor, newest values and what it refused in store.db."""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ingest_server.db.quarantine import Refused
from ingest_server.db.retime import Retime
from ingest_server.store import flux
from ingest_server.store.halving import Halving, joined
from ingest_server.store.influx_retime import move_page
from ingest_server.store.line import bodies, line
from ingest_server.store.point import Point
from ingest_server.store.port import Bucket, Series, StoreError, Stretch
from ingest_server.store.series_table import (
    SeriesTable,
    note_latest,
    write_cursor,
)
from ingest_server.store.verdict import Answer, Reason, Verdict, judge
from runtime.database import Database

_log = logging.getLogger(__name__)
T = TypeVar("T")

TOPIC = "store/influxdb"
"""Stands in the quarantine where the topic of a message stands."""

# A comment: InfluxDB looks at token, organisation and bucket, and stores nothing (measured).
PROBE = b"# is it only this line?"

Keep = Callable[[Sequence[Refused]], Awaitable[None]]


class Client(Protocol):
    """What the store needs of store/influx.py."""

    async def write(self, body: bytes) -> Answer: ...
    async def query(self, flux: str) -> str: ...
    async def delete(self, predicate: str, first_us: int, last_us: int) -> Answer: ...
    def said(self, answer: Answer) -> str: ...


@dataclass(frozen=True, slots=True)
class _Bad:
    point: Point
    line: bytes
    reason: Reason
    text: str


class InfluxStore(SeriesTable):
    """Satisfies `port.Store`. `keep`: puts lines that are refused for ever into the quarantine.

    `progress` is called at each answer, since one bad line in a large slice costs many requests.
    """

    def __init__(
        self,
        client: Client,
        bucket: str,
        store_file: Database,
        *,
        keep: Keep,
        now_us: Callable[[], int],
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(store_file, "store.db: ")
        self._client = client
        self._bucket = bucket
        self._keep = keep
        self._now_us = now_us
        self._progress = progress

    async def write(self, points: Sequence[Point], cursor: int) -> None:
        """InfluxDB has every line before the cursor moves; after a crash it gets them again."""
        if cursor <= await self.cursor():
            return
        bad = await self._send(points)
        if bad:
            await self._put_aside(bad)
        await self._commit(points, bad, cursor)

    async def retime(self, gateway: str, said: Retime, cursor: int) -> bool:
        """A page of one series at a time, kept in store.db until it stands where it belongs."""
        more = await move_page(self._client, self._bucket, self._database, (gateway, said, cursor))
        self._progress()
        return more

    async def range(self, series: Series, stretch: Stretch, limit: int = 1_000) -> list[Point]:
        if stretch.start_us >= stretch.end_us:
            return []
        asked = flux.reading_query(self._bucket, series, stretch, limit)
        return await asyncio.to_thread(flux.points, series, await self._client.query(asked), limit)

    async def downsampled(
        self, series: Series, stretch: Stretch, width_us: int, limit: int = 1_000
    ) -> list[Bucket]:
        if stretch.start_us >= stretch.end_us:
            return []
        asked = flux.bucket_query(self._bucket, series, stretch, width_us, limit)
        return await asyncio.to_thread(flux.buckets, await self._client.query(asked), width_us)

    async def refused(self) -> Mapping[str, int]:
        return await self._read(_refused)

    async def forget(self, before_us: int) -> int:
        """Nothing: the bucket's own retention drops whole shards, which costs next to nothing."""
        del before_us
        return 0

    async def _send(self, points: Sequence[Point]) -> list[_Bad]:
        """Each line is there afterwards, or among the bad ones."""
        bad: list[_Bad] = []
        first = 0
        for lines in await asyncio.to_thread(lambda: bodies(line(point) for point in points)):
            halving = Halving(len(lines))
            while (part := halving.part) is not None:
                halving.told(*await self._ask(joined(lines, part), len(part)))
            bad += [
                _Bad(points[first + one.number], lines[one.number], one.reason, one.text)
                for one in halving.refused
            ]
            first += len(lines)
        return bad

    async def _ask(self, body: bytes, lines: int) -> tuple[Verdict, Answer]:
        answer = await self._client.write(body)
        self._progress()
        verdict = judge(answer, lines)
        if verdict is Verdict.DOUBTED:
            # A proxy or another database may say 400 to everything: then it is not this line.
            doubt = await self._client.write(PROBE)
            is_well = judge(doubt, 1) is Verdict.STORED
            verdict, answer = (Verdict.REFUSED, answer) if is_well else (Verdict.LATER, doubt)
        if verdict is Verdict.LATER:
            raise StoreError(self._client.said(answer), answer.after_s)
        return verdict, answer

    async def _put_aside(self, bad: Sequence[_Bad]) -> None:
        for why, times in Counter(one.reason for one in bad).items():
            text = next(one.text for one in bad if one.reason is why)
            _log.error("InfluxDB refuses %d readings for ever, %s: %s", times, why, text[:300])
        now_us = self._now_us()
        await self._keep(
            [
                Refused(now_us, TOPIC, one.point.gateway, one.reason, one.text, (), one.line)
                for one in bad
            ]
        )

    async def _commit(self, points: Sequence[Point], bad: Sequence[_Bad], cursor: int) -> None:
        def commit(store: sqlite3.Connection) -> None:
            note_latest(store, [self._series.row(store, point) for point in points])
            _count(store, Counter((one.point.gateway, one.reason) for one in bad))
            write_cursor(store, cursor)

        await self._transact(commit)


async def probe(client: Client, bucket: str) -> None:
    """Whether one may write and read there, storing nothing; StoreError says what to do if not."""
    answer = await client.write(PROBE)
    if judge(answer, 1) is not Verdict.STORED:
        raise StoreError(client.said(answer))
    await client.query(flux.any_query(bucket))


def _count(store: sqlite3.Connection, bad: Mapping[tuple[str, Reason], int]) -> None:
    store.executemany(
        "INSERT INTO refused VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET readings = readings + excluded.readings",
        [(gateway, why.value, times) for (gateway, why), times in bad.items()],
    )


def _refused(store: sqlite3.Connection) -> dict[str, int]:
    rows = store.execute("SELECT reason, sum(readings) FROM refused GROUP BY reason")
    return {str(why): int(readings) for why, readings in rows}
