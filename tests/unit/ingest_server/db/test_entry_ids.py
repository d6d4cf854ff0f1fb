"""A new or restored journal never gives an id that a stage has already read past."""

from pathlib import Path

import pytest

from ingest_server.db.entry_ids import continue_ids
from ingest_server.db.journal import Draft, Kind, append, last_id, migrate_journal
from runtime.database import Database
from wire.envelope import Encoding

DRAFT = Draft(Kind.BULK, "gw-001", 1, "unset", 0, Encoding.RAW, b"[]")


@pytest.mark.parametrize(
    ("entries", "read_up_to", "following"), [(0, 0, 1), (0, 40, 41), (3, 40, 41), (3, 2, 4)]
)
async def test_the_next_entry_comes_after_both(
    tmp_path: Path, entries: int, read_up_to: int, following: int
) -> None:
    async with Database(tmp_path / "journal.db", migrate_journal) as journal:
        for _ in range(entries):
            await journal.transact(lambda c: append(c, DRAFT))
        await journal.transact(lambda c: continue_ids(c, read_up_to))
        assert await journal.read(last_id) == max(entries, read_up_to)
        assert await journal.transact(lambda c: append(c, DRAFT)) == following
