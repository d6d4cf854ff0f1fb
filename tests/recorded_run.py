"""A run of the real buffer that writes down what was committed, for those who cut it off.

`python -m tests.recorded_run <folder> <seed> <turns>`. Each line of `marks` is JSON: `there`, keys
that are committed; `gone`, keys that may be deleted from now on; `once`, content under a key.
"""

import asyncio
import hashlib
import json
import os
import random
import sqlite3
import sys
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import Lanes, PointPlan
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from runtime.database import Database
from tests.standing_clock import StandingClock
from wire.receipt import Receipt
from wire.topic import Lane

STAMP = "20261121T084000Z"
_CHECKPOINT_PAGES = 60  # so that a short run has some
_LIMITS = Limits(30_000, 20_000)


def plan(_device: str, point: str) -> PointPlan:
    return PointPlan(Lane.URGENT if point == "smoke" else Lane.BULK, None)


def name_of(lane: Lane, epoch: str, seq: int) -> str:
    return f"{lane}/{epoch}/{seq}"


def names_of(row: rows.Row) -> list[str]:
    seqs = [cover.seq for cover in row.key.covers] or [row.key.seq]
    return [name_of(row.lane, row.key.epoch, seq) for seq in seqs]


def content_of(row: rows.Row) -> str:
    name = name_of(row.lane, row.key.epoch, row.key.seq)
    return f"{name}={hashlib.sha256(row.payload).hexdigest()[:16]}"


def held(connection: sqlite3.Connection) -> list[rows.Row]:
    return [row for lane in Lane for row in rows.rows_after(connection, lane, 0, 100_000)]


class Run:
    """One life of the agent's buffer."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._marks = os.open(folder / "marks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._dice = random.Random(seed)
        self._clock = StandingClock()
        self._epoch = f"{seed:016x}"
        self._database = Database(folder / "buffer.db", rows.migrate)

    def mark(self, **said: list[str]) -> None:
        os.write(self._marks, json.dumps(said).encode() + b"\n")

    async def live(self, turns: int) -> None:
        async with self._database as database:
            pages = f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}"
            await database.transact(lambda c: c.execute(pages).fetchone())
            lanes = Lanes(
                database=database,
                timekeeper=Timekeeper(self._clock),
                gateway="gw",
                epoch=self._epoch,
                limits=_LIMITS,
                plan=plan,
                progress=lambda _: None,
            )
            for turn in range(turns):
                await self._turn(lanes, turn)
                found = await database.read(held)
                self.mark(
                    there=[name for row in found for name in names_of(row)],
                    once=[content_of(row) for row in found],
                )

    async def _turn(self, lanes: Lanes, turn: int) -> None:
        dice, clock = self._dice, self._clock
        clock.advance(dice.choice((1_000, 1_000_000, 40_000_000)))
        match dice.randint(0, 5):
            case 0 | 1 | 2:
                said = [Sample("smoke", turn % 2 == 0, clock.mono_us())]
                await lanes.take(f"d-{dice.randint(0, 3)}", said)
            case 3 | 4:
                now = clock.mono_us()
                said = [
                    Sample("level", dice.random(), now + n) for n in range(dice.randint(1, 150))
                ]
                await lanes.take("gauge", said)
                await lanes.flush()
            case _:
                await self._receipt(lanes, dice.choice((Lane.URGENT, Lane.BULK)))

    async def _receipt(self, lanes: Lanes, lane: Lane) -> None:
        numbers = await lanes.rows_after(lane, 0, dice_many(self._dice))
        for number in numbers:
            outgoing = await lanes.outgoing(lane, number)
            if outgoing is None or outgoing.row is None:
                continue
            key = outgoing.row.key
            have = ((key.covers[0].seq if key.covers else key.seq, key.seq),)
            self.mark(gone=names_of(outgoing.row))
            await lanes.receive(Receipt(lane, key.epoch, have, (), None, 1))
        await lanes.flush()
        await lanes.flush()


def dice_many(dice: random.Random) -> int:
    return dice.randint(1, 6)


def main() -> None:
    folder, seed, turns = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    prepare(folder / "buffer.db", STAMP)
    asyncio.run(Run(folder, seed).live(turns))


if __name__ == "__main__":
    main()
