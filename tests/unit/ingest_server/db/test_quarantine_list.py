"""The quarantine's list: newest first, narrowed, by pages."""

from pathlib import Path

from ingest_server.db.journal import migrate_journal
from ingest_server.db.quarantine import Refused, set_aside
from ingest_server.db.quarantine_list import page
from runtime.database import Database


async def test_newest_first_narrowed_and_paged(tmp_path: Path) -> None:
    refused = [
        Refused(n, "t", f"gw-{n % 2}" if n else None, "not_json", f"d{n}", (), b"x" * n)
        for n in range(5)
    ]
    async with Database(tmp_path / "journal.db", migrate_journal) as journal:
        for one in (*refused, refused[4]):
            await journal.transact(lambda c, one=one: set_aside(c, one))  # type: ignore[misc]  # a lambda's default has no type
        found = await journal.read(page)
        assert [(one.detail, one.times) for one in found] == [
            ("d4", 2),
            ("d3", 1),
            ("d2", 1),
            ("d1", 1),
            ("d0", 1),
        ]
        assert found[0].payload_bytes == 4
        odd = await journal.read(lambda c: page(c, gateway="gw-1"))
        assert [one.detail for one in odd] == ["d3", "d1"]
        assert await journal.read(lambda c: page(c, reason="other")) == []
        rest = await journal.read(lambda c: page(c, before=found[1].id, limit=2))
        assert [one.detail for one in rest] == ["d2", "d1"]
