"""A buffer broken at random bytes starts, believes nothing wrong, loses only what stood there."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.opening import prepare
from runtime.database import connect
from tests.broken_buffer import Used, all_rows, breaks, use
from wire.envelope import Key
from wire.statement import Statement, check_statement
from wire.topic import Lane

STAMP = "20261121T084000Z"
SEEDS = range(120)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    return use(tmp_path_factory.mktemp("used"))


def survives(used: Used, folder: Path, seed: int) -> int:
    """How many rows are lost to the break that the seed makes; all others are as they were."""
    path = used.copy(folder)
    what, places = breaks(used, path, random.Random(seed))
    prepare(path, STAMP)
    for leftover in folder.glob("*.broken-*"):
        leftover.unlink()
    with closing(connect(path)) as disk:
        rows.migrate(disk)
        held = all_rows(disk)
        accounts_are_honest(disk)
    lost = 0
    for key, row in used.truth.items():
        if key in held:
            assert as_sent(held[key]) == as_sent(row), (
                f"seed {seed}: {what}: {key} is not as it was"
            )
        else:
            lost += 1
            assert used.places[key] & places, f"seed {seed}: {what}: {key} is lost"
    return lost


def as_sent(row: rows.Row) -> tuple[Key, bytes]:
    return row.key, row.payload


def accounts_are_honest(disk: sqlite3.Connection) -> None:
    for lane in Lane:
        check_statement(Statement(1, tuple(rows.state(disk, lane, "f" * 16))))
        book = rows.ledger(disk, lane)
        held = sum(row.key.taken for row in rows.rows_after(disk, lane, 0, 10_000))
        assert book.buffered == held
        elsewhere = book.stored + book.buffered + book.thinned + sum(book.dropped.values())
        assert book.taken == elsewhere


@pytest.mark.parametrize("part", range(6))
def test_only_what_stood_on_broken_places_is_lost(used: Used, tmp_path: Path, part: int) -> None:
    for seed in SEEDS[part::6]:
        survives(used, tmp_path, seed)
