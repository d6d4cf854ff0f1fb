"""What a run learns of the time is on disk for the next."""

from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.time_kept import KeptTime
from edge_agent.buffer.timebase import Timekeeper
from runtime.database import Database
from tests.standing_clock import StandingClock


async def test_an_anchor_is_kept_once_and_remembered(tmp_path: Path) -> None:
    clock = StandingClock()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        keeper = Timekeeper(clock)
        kept = KeptTime(database, keeper)
        await kept.remember()
        assert not kept.anchored
        await kept.keep()
        assert kept.anchored == keeper.anchor
        assert keeper.anchor is not None
        assert await kept.stated() == (keeper.anchor,)
        later = KeptTime(database, Timekeeper(clock))
        await later.remember()
        assert later.anchored == keeper.anchor


async def test_without_a_clock_nothing_is_kept(tmp_path: Path) -> None:
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        kept = KeptTime(database, Timekeeper(StandingClock(trusted=False)))
        await kept.keep()
        assert await kept.stated() == ()
