"""Buffers that are sound, broken in several ways, newer, held by another, or on a failing disk."""

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import aside, numbers
from edge_agent.buffer.inspection import Condition, inspect
from edge_agent.buffer.opening import (
    BufferInUseError,
    held,
    is_of_the_disk,
    made_ready,
    prepare,
)
from edge_agent.buffer.proof import DamagedError
from edge_agent.buffer.rows import SCHEMA_VERSION, NewerBufferError, migrate
from runtime.database import connect

STAMP = "20261121T084000Z"


def made(path: Path) -> Path:
    with closing(connect(path)) as connection:
        migrate(connection)
    return path


def filled(path: Path) -> Path:
    made(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE ballast (body BLOB)")
        connection.executemany("INSERT INTO ballast VALUES (randomblob(3000))", [()] * 50)
        connection.commit()
    return path


def no_database(path: Path) -> None:
    path.write_bytes(b"not a database at all " * 100)


def wrong_header(path: Path) -> None:
    with filled(path).open("r+b") as file:
        file.write(b"\xff" * 16)


def torn(path: Path) -> None:
    os.truncate(filled(path), path.stat().st_size // 2)


def scribbled(path: Path) -> None:
    with filled(path).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 40_000)


def of_somebody_else(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE music (title TEXT)")


BREAKS = [no_database, wrong_header, torn, scribbled, of_somebody_else]


def test_a_new_and_a_sound_file(tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    assert inspect(path).condition is Condition.ABSENT
    path.touch()
    assert inspect(path).condition is Condition.ABSENT
    assert prepare(path, STAMP) == ()
    assert inspect(path).condition is Condition.SOUND
    assert prepare(path, STAMP) == ()


@pytest.mark.parametrize("break_it", BREAKS)
def test_a_broken_file_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, break_it: Callable[[Path], None]
) -> None:
    path = tmp_path / "buffer.db"
    break_it(path)
    before = path.read_bytes()
    assert inspect(path).condition is Condition.BROKEN
    (notice,) = prepare(path, STAMP)
    aside = tmp_path / f"buffer.db.broken-{STAMP}"
    assert aside.name in notice
    assert str(path) in notice
    assert aside.read_bytes() == before
    assert inspect(path).condition is Condition.SOUND


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = made(tmp_path / "buffer.db")
    with closing(connect(path)) as connection:
        numbers.note(connection, numbers.SCHEMA, SCHEMA_VERSION + 1)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(NewerBufferError, match="install the newer agent"):
        prepare(path, STAMP)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.broken*"))


def test_only_one_agent_has_a_buffer(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "buffer.db"
    with held(path), pytest.raises(BufferInUseError, match="another agent"), held(path):
        pass
    with held(path):
        pass


def test_a_buffer_is_made_ready_and_held(tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    no_database(path)
    with made_ready(path, STAMP) as notices:
        assert "set aside" in notices[0]
        assert inspect(path).condition is Condition.SOUND
        with pytest.raises(BufferInUseError), made_ready(path, STAMP):
            pass
    with made_ready(path, STAMP) as notices:
        assert notices == ()


def test_a_disk_that_fails_and_a_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "buffer.db").mkdir()  # SQLite can not open it: SQLITE_CANTOPEN
    (tmp_path / "buffer.db" / "x").touch()
    with (
        pytest.raises(sqlite3.OperationalError) as failed,
        made_ready(tmp_path / "buffer.db", STAMP),
    ):
        pass
    assert is_of_the_disk(failed.value)
    (tmp_path / "file").touch()
    with (
        pytest.raises(OSError, match="file") as refused,
        made_ready(tmp_path / "file" / "buffer.db", STAMP),
    ):
        pass
    assert not is_of_the_disk(refused.value)


@pytest.mark.parametrize(
    ("code", "expected"),
    [(errno.ENOSPC, True), (errno.EROFS, True), (errno.EACCES, False), (errno.ENOTDIR, False)],
)
def test_errors_of_the_disk(code: int, *, expected: bool) -> None:
    assert is_of_the_disk(OSError(code, os.strerror(code))) is expected


def test_errors_of_sqlite() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert is_of_the_disk(full)
    assert not is_of_the_disk(sqlite3.ProgrammingError("closed"))


def test_a_start_that_takes_long_says_that_it_goes_on(tmp_path: Path) -> None:
    calls: list[int] = []
    path = filled(tmp_path / "buffer.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE more (number INTEGER UNIQUE)")
        connection.executemany("INSERT INTO more VALUES (?)", ((n,) for n in range(10_000)))
        connection.commit()
    prepare(path, STAMP, lambda: calls.append(1))
    assert calls


def test_a_large_file_that_was_wrong_in_use_is_set_aside_at_once(tmp_path: Path) -> None:
    path = made(tmp_path / "buffer.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE ballast (body BLOB)")
        connection.execute("INSERT INTO ballast VALUES (zeroblob(17000000))")
        connection.commit()
    with pytest.raises(DamagedError), made_ready(path, STAMP):
        raise DamagedError
    with made_ready(path, STAMP) as notices:
        assert "while in use" in notices[0]
    assert aside.waiting(path) == [tmp_path / f"buffer.db.broken-{STAMP}"]
    with made_ready(path, STAMP) as notices:
        assert notices == ()


def test_an_error_of_ours_is_no_damage_to_the_file(tmp_path: Path) -> None:
    path = made(tmp_path / "buffer.db")
    with pytest.raises(sqlite3.ProgrammingError), made_ready(path, STAMP):
        raise sqlite3.ProgrammingError
    assert not path.with_name("buffer.db.suspect").exists()


def test_the_journal_of_a_broken_file_is_not_taken_for_that_of_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    no_database(path)
    path.with_name("buffer.db-journal").write_bytes(b"of the broken one")
    prepare(path, STAMP)
    assert not path.with_name("buffer.db-journal").exists()
    assert (tmp_path / f"buffer.db.broken-{STAMP}-journal").exists()
