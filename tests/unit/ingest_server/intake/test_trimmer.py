"""The journal is trimmed up to what every stage has read, and no further."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from ingest_server.db.journal import Draft, Kind, append, migrate_journal
from ingest_server.intake.trimmer import Trimmer, TrimSettings
from runtime.database import Database
from tests.patience import PATIENCE_S
from wire.envelope import Encoding


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "journal.db", migrate_journal) as opened:
        for kind in (Kind.URGENT, Kind.BULK, Kind.URGENT, Kind.BULK):
            draft = Draft(kind, "gw-001", 1, "unset", 0, Encoding.RAW, b"[]")
            await opened.transact(lambda c, draft=draft: append(c, draft))  # type: ignore[misc]  # a lambda's default has no type
        yield opened


async def left(journal: Database) -> list[int]:
    rows = await journal.read(lambda c: c.execute("SELECT id FROM entry ORDER BY id").fetchall())
    return [number for (number,) in rows]


def trimmer(journal: Database, below: Mapping[Kind, int] | None, limit: int = 10) -> Trimmer:
    async def cursors() -> Mapping[Kind, int] | None:
        return below

    return Trimmer(journal, cursors, TrimSettings(slice=limit, pause_s=0.0, every_s=0.001))


async def test_each_kind_has_its_own_bound(journal: Database) -> None:
    assert not await trimmer(journal, {Kind.URGENT: 3, Kind.BULK: 2}).trim_once()
    assert await left(journal) == [4]


async def test_a_slice_is_small(journal: Database) -> None:
    one = trimmer(journal, {Kind.URGENT: 4, Kind.BULK: 4}, limit=3)
    assert await one.trim_once()
    assert len(await left(journal)) == 1
    assert not await one.trim_once()
    assert await left(journal) == []


async def test_nothing_goes_while_a_stage_can_not_tell(journal: Database) -> None:
    assert not await trimmer(journal, None).trim_once()
    assert await left(journal) == [1, 2, 3, 4]


async def test_it_runs_until_cancelled_whatever_the_journal_says(tmp_path: Path) -> None:
    closed = Database(tmp_path / "closed.db", migrate_journal)
    alive: list[bool] = []
    one = trimmer(closed, {Kind.BULK: 1})
    one._progress = lambda: alive.append(True)
    async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE_S):
        task = group.create_task(one.run())
        while len(alive) < 3:
            await asyncio.sleep(0.002)
        task.cancel()
