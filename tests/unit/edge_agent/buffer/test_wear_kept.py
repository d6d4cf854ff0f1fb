"""What runs write to a card is kept with their own commits, and the next run goes on from there."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.wear import Purpose, Worn
from edge_agent.buffer.wear_kept import KeptWear
from runtime.database import Database, connect, run_transaction
from tests.lanes_rig import lanes_on, sample
from tests.standing_clock import StandingClock

HOUR_US = 3_600_000_000


class Run:
    """One run of an agent: each commit writes a thousand bytes and comes half an hour later."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.now_us = self.size = 0
        self.wear = KeptWear(lambda: self.now_us, lambda: self.size)
        run_transaction(connection, self.wear.remember)

    def commit(self, *, fails: bool = False) -> None:
        self.now_us += HOUR_US // 2
        try:
            run_transaction(self._connection, self._failing if fails else self._begin)
            self.wear.committed()
        except sqlite3.OperationalError:
            assert fails
        self.size += 1_000

    def _begin(self, connection: sqlite3.Connection) -> None:
        self.wear.begin(connection, Purpose.BULK)

    def _failing(self, connection: sqlite3.Connection) -> None:
        self._begin(connection)
        raise sqlite3.OperationalError("disk I/O error")


def with_buffer(path: Path, use: Callable[[sqlite3.Connection], None]) -> None:
    with closing(connect(path / "buffer.db")) as disk:
        rows.migrate(disk)
        use(disk)


def test_a_crash_forgets_an_hour_and_an_end_nothing(tmp_path: Path) -> None:
    def use(disk: sqlite3.Connection) -> None:
        run = Run(disk)
        for _ in range(5):
            run.commit()
        assert run.wear.so_far() == Worn(
            5 * HOUR_US // 2, dict.fromkeys(Purpose, 0) | {Purpose.BULK: 4_000}
        )
        after_a_crash = Run(disk).wear.so_far()
        assert (after_a_crash.over_us, after_a_crash.by_purpose[Purpose.BULK]) == (
            2 * HOUR_US, 3_000,
        )  # fmt: skip
        run.wear.is_ending = True
        run.commit()
        assert Run(disk).wear.so_far() == run.wear.so_far()

    with_buffer(tmp_path, use)


def test_it_writes_with_one_commit_an_hour_and_again_after_one_that_failed(tmp_path: Path) -> None:
    def use(disk: sqlite3.Connection) -> None:
        run, wrote = Run(disk), []
        for number in range(7):
            before = disk.total_changes
            run.commit(fails=number == 3)
            wrote.append(disk.total_changes > before)
        assert wrote == [False, True, False, True, True, False, True]
        assert Run(disk).wear.so_far().over_us == run.now_us

    with_buffer(tmp_path, use)


async def test_lanes_go_on_where_the_run_before_ended(tmp_path: Path) -> None:
    clock = StandingClock()
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        lanes = lanes_on(database, clock)
        lanes.wear.meter.by_purpose[Purpose.BULK] = 5_000
        await lanes.take("d", [sample(clock, "smoke", True)])
        clock.advance(HOUR_US)
        await lanes.take("d", [sample(clock, "smoke", False)])
        later = lanes_on(database, clock)
        await later.remember()
        kept = later.wear.so_far()
    assert kept.over_us >= HOUR_US
    assert kept.by_purpose[Purpose.BULK] == 5_000
