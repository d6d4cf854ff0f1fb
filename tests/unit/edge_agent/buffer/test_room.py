"""Room is made on a real file: by thinning while that helps, then by giving up the oldest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.losses import Lost
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.room import Room
from runtime.database import Database
from wire.batch import Batch, encode_batch
from wire.codec import pack
from wire.envelope import Base, ClockState
from wire.reading import Reading
from wire.topic import Lane

T0 = 1_790_000_040_000_000
EPOCH = "a" * 16


@asynccontextmanager
async def crowded(folder: Path, count: int = 200, step_s: int = 1) -> AsyncIterator[Database]:
    """A reading a second, each in a row of its own."""
    drafts = []
    for n in range(count):
        reading = Reading("gauge", "level", T0 + n * step_s * 1_000_000, (n * 7 % 13) / 8, "m")
        payload, encoding = pack(encode_batch(Batch("gw", (reading,))))
        base = Base("boot", n * step_s * 1_000, ClockState.SYNCHRONISED)
        drafts.append(rows.Draft(1, base, encoding, payload))
    async with Database(folder / "buffer.db", rows.migrate) as database:
        await database.transact(lambda c: rows.commit(c, Lane.BULK, EPOCH, drafts))
        yield database


async def size_of(database: Database) -> int:
    return (await database.transact(rows.sizes)).get(Lane.BULK, 0)


async def test_thinning_makes_room_and_every_key_stays_covered(tmp_path: Path) -> None:
    async with crowded(tmp_path) as database:
        room = Room("gw", Limits(await size_of(database) // 2, 0))
        assert await room.shortage(database) is not None
        losses = await room.make(database)
        assert {one.what for one in losses} == {Lost.THINNED}
        assert await room.shortage(database) is None
        held = await database.transact(lambda c: rows.rows_after(c, Lane.BULK, 0, 999))
        covered = [n for row in held for n in ([c.seq for c in row.key.covers] or [row.key.seq])]
        assert covered == list(range(1, 201))
        book = await database.transact(lambda c: rows.ledger(c, Lane.BULK))
        assert (book.taken, book.buffered, book.dropped) == (200, 200, {})


async def test_longer_intervals_are_tried_before_anything_is_given_up(tmp_path: Path) -> None:
    async with crowded(tmp_path, step_s=60) as database:
        limits = Limits(await size_of(database) // 3, 0)
        room = Room("gw", limits)
        losses = await room.make(database)
        assert {one.what for one in losses} == {Lost.THINNED}
        assert await size_of(database) <= limits.total
        book = await database.transact(lambda c: rows.ledger(c, Lane.BULK))
        assert book.dropped == {}


async def test_what_is_on_its_way_is_not_thinned(tmp_path: Path) -> None:
    async with crowded(tmp_path) as database:
        held = await database.transact(lambda c: rows.rows_after(c, Lane.BULK, 0, 999))
        room = Room("gw", Limits(await size_of(database) // 2, 0))
        room.published(row.id for row in held)
        losses = await room.make(database)
        assert {one.what for one in losses} == {Lost.GIVEN_UP}
        left = await database.transact(lambda c: rows.rows_after(c, Lane.BULK, 0, 999))
        assert left == held[-len(left) :]
        gone = sum(one.gone for one in losses)
        book = await database.transact(lambda c: rows.ledger(c, Lane.BULK))
        assert book.dropped == {"bulk_full": gone}
        room.gone(row.id for row in left)
        assert {one.what for one in await room.make(database)} <= {Lost.THINNED}


async def test_only_what_was_not_looked_at_is(tmp_path: Path) -> None:
    async with crowded(tmp_path, count=3) as database:
        room = Room("gw", Limits(1, 0))
        assert await room.shortage(database) is not None
        assert await room.shortage(database) is None
        room.has_grown = True
        assert await room.shortage(database) is not None
