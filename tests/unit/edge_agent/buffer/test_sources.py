"""What waits is brought in once, whatever a kill leaves; a start knows what it needs of it."""

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import aside, incoming, rows
from edge_agent.buffer.bringing import Bringing, bring_now
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.salvage import found_in
from edge_agent.buffer.sources import gathered
from runtime.database import connect
from tests.broken_buffer import Used, all_rows, use
from tests.brought_in import STAMP, all_in


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    return use(tmp_path_factory.mktemp("used"), turns=30)


@pytest.fixture
def path(used: Used, tmp_path: Path) -> Path:
    """A new buffer beside one whose headers are lost."""
    path = used.copy(tmp_path)
    for one in (path, Path(f"{path}-wal")):
        with one.open("r+b") as file:
            file.write(bytes(32))
    prepare(path, STAMP)
    return path


def test_numbers_are_there_before_the_rows(used: Used, tmp_path: Path) -> None:
    path = used.copy(tmp_path)
    with closing(connect(path)) as disk:
        before = rows.next_connection(disk)
    aside.set_aside(path, STAMP)
    prepare(path, STAMP)
    waiting = gathered(path, None, STAMP)
    assert waiting.knows_commands
    assert [one.path.name for one in waiting.sources] == [f"buffer.db.broken-{STAMP}"]
    with closing(connect(path)) as disk:
        assert all_rows(disk) == {}
        assert rows.next_connection(disk) == before + 1


def test_of_a_file_that_sqlite_can_not_read_commands_are_not_known(path: Path) -> None:
    waiting = gathered(path, None, STAMP)
    assert not waiting.knows_commands
    before = found_in(waiting.sources[0].path).numbers["connection"]
    with closing(connect(path)) as disk:
        assert rows.next_connection(disk) == before + 1  # its first pages told it


def test_a_kill_when_all_is_in_brings_in_nothing_twice(used: Used, path: Path) -> None:
    waiting = gathered(path, None, STAMP)
    (source,) = waiting.sources
    bring_now(path, Bringing(source.path, source.name, waiting.below))
    with closing(connect(path)) as disk:
        before = all_rows(disk)
        assert {row.payload for row in before.values()} == {
            row.payload for row in used.truth.values()
        }
        books = [rows.ledger(disk, lane) for lane in rows.sizes(disk)]
    assert gathered(path, None, STAMP).sources == ()
    assert aside.waiting(path) == []
    assert source.path.exists()
    with closing(connect(path)) as disk:
        assert all_rows(disk) == before
        assert [rows.ledger(disk, lane) for lane in rows.sizes(disk)] == books
        assert incoming.done(disk) == []


def test_a_spare_that_is_not_ours_stays_and_holds_nobody_up(tmp_path: Path) -> None:
    """A person ran the agent as root while the disk failed: the service can not read it."""
    path, spare = tmp_path / "disk" / "buffer.db", tmp_path / "memory" / "buffer.db"
    path.parent.mkdir()
    prepare(path, STAMP)
    spare.parent.mkdir()
    spare.touch()
    (spare.parent / "buffer.db.lock").mkdir()  # to be refused as root too
    waiting = gathered(path, spare, STAMP)
    assert f"({spare}) stays there: " in waiting.problem
    assert waiting.sources == ()


def test_what_can_not_be_read_is_told_by_whoever_brings_it_in(tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    path.mkdir()
    aside.set_aside(path, STAMP)
    prepare(path, STAMP)
    waiting = gathered(path, None, STAMP)
    assert not waiting.knows_commands
    with pytest.raises(OSError, match=os.strerror(errno.EISDIR)):
        all_in(path)
