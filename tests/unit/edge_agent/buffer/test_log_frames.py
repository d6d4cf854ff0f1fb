"""A log as SQLite wrote it: what SQLite takes, and what stands behind a broken frame."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from edge_agent.buffer.log_frames import FRAME_BYTES, HEADER_BYTES, NO_LOG, read_log

PAGE = 1_024


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    """Of five transactions; the first run of the log was longer."""
    disk = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    disk.execute(f"PRAGMA page_size = {PAGE}")
    disk.execute("PRAGMA journal_mode = WAL")
    disk.execute("CREATE TABLE t (x)")
    disk.execute("INSERT INTO t VALUES (randomblob(20000))")
    disk.execute("PRAGMA wal_checkpoint(RESTART)")
    for number in range(5):
        disk.execute("INSERT INTO t VALUES (?)", (f"{number}" * 100,))
    shutil.copyfile(tmp_path / "a.db-wal", tmp_path / "copy")
    disk.close()
    return (tmp_path / "copy").read_bytes()


def broken(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def place(frame: int) -> int:
    return HEADER_BYTES + frame * (PAGE + FRAME_BYTES)


def test_a_sound_log_is_whole_and_older_frames_are_not_of_it(data: bytes) -> None:
    log = read_log(data)
    assert log.is_whole
    assert len(log.frames) >= 5
    assert len(data) > place(len(log.frames)) + PAGE
    assert log.committed() == log.frames


def test_sqlite_stops_at_a_broken_frame_and_we_see_those_behind(data: bytes) -> None:
    whole = read_log(data)
    log = read_log(broken(data, place(2) + FRAME_BYTES + 7))
    assert log.sound <= 2
    assert not log.is_whole
    assert len(log.frames) == len(whole.frames)
    assert log.frames[3:] == whole.frames[3:]


@pytest.mark.parametrize("at", [0, 9, 17, 26])
def test_a_broken_header_hides_no_frame(data: bytes, at: int) -> None:
    log = read_log(broken(data, at), PAGE)
    assert log.sound == 0
    assert len(log.frames) >= 5


def test_a_cut_transaction_is_not_committed(data: bytes) -> None:
    whole = read_log(data)
    log = read_log(data[: place(len(whole.frames) - 1)])
    assert len(log.committed()) < len(whole.frames)
    assert log.sound == len(log.committed())


def test_nothing_and_nonsense_are_no_log() -> None:
    assert read_log(b"") == NO_LOG
    assert read_log(bytes(5_000)) == NO_LOG
    assert read_log(b"\xff" * 5_000, PAGE).sound == 0
