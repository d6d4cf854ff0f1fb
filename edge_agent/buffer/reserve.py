"""Room of the buffer that a full disk can not take away: free pages in the file, length in its log.

SQLite takes free pages before it lets a file grow, and overwrites a log from its beginning once
that was copied into the file (sqlite.org/wal.html). So commits need no new block of the disk until
the reserve is full of rows, and rows that a receipt covers give their pages back. File systems that
copy on write (btrfs, f2fs) do not keep this promise.
"""

import sqlite3
from pathlib import Path

from runtime.disk import free_on

# The log is begun anew after LOG_PAGES pages (migration.py); it must be longer than that.
RESERVE_BYTES = 5 * 1024 * 1024
PARTS = 40
_NEEDED_BYTES = 3 * RESERVE_BYTES  # file, log, and as much again for others


def is_there(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether file and log of an agent that was killed still hold it."""
    log = path.with_name(f"{path.name}-wal")
    return (
        _free_bytes(connection) >= RESERVE_BYTES
        and log.exists()
        and log.stat().st_size >= RESERVE_BYTES
    )


def lacking(path: Path) -> str:
    """Why there is no room for a reserve; empty when there is. May raise OSError."""
    free = free_on(path.parent)
    if free >= _NEEDED_BYTES:
        return ""
    return f"{free // 1024} KiB are free for {path}: make room, or a full disk will hold up alarms"


def fill(connection: sqlite3.Connection, part: int = 1) -> None:
    """Write the reserve; a transaction of its own, before `give_back`. Raise sqlite3.Error.

    `part`: of so many, so that nobody waits long.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS reserve (filler BLOB NOT NULL) STRICT")
    connection.execute("INSERT INTO reserve VALUES (zeroblob(?))", (RESERVE_BYTES // part,))


def give_back(connection: sqlite3.Connection) -> None:
    """Free its pages; the file and the log keep their length. Raise sqlite3.Error."""
    connection.execute("DROP TABLE IF EXISTS reserve")


def _free_bytes(connection: sqlite3.Connection) -> int:
    (pages,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)
