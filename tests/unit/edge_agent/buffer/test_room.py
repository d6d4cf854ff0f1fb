"""Room is made on a real file: by thinning while that helps, then by giving up the oldest."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.losses import Loss, Lost
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.room import LOOKED_AT_ONCE, Room
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


def told_nobody(_losses: Sequence[Loss]) -> Callable[[sqlite3.Connection], None]:
    return lambda _connection: None


async def made(room: Room, database: Database) -> list[Loss]:
    """Slice after slice until there is room."""
    losses: list[Loss] = []
    while (eviction := await room.shortage(database)) is not None:
        losses += await room.make(database, eviction, told_nobody)
    return losses


async def held_by(database: Database) -> list[rows.Row]:
    return await database.transact(lambda c: rows.rows_after(c, Lane.BULK, 0, 9_999))


async def test_thinning_makes_room_and_every_key_stays_covered(tmp_path: Path) -> None:
    async with crowded(tmp_path) as database:
        room = Room("gw", Limits(await size_of(database) // 2, 0))
        losses = await made(room, database)
        assert {one.what for one in losses} == {Lost.THINNED}
        assert await room.shortage(database) is None
        held = await held_by(database)
        covered = [n for row in held for n in ([c.seq for c in row.key.covers] or [row.key.seq])]
        assert covered == list(range(1, 201))
        book = await database.transact(lambda c: rows.ledger(c, Lane.BULK))
        assert (book.taken, book.buffered, book.dropped) == (200, 200, {})


async def test_longer_intervals_are_tried_before_anything_is_given_up(tmp_path: Path) -> None:
    async with crowded(tmp_path, step_s=60) as database:
        limits = Limits(await size_of(database) // 3, 0)
        room = Room("gw", limits)
        losses = await made(room, database)
        assert {one.what for one in losses} == {Lost.THINNED}
        assert await size_of(database) <= limits.total
        book = await database.transact(lambda c: rows.ledger(c, Lane.BULK))
        assert book.dropped == {}


async def test_what_is_on_its_way_is_not_thinned(tmp_path: Path) -> None:
    async with crowded(tmp_path) as database:
        held = await held_by(database)
        room = Room("gw", Limits(await size_of(database) // 2, 0))
        room.published(row.id for row in held)
        losses = await made(room, database)
        assert {one.what for one in losses} == {Lost.GIVEN_UP}
        left = await held_by(database)
        assert left == held[-len(left) :]
        gone = sum(one.gone for one in losses)
        book = await database.transact(lambda c: rows.ledger(c, Lane.BULK))
        assert book.dropped == {"bulk_full": gone}
        room.gone(row.id for row in left)
        assert {one.what for one in await made(room, database)} <= {Lost.THINNED}


async def test_it_is_made_in_slices_so_that_commits_go_on_beside_it(tmp_path: Path) -> None:
    async with crowded(tmp_path, count=3 * LOOKED_AT_ONCE) as database:
        room = Room("gw", Limits(await size_of(database) // 9, 0))
        eviction = await room.shortage(database)
        assert eviction is not None
        before = await held_by(database)
        await room.make(database, eviction, told_nobody)
        assert (await held_by(database))[-2 * LOOKED_AT_ONCE :] == before[LOOKED_AT_ONCE:]
        assert room.is_making
        await made(room, database)
        assert not room.is_making


async def test_rows_that_come_faster_than_they_are_thinned_are_given_up(tmp_path: Path) -> None:
    """So the buffer is never far beyond its limit, however long thinning takes."""
    async with crowded(tmp_path, count=2 * LOOKED_AT_ONCE) as database:
        limits = Limits(await size_of(database) * 2 // 3, 0)
        room = Room("gw", limits)
        eviction = await room.shortage(database)
        assert eviction is not None
        row = (await held_by(database))[0]
        draft = rows.Draft(1, row.base, row.encoding, bytes(limits.total // 9))
        await database.transact(lambda c: rows.commit(c, Lane.BULK, EPOCH, [draft]))
        assert {one.what for one in await made(room, database)} == {Lost.GIVEN_UP}
        assert await size_of(database) <= limits.total


class RefusedError(Exception):
    """Of a record that can not be written."""


async def test_nothing_is_lost_without_a_word_of_it(tmp_path: Path) -> None:
    """One transaction: a kill between the two is no way to lose the record."""

    def refusing(_losses: Sequence[Loss]) -> Callable[[sqlite3.Connection], None]:
        def work(_connection: sqlite3.Connection) -> None:
            raise RefusedError

        return work

    async with crowded(tmp_path) as database:
        room = Room("gw", Limits(await size_of(database) // 2, 0))
        before = await held_by(database)
        eviction = await room.shortage(database)
        assert eviction is not None
        with pytest.raises(RefusedError):
            await room.make(database, eviction, refusing)
        room.published(row.id for row in before)
        while not await room.make(database, eviction, told_nobody):
            pass  # nothing may be thinned
        left = await held_by(database)
        eviction = await room.shortage(database)
        assert eviction is not None
        with pytest.raises(RefusedError):
            await room.make(database, eviction, refusing)
        assert await held_by(database) == left


async def test_what_a_receipt_has_is_not_thinned_into_another(tmp_path: Path) -> None:
    """It is about to be deleted; a row in its place that stands for more would go with it."""
    async with crowded(tmp_path) as database:
        held = await held_by(database)
        had = {row.id for row in held[50:]}
        room = Room("gw", Limits(await size_of(database) // 9 * 8, 0), had)
        for _ in range(9):
            eviction = await room.shortage(database)
            if eviction is None:
                break
            await room.make(database, eviction, told_nobody)
        assert set(had) <= {row.id for row in await held_by(database)}
        assert (await held_by(database))[-len(had) :] == held[50:]


async def test_only_what_was_not_looked_at_is(tmp_path: Path) -> None:
    async with crowded(tmp_path, count=3) as database:
        room = Room("gw", Limits(await size_of(database), 0))
        assert await room.shortage(database) is None
        one = (await held_by(database))[0]
        draft = rows.Draft(1, one.base, one.encoding, one.payload)
        await database.transact(lambda c: rows.commit(c, Lane.BULK, EPOCH, [draft]))
        assert await room.shortage(database) is None
        room.has_grown = True
        assert await room.shortage(database) is not None
