"""A file is judged by its header, its tables, its counts, and row by row while it is small."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import numbers, rows
from edge_agent.buffer.inspection import Condition, inspect
from edge_agent.buffer.migration import SCHEMA_VERSION, migrate
from runtime.database import connect
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "buffer.db"
    base = Base("boot", 7, ClockState.HOLDOVER)
    with closing(connect(path)) as disk:
        migrate(disk)
        rows.commit(disk, Lane.BULK, "a" * 16, [rows.Draft(10, base, Encoding.RAW, b"xx")])
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as disk:
        for statement in statements:
            disk.execute(statement)


def test_sound_and_absent_files(path: Path, tmp_path: Path) -> None:
    assert inspect(path).condition is Condition.SOUND
    assert inspect(path, is_suspect=True).condition is Condition.SOUND
    assert inspect(tmp_path / "none.db").condition is Condition.ABSENT


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE batch SET payload = x'00'",
        "UPDATE epoch SET taken = 11",
        "UPDATE lane SET taken = 11",
        "DELETE FROM lane WHERE lane = 'bulk'",
        "UPDATE meta SET value = 99 WHERE name = 'connection'",
        "DELETE FROM meta",
        "DROP TABLE command",
        "ALTER TABLE epoch DROP COLUMN boot",
        "PRAGMA user_version = 3",
        "PRAGMA user_version = 77",
    ],
)
def test_what_is_not_as_it_was_written_is_broken(path: Path, statement: str) -> None:
    change(path, statement)
    seen = inspect(path)
    assert seen.condition is Condition.BROKEN
    assert seen.detail


def test_a_header_that_allows_no_writing_is_broken(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(18)
        file.write(b"\x07")
    assert inspect(path).condition is Condition.BROKEN


def test_a_file_of_a_newer_agent_says_so_itself(path: Path) -> None:
    with closing(connect(path)) as disk:
        numbers.note(disk, numbers.SCHEMA, SCHEMA_VERSION + 1)
        disk.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    assert inspect(path).condition is Condition.NEWER


def test_a_file_of_before_the_first_release_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(connect(path)) as disk:
        disk.execute("CREATE TABLE lane (lane TEXT)")
        disk.execute("PRAGMA user_version = 4")
    assert inspect(path).condition is Condition.BROKEN


def test_a_large_file_is_believed_and_not_read_through(path: Path) -> None:
    """What was wrong with it in use is enough: its rows prove themselves when they come in."""
    change(path, "CREATE TABLE ballast (x)", "INSERT INTO ballast VALUES (zeroblob(17000000))")
    assert inspect(path).condition is Condition.SOUND
    assert inspect(path, is_suspect=True).condition is Condition.BROKEN


def test_a_large_file_of_a_newer_agent_is_left_alone_also_when_suspect(path: Path) -> None:
    change(path, "CREATE TABLE ballast (x)", "INSERT INTO ballast VALUES (zeroblob(17000000))")
    with closing(connect(path)) as disk:
        numbers.note(disk, numbers.SCHEMA, SCHEMA_VERSION + 1)
        disk.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    assert inspect(path, is_suspect=True).condition is Condition.NEWER


def test_looking_takes_nothing_from_the_log(path: Path, tmp_path: Path) -> None:
    base = Base("boot", 7, ClockState.HOLDOVER)
    with closing(connect(path)) as disk:
        rows.commit(disk, Lane.BULK, "b" * 16, [rows.Draft(1, base, Encoding.RAW, b"yy")])
        for suffix in ("", "-wal"):
            copied = tmp_path / f"copy.db{suffix}"
            copied.write_bytes(path.with_name(path.name + suffix).read_bytes())
    log = (tmp_path / "copy.db-wal").read_bytes()
    assert inspect(tmp_path / "copy.db").condition is Condition.SOUND
    assert (tmp_path / "copy.db-wal").read_bytes() == log
