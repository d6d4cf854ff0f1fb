"""A buffer broken at random bytes starts, believes nothing wrong, loses only what stood there."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from runtime.database import connect
from tests.broken_buffer import Used, all_rows, breaks, keys_of, use
from tests.brought_in import brought_in
from wire.statement import Statement, check_statement
from wire.topic import Lane

SEEDS = range(120)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    return use(tmp_path_factory.mktemp("used"))


def survives(used: Used, folder: Path, seed: int) -> int:
    """How many rows are lost to the break that the seed makes; all others are as they were."""
    path = used.copy(folder)
    what, places = breaks(used, path, random.Random(seed))
    brought_in(path)
    for leftover in folder.glob("*.broken-*"):
        leftover.unlink()
    with closing(connect(path)) as disk:
        rows.migrate(disk)
        held = all_rows(disk)
        accounts_are_honest(disk)
    for key, row in held.items():
        assert (key, row.payload) in used.once, f"seed {seed}: {what}: {key} was never so"
    there = {key for row in held.values() for key in keys_of(row)}
    lost = [key for key, row in used.truth.items() if not keys_of(row) <= there]
    for key in lost:
        assert used.places[key] & places, f"seed {seed}: {what}: {key} is lost"
    return len(lost)


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
