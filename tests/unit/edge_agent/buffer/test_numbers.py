"""Numbers that outlive a run are as they were noted, or refused."""

import sqlite3

import pytest

from edge_agent.buffer import numbers, rows
from edge_agent.buffer.proof import DamagedError


@pytest.fixture
def disk() -> sqlite3.Connection:
    disk = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(disk)
    return disk


def test_a_number_is_what_was_noted_last(disk: sqlite3.Connection) -> None:
    numbers.note(disk, numbers.LAST_UTC_US, 5)
    numbers.note(disk, numbers.LAST_UTC_US, 3)
    assert numbers.number(disk, numbers.LAST_UTC_US) == 3
    assert numbers.number(disk, numbers.SCHEMA) == rows.SCHEMA_VERSION


def test_connections_only_ever_grow(disk: sqlite3.Connection) -> None:
    assert [numbers.next_connection(disk) for _ in range(3)] == [1, 2, 3]


def test_a_number_that_was_changed_or_is_not_there_is_refused(disk: sqlite3.Connection) -> None:
    disk.execute("UPDATE meta SET value = value + 1")
    with pytest.raises(DamagedError):
        numbers.number(disk, numbers.CONNECTION)
    with pytest.raises(DamagedError, match="no number nothing"):
        numbers.number(disk, "nothing")


def test_one_that_not_every_file_has_is_nothing_without_it(disk: sqlite3.Connection) -> None:
    assert numbers.kept(disk, "some") == 0
    numbers.note(disk, "some", 7)
    assert numbers.kept(disk, "some") == 7
    numbers.forget(disk, "some")
    assert numbers.kept(disk, "some") == 0
