"""The three files together: sound, in step, and trimmed by what all stages have read."""

import asyncio
from pathlib import Path

import pytest

from ingest_server.db.cursor import Cursor, write_cursor
from ingest_server.db.journal import Draft, Kind, append, last_id
from ingest_server.files import InUseError, opened
from wire.envelope import Encoding

NOW_US = 1_795_251_846_000_000
DRAFT = Draft(Kind.URGENT, "gw-001", 1, "unset", 0, Encoding.RAW, b"[]")


async def test_new_files_are_made_where_there_are_none(tmp_path: Path) -> None:
    async with opened(tmp_path / "a" / "b", NOW_US, asyncio.Event()) as files:
        assert files.notices == ()
        assert await files.read_by_all() == dict.fromkeys(Kind, 0)


async def test_each_kind_is_read_by_who_needs_it(tmp_path: Path) -> None:
    async with opened(tmp_path, NOW_US, asyncio.Event()) as files:
        await files.book.transact(lambda book: write_cursor(book, Cursor.URGENT, 30))
        await files.book.transact(lambda book: write_cursor(book, Cursor.BULK, 10))
        await files.book.transact(lambda book: write_cursor(book, Cursor.CONTROL, 5))
        await files.store.write([], 20)
        assert await files.read_by_all() == {
            Kind.URGENT: 20,
            Kind.BULK: 10,
            Kind.BIRTH: 30,
            Kind.STATUS: 30,
            Kind.RESULT: 5,
            Kind.RETIME: 10,
        }


async def test_a_stage_that_can_not_tell_keeps_the_journal(tmp_path: Path) -> None:
    async with opened(tmp_path, NOW_US, asyncio.Event()) as files:
        await files.book.transact(lambda book: book.execute("DROP TABLE cursor"))
        assert await files.read_by_all() is None


async def test_a_lost_journal_goes_on_above_every_cursor(tmp_path: Path) -> None:
    async with opened(tmp_path, NOW_US, asyncio.Event()) as files:
        await files.store.write([], 20)
        await files.book.transact(lambda book: write_cursor(book, Cursor.URGENT, 30))
    for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    async with opened(tmp_path, NOW_US, asyncio.Event()) as files:
        assert await files.journal.read(last_id) == 30
        assert await files.journal.transact(lambda journal: append(journal, DRAFT)) == 31


@pytest.mark.parametrize("name", ["journal.db", "book.db", "store.db"])
async def test_each_broken_file_is_set_aside_alone(tmp_path: Path, name: str) -> None:
    async with opened(tmp_path, NOW_US, asyncio.Event()) as files:
        await files.journal.transact(lambda journal: append(journal, DRAFT))
    (tmp_path / name).write_bytes(b"torn" * 5_000)
    async with opened(tmp_path, NOW_US, asyncio.Event()) as files:
        aside = tmp_path / f"{name}.broken-20261121T090406Z"
        assert files.notices == (
            f"{name} was broken: set aside as {aside.name}, a new one was begun",
        )
        assert aside.read_bytes().startswith(b"torn")
    assert len(_set_aside(tmp_path)) == 1


def _set_aside(folder: Path) -> list[Path]:
    return list(folder.glob("*.broken-*"))


async def test_the_bell_is_the_one_given(tmp_path: Path) -> None:
    queued = asyncio.Event()
    async with opened(tmp_path, NOW_US, queued) as files:
        files.book.mark()
        await files.book.transact(lambda _: None)
    assert queued.is_set()


async def test_a_folder_belongs_to_one_server(tmp_path: Path) -> None:
    async with opened(tmp_path, NOW_US, asyncio.Event()):
        with pytest.raises(InUseError, match="another ingest-server"):
            async with opened(tmp_path, NOW_US, asyncio.Event()):
                pass
    async with opened(tmp_path, NOW_US, asyncio.Event()):
        pass
