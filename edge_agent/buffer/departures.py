"""Rows on their way out of the buffer, each with what is to be stated with it; and heartbeats."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from edge_agent.buffer import rows
from edge_agent.buffer.backlog import Backlog, backlog
from edge_agent.buffer.fresh import Fresh
from edge_agent.buffer.had import Had, look_up
from edge_agent.buffer.heads import Heads
from edge_agent.buffer.leaving import Found, Wanted, look, oldest_young
from edge_agent.buffer.newest import Newest
from edge_agent.buffer.room import Room
from edge_agent.buffer.rows import Ledger, Row
from edge_agent.buffer.statement import cut
from edge_agent.buffer.stored import Stored
from edge_agent.buffer.time_kept import KeptTime
from edge_agent.buffer.timebase import Timebase, Timekeeper
from edge_agent.buffer.waiting import Waiting
from runtime.database import Database
from wire.envelope import Through
from wire.identity import Anchor
from wire.receipt import Receipt
from wire.statement import Statement
from wire.topic import Lane


class Outgoing(msgspec.Struct, frozen=True):
    """What the uplink sends next of a lane: a row (or none: a heartbeat) and what it states."""

    row: Row | None
    statement: Statement
    through: Through
    timebase: Timebase


class Departures:
    """The side of the buffer that the uplink sees."""

    def __init__(
        self, database: Database, timekeeper: Timekeeper, epoch: str, room: Room, had: Had
    ) -> None:
        self._database = database
        self._timekeeper = timekeeper
        self._epoch = epoch
        self._room = room
        self._time = KeptTime(database, timekeeper)
        self._waiting = Waiting()
        self._had = had
        self._numbers = dict.fromkeys(Lane, 0)
        # By lane: called right after a commit; whether what it made has left.
        self.leave_at_once: dict[Lane, Callable[[], bool]] = dict.fromkeys(Lane, _nobody)
        self._heads = Heads(epoch)
        # By lane: until something else of it is committed, or may go.
        self._fresh: dict[Lane, Fresh] = {}
        self._newest = Newest(epoch)
        self.is_whole = True  # False while rows of another file are coming in

    @property
    def anchored(self) -> Anchor | None:
        """The latest anchor that is on disk."""
        return self._time.anchored

    @property
    def anchor_came(self) -> asyncio.Event:
        """Set with each new `anchored`; for one who waits, and clears it."""
        return self._time.came

    async def anchors(self) -> tuple[Anchor, ...]:
        """What a birth tells of this boot and of those whose rows are still here."""
        return await self._time.stated()

    def came_in(self, *, is_whole: bool) -> None:
        """Rows of another file are here now; `is_whole`: the last of them."""
        self.is_whole = is_whole
        self._room.looked_away()

    async def outgoing(self, lane: Lane, number: int | None) -> Outgoing | None:
        """The row with this id (None asks for a heartbeat) with what is to be stated with it.

        None when the row is gone.
        """
        if number in self._had:
            return None
        timebase = self._timekeeper.now()
        through = self._waiting.through(lane, timebase)

        def look(connection: sqlite3.Connection) -> tuple[Row | None, Statement]:
            row = None if number is None else rows.row(connection, number)
            stated = self._heads.look(connection, lane)
            return row, cut(stated, self._next_number(lane), is_whole=self.is_whole)

        row, statement = await self._database.transact(look)
        if number is not None and row is None:
            return None
        self._room.published(() if row is None else (row.id,))
        return Outgoing(row, statement, through, timebase)

    async def leaving(self, wanted: Wanted) -> tuple[list[Outgoing], int | None]:
        """New rows, each with what is to be stated with it; up to which row was looked (see Found).

        Rows that a receipt has are passed over.
        """
        free = replace(wanted, is_passed_over=lambda n: n in self._had or wanted.is_passed_over(n))
        found, outgoing = await self._stated(wanted.lane, lambda c: look(c, free))
        return outgoing, found.last

    def fresh(self, wanted: Wanted) -> tuple[list[Outgoing], int]:
        """All new rows of the lane, when they are what the last commit made, and the last's id.

        At once: an alarm does not wait for a second turn at the file. Else none.
        """
        fresh = self._fresh.pop(wanted.lane, None)
        timebase = self._timekeeper.now()
        if fresh is None or self._room.is_making or not fresh.is_next(wanted, timebase.mono_us):
            return [], wanted.after
        self._room.published(row.id for row in fresh.rows)
        through = self._waiting.through(wanted.lane, timebase)
        pairs = zip(fresh.rows, fresh.statements, strict=True)
        outgoing = [Outgoing(row, said, through, timebase) for row, said in pairs]
        return outgoing, fresh.rows[-1].id

    def _fresh_of(self, connection: sqlite3.Connection, made: Sequence[Stored]) -> Fresh:
        """In the transaction that made these rows (at least one) of a lane."""
        lane = made[0].lane
        stated = self._heads.state(connection, lane)
        said = tuple(cut(stated, self._next_number(lane), is_whole=self.is_whole) for _ in made)
        return Fresh(tuple(one.row() for one in made), said, self._timekeeper.mono_us)

    def _made(self, made: Mapping[Lane, Fresh]) -> None:
        """They are committed; while room is made they may be thinned at any time."""
        self._fresh.update(made)
        if not self._room.is_making:
            self._newest.note(row for fresh in made.values() for row in fresh.rows)

    def _will_change(self) -> None:
        """Rows are about to be thinned: what is remembered of any may not be so any more."""
        self._fresh.clear()
        self._newest.forget()

    async def again(self, lane: Lane, numbers: Sequence[int]) -> list[Outgoing]:
        """These rows, as far as they are still here, each with what is to be stated with it."""

        def work(connection: sqlite3.Connection) -> Found:
            there = (rows.row(connection, n) for n in numbers if n not in self._had)
            return Found(tuple(row for row in there if row is not None), None)

        return (await self._stated(lane, work))[1]

    async def _stated(
        self, lane: Lane, work: Callable[[sqlite3.Connection], Found]
    ) -> tuple[Found, list[Outgoing]]:
        timebase = self._timekeeper.now()
        through = self._waiting.through(lane, timebase)

        def both(connection: sqlite3.Connection) -> tuple[Found, list[Statement]]:
            found = work(connection)
            stated = self._heads.look(connection, lane) if found.rows else []
            said = [self._next_number(lane) for _ in found.rows]
            return found, [cut(stated, number, is_whole=self.is_whole) for number in said]

        hurry = lane is Lane.URGENT
        found, statements = await self._database.transact(both, hurry=hurry)
        self._room.published(row.id for row in found.rows)
        pairs = zip(found.rows, statements, strict=True)
        return found, [Outgoing(row, said, through, timebase) for row, said in pairs]

    async def oldest_young(self, lane: Lane, young_us: int) -> int:
        """The first row that tells how things stand now; all below it are backlog."""
        boot, since_ms = self._timekeeper.boot, (self._timekeeper.mono_us - young_us) // 1_000
        return await self._database.transact(lambda c: oldest_young(c, lane, boot, since_ms))

    async def receive(self, receipt: Receipt) -> list[int]:
        """The ids of the rows that the receipt covers: gone, and soon deleted."""
        found = self._newest.covered(receipt, self._had)
        if found is None:
            found = await self._database.transact(lambda c: look_up(c, receipt, self._had))
        return self._had.note(found, receipt, self._timekeeper.mono_us)

    async def give_up(self, number: int, reason: str) -> None:
        self._newest.forget(number)
        await self._database.transact(lambda c: rows.give_up(c, number, reason))
        self._room.gone([number])

    async def next_connection(self) -> int:
        return await self._database.transact(rows.next_connection)

    def _next_number(self, lane: Lane) -> int:
        self._numbers[lane] += 1
        return self._numbers[lane]

    async def rows_after(self, lane: Lane, after: int, limit: int) -> list[int]:
        """Ids of committed rows that no receipt has, oldest first."""
        numbers = await self._database.transact(
            lambda c: rows.numbers_after(c, lane, after, limit + len(self._had)),
        )
        return [number for number in numbers if number not in self._had][:limit]

    async def ledgers(self) -> dict[Lane, Ledger]:
        books = await self._database.read(
            lambda connection: {lane: rows.ledger(connection, lane) for lane in Lane},
        )
        return {lane: self._had.ledger(lane, book) for lane, book in books.items()}

    async def backlogs(self) -> dict[Lane, Backlog]:
        waiting = await self._database.read(
            lambda connection: {lane: backlog(connection, lane) for lane in Lane}
        )
        return {lane: self._had.backlog(lane, one) for lane, one in waiting.items()}


def _nobody() -> bool:
    return False
