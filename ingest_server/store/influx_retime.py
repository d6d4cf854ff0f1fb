"""Points in InfluxDB at other times: a page of one series is kept, deleted, written, forgotten.

Pages go in the direction of the move, the foremost first, so that no moved point stands where an
older page is deleted later. A page is in store.db before anything is deleted, so that a crash at
any line only repeats it.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

from ingest_server.db.retime import ClockMark, Moves, Retime
from ingest_server.store import flux
from ingest_server.store.line import line
from ingest_server.store.point import Point
from ingest_server.store.port import Series, StoreError, Stretch
from ingest_server.store.retime import move_latest
from ingest_server.store.series_table import read_cursor, write_cursor
from ingest_server.store.verdict import Answer, Verdict, judge
from runtime.database import Database, Work

T = TypeVar("T")

PAGE = 5_000


class Client(Protocol):
    """What this needs of store/influx.py."""

    async def write(self, body: bytes) -> Answer: ...
    async def query(self, flux: str) -> str: ...
    async def delete(self, predicate: str, first_us: int, last_us: int) -> Answer: ...
    def said(self, answer: Answer) -> str: ...


@dataclass(frozen=True, slots=True)
class Moving:
    """How far a correction has come: this series, to this edge; the page under way, if any."""

    entry: int
    series: int
    edge_us: int
    first_us: int | None = None
    last_us: int | None = None
    lines: bytes | None = None


async def move_page(
    client: Client, bucket: str, file: Database, step: tuple[str, Retime, int], page: int = PAGE
) -> bool:
    """One step of (gateway, correction, entry); whether there is more. Raises StoreError.

    `page`: points of a request.
    """
    gateway, said, entry = step
    under_way = await _on(file, lambda store: _under_way(store, gateway, said, entry))
    if under_way is None:
        return False
    moving, series = under_way
    if moving.lines is not None:
        await _carry_out(client, moving, series)
        done = replace(moving, first_us=None, last_us=None, lines=None)
    else:
        ask = partial(_ask, client, bucket, series, page, newest=said.delta_us > 0)
        done = await _next_page(ask, moving, said)
    await _on(file, lambda store: _note(store, done))
    return True


def _under_way(
    store: sqlite3.Connection, gateway: str, said: Retime, entry: int
) -> tuple[Moving, Series] | None:
    """None: nothing is left to move, and the cursor stands at the entry."""
    if entry <= read_cursor(store):
        return None
    row = store.execute("SELECT * FROM moving WHERE entry = ?", (entry,)).fetchone()
    moving = Moving(entry, 0, _begin(said)) if row is None else Moving(*row)
    found = store.execute(
        "SELECT id, device, point FROM series WHERE gateway = ? AND id >= ? ORDER BY id LIMIT 1",
        (gateway, moving.series),
    ).fetchone()
    if found is not None and said.moves is Moves.TIMES:
        return replace(moving, series=found[0]), Series(gateway, *found[1:])
    if said.moves is Moves.TIMES:
        move_latest(store, gateway, said)
    store.execute("DELETE FROM moving")
    write_cursor(store, entry)
    return None


def _begin(said: Retime) -> int:
    return said.start_us if said.delta_us < 0 else said.end_us


async def _carry_out(client: Client, moving: Moving, series: Series) -> None:
    first_us, last_us = moving.first_us or 0, moving.last_us or 0
    answer = await client.delete(flux.predicate(series), first_us, last_us)
    if judge(answer, 1) is not Verdict.STORED:
        raise StoreError(client.said(answer), answer.after_s)
    answer = await client.write(moving.lines or b"")
    if judge(answer, PAGE) is Verdict.LATER:
        raise StoreError(client.said(answer), answer.after_s)


async def _next_page(
    ask: Callable[[Stretch], Awaitable[list[Point]]], moving: Moving, said: Retime
) -> Moving:
    """The page to move next, or the beginning of the next series."""
    is_back = said.delta_us < 0
    start_us = moving.edge_us if is_back else said.start_us
    end_us = said.end_us if is_back else moving.edge_us
    points = await ask(Stretch(start_us, end_us + 1)) if start_us <= end_us else []
    if not points:
        return Moving(moving.entry, moving.series + 1, _begin(said))
    lines = "\n".join(line(_moved(one, said)) for one in points).encode()
    first_us, last_us = points[0].time_us, points[-1].time_us
    edge_us = last_us + 1 if is_back else first_us - 1
    return Moving(moving.entry, moving.series, edge_us, first_us, last_us, lines)


async def _ask(
    client: Client, bucket: str, series: Series, page: int, stretch: Stretch, *, newest: bool
) -> list[Point]:
    answer = await client.query(flux.reading_query(bucket, series, stretch, page, newest=newest))
    return await asyncio.to_thread(flux.points, series, answer, page, newest=newest)


def _moved(point: Point, said: Retime) -> Point:
    if point.clock == ClockMark.FOREIGN:
        return point
    return replace(point, time_us=said.moved(point.time_us), clock=said.clock or point.clock)


def _note(store: sqlite3.Connection, moving: Moving) -> None:
    store.execute(
        "INSERT OR REPLACE INTO moving VALUES (?, ?, ?, ?, ?, ?)",
        (
            moving.entry,
            moving.series,
            moving.edge_us,
            moving.first_us,
            moving.last_us,
            moving.lines,
        ),
    )


async def _on(file: Database, work: Work[T]) -> T:
    try:
        return await file.transact(work)
    except sqlite3.Error as error:
        raise StoreError(f"store.db: {error}") from error
