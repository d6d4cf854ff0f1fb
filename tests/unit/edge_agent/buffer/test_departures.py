"""What the uplink gets: rows with statements, heartbeats, nothing that a receipt has."""

from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.departures import Departures
from edge_agent.buffer.fresh import Fresh
from edge_agent.buffer.had import Had, look_up
from edge_agent.buffer.leaving import Wanted
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.room import Room
from edge_agent.buffer.timebase import Timekeeper
from runtime.database import Database
from tests.standing_clock import StandingClock
from wire.envelope import Base, ClockState, Encoding
from wire.receipt import Receipt
from wire.topic import Lane

A = "a" * 16


async def test_rows_leave_with_statements_that_count_on(tmp_path: Path) -> None:
    clock = StandingClock()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        away = Departures(database, Timekeeper(clock), A, Room("gw", Limits(1_000, 10)), Had())
        base = Base("boot", 7, ClockState.HOLDOVER)
        drafts = [rows.Draft(1, base, Encoding.RAW, b"[]")] * 3
        await database.transact(lambda c: rows.commit(c, Lane.BULK, A, drafts))
        numbers = await away.rows_after(Lane.BULK, 0, 2)
        assert len(numbers) == 2
        first = await away.outgoing(Lane.BULK, numbers[0])
        heartbeat = await away.outgoing(Lane.BULK, None)
        assert first is not None
        assert heartbeat is not None
        assert heartbeat.row is None
        assert heartbeat.statement.n == first.statement.n + 1
        said = Receipt(Lane.BULK, A, ((1, 1),), (), None, 0)
        away._had.note(await database.transact(lambda c: look_up(c, said)), said, 0)
        assert await away.outgoing(Lane.BULK, numbers[0]) is None
        assert await away.again(Lane.BULK, numbers[:1]) == []
        assert numbers[0] not in await away.rows_after(Lane.BULK, 0, 9)
        wanted = Wanted(Lane.BULK, 0, None, 9, 10_000, lambda _: False)
        left, last = await away.leaving(wanted)
        assert [one.row.key.seq for one in left if one.row] == [2, 3]
        assert last == left[-1].row.id if left[-1].row else None


async def test_while_room_is_made_a_receipt_is_looked_up_in_the_file(tmp_path: Path) -> None:
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        room, clock = Room("gw", Limits(1_000, 10), Had()), StandingClock()
        away = Departures(database, Timekeeper(clock), A, room, Had())
        said = Receipt(Lane.BULK, A, ((1, 1),), (), None, 0)
        draft = rows.Draft(1, Base("boot", 7, ClockState.HOLDOVER), Encoding.RAW, b"x" * 2_000)
        await database.transact(lambda c: rows.commit(c, Lane.BULK, A, [draft]))
        (row,) = await database.transact(lambda c: rows.rows_after(c, Lane.BULK, 0, 9))
        made = {Lane.BULK: Fresh((row,), (), 0)}
        away._made(made)
        assert row.id in [one.id for one in away._newest.covered(said, ()) or ()]
        away._made(made)
        away._will_change()
        assert away._newest.covered(said, ()) is None
        assert await room.shortage(database) is not None
        away._made(made)
        assert away._newest.covered(said, ()) is None
        assert await away.receive(said) == [row.id]
