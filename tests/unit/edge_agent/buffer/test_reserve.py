"""The reserve carries commits when file and log can not grow by one page."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import reserve
from edge_agent.buffer.rows import Draft, commit, migrate, sizes
from runtime.database import connect, run_transaction
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane

DRAFT = Draft(3, Base("boot-0", 5, ClockState.UNSET), Encoding.RAW, b"x" * 1_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "buffer.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(path)) as connection:
        migrate(connection)
        yield connection


def hold(connection: sqlite3.Connection) -> None:
    run_transaction(connection, reserve.fill)
    run_transaction(connection, reserve.give_back)


def test_it_is_there_in_file_and_log(connection: sqlite3.Connection, path: Path) -> None:
    assert not reserve.is_there(connection, path)
    hold(connection)
    assert reserve.is_there(connection, path)
    tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'reserve'")
    assert tables.fetchone() == (0,)


def test_without_its_log_it_is_not_there(connection: sqlite3.Connection, path: Path) -> None:
    hold(connection)
    connection.close()
    with closing(connect(path)) as again:
        assert not reserve.is_there(again, path)


def test_rows_live_in_it_and_nothing_grows(connection: sqlite3.Connection, path: Path) -> None:
    hold(connection)
    log = path.with_name("buffer.db-wal")
    grown = path.stat().st_size, log.stat().st_size
    for _ in range(1_000):
        run_transaction(connection, lambda c: commit(c, Lane.URGENT, "a" * 16, [DRAFT] * 3))
    assert sizes(connection)[Lane.URGENT] == 3_000_000
    assert (path.stat().st_size, log.stat().st_size) == grown


def test_one_that_a_power_cut_left_filled_is_given_back(
    connection: sqlite3.Connection, path: Path
) -> None:
    run_transaction(connection, reserve.fill)
    connection.close()
    with closing(connect(path)) as again:
        migrate(again)
        hold(again)
        assert reserve.is_there(again, path)
        assert path.stat().st_size < 3 * reserve.RESERVE_BYTES


def test_a_disk_with_room_lacks_nothing(tmp_path: Path) -> None:
    assert reserve.lacking(tmp_path / "buffer.db") == ""


def test_what_was_used_of_it_comes_back_in_parts(
    connection: sqlite3.Connection, path: Path
) -> None:
    hold(connection)
    run_transaction(connection, lambda c: commit(c, Lane.BULK, "a" * 16, [DRAFT] * 2_000))
    assert not reserve.is_there(connection, path)
    for _ in range(reserve.PARTS):
        run_transaction(connection, lambda c: reserve.fill(c, reserve.PARTS))
    run_transaction(connection, reserve.give_back)
    assert reserve.is_there(connection, path)
