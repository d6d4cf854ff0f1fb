"""Rows of a buffer in memory come to the disk: under their keys, counted once, statements whole."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import anchors, rows
from edge_agent.buffer.adopt import Adopted
from edge_agent.buffer.opening import BufferInUseError, held, prepare
from edge_agent.buffer.spare import waiting_in_memory
from runtime.database import connect
from tests.broken_buffer import all_rows
from tests.brought_in import all_in
from wire.envelope import Base, ClockState, Encoding
from wire.identity import Anchor
from wire.receipt import Receipt
from wire.topic import Lane

A, B, C = "a" * 16, "b" * 16, "c" * 16
STAMP = "20261121T084000Z"
ANCHOR = Anchor("boot", 5, 1_763_700_000_000_000)


def draft(payload: bytes) -> rows.Draft:
    return rows.Draft(10, Base("boot", 7, ClockState.UNSET), Encoding.RAW, payload)


def opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(exist_ok=True)
    prepare(path, STAMP)
    disk = connect(path)
    rows.migrate(disk)
    return disk


@pytest.fixture
def scene(tmp_path: Path) -> tuple[Path, Path]:
    """A disk with an epoch that is partly delivered, and a spare of which one row is delivered."""
    path, spare = tmp_path / "disk" / "buffer.db", tmp_path / "memory" / "buffer.db"
    with closing(opened(path)) as disk:
        rows.commit(disk, Lane.URGENT, A, [draft(b"one"), draft(b"two")])
        rows.receive(disk, Receipt(Lane.URGENT, A, ((1, 1),), (), None, 0), A)
    with closing(opened(spare)) as memory:
        rows.commit(memory, Lane.URGENT, B, [draft(b"three"), draft(b"four"), draft(b"five")])
        rows.receive(memory, Receipt(Lane.URGENT, B, ((1, 1),), (), None, 0), B)
        anchors.keep(memory, ANCHOR)
    return path, spare


def test_rows_come_under_their_own_keys_and_the_spare_goes(scene: tuple[Path, Path]) -> None:
    path, spare = scene
    assert all_in(path, spare) == [Adopted(2, 20, 0)]
    assert [one.name for one in spare.parent.iterdir()] == ["buffer.db.lock"]
    assert all_in(path, spare) == []
    with closing(opened(path)) as disk:
        held_now = all_rows(disk)
        assert {key: row.payload for key, row in held_now.items()} == {
            (Lane.URGENT, A, 2): b"two",
            (Lane.URGENT, B, 2): b"four",
            (Lane.URGENT, B, 3): b"five",
        }
        assert anchors.stated(disk, "boot") == (ANCHOR,)


def test_the_ledger_counts_both_and_each_chain_of_epochs_is_whole(
    scene: tuple[Path, Path],
) -> None:
    path, spare = scene
    all_in(path, spare)
    with closing(opened(path)) as disk:
        assert rows.ledger(disk, Lane.URGENT) == rows.Ledger(50, 20, 30, 0, {})
        now, *others = rows.state(disk, Lane.URGENT, C)
        assert (now.base, now.prev) == (20, A)
        second, first = others
        assert (first.base, first.taken, first.floor, first.last) == (0, 20, 2, 2)
        assert (second.base, second.prev, second.taken) == (0, None, 30)
        assert (second.floor, second.last, second.dropped) == (2, 3, {})
        rows.receive(disk, Receipt(Lane.URGENT, B, ((1, 3),), (B,), None, 0), C)
        assert rows.ledger(disk, Lane.URGENT) == rows.Ledger(50, 40, 10, 0, {})


def test_a_spare_that_was_killed_in_its_log_loses_nothing(tmp_path: Path) -> None:
    path, spare = tmp_path / "disk" / "buffer.db", tmp_path / "memory" / "buffer.db"
    opened(path).close()
    with closing(opened(tmp_path / "running" / "buffer.db")) as running:
        rows.commit(running, Lane.BULK, B, [draft(b"x" * 3_000)])
        shutil.copytree(tmp_path / "running", spare.parent)
    all_in(path, spare)
    with closing(opened(path)) as disk:
        (row,) = all_rows(disk).values()
        assert row.payload == b"x" * 3_000


def test_coming_twice_changes_no_row(scene: tuple[Path, Path], tmp_path: Path) -> None:
    """What a restored image may do; a kill leaves a note instead, see test_sources.py."""
    path, spare = scene
    shutil.copyfile(spare, tmp_path / "again.db")
    all_in(path, spare)
    with closing(opened(path)) as disk:
        before = all_rows(disk), rows.ledger(disk, Lane.URGENT)
    shutil.copyfile(tmp_path / "again.db", spare)
    all_in(path, spare)
    with closing(opened(path)) as disk:
        assert (all_rows(disk), rows.ledger(disk, Lane.URGENT)) == before


def test_a_spare_in_use_is_left_alone(scene: tuple[Path, Path]) -> None:
    _, spare = scene
    with held(spare), pytest.raises(BufferInUseError):
        waiting_in_memory(spare, STAMP)
    assert spare.exists()


def test_without_a_spare_nothing_waits_and_nothing_is_made(tmp_path: Path) -> None:
    assert waiting_in_memory(tmp_path / "memory" / "buffer.db", STAMP) == []
    assert not list(tmp_path.iterdir())
