"""What a buffer file is worth: absent, sound, of a newer agent, or broken, and why."""

import sqlite3
from contextlib import closing
from enum import StrEnum
from pathlib import Path

import msgspec

from edge_agent.buffer import epochs, numbers, stored
from edge_agent.buffer.alive import Alive, nobody, watched
from edge_agent.buffer.migration import SCHEMA_VERSION
from edge_agent.buffer.proof import DamagedError
from edge_agent.buffer.row_id import span_of_lane
from runtime.database import connect_read_only
from wire.topic import Lane

# Larger files are read through only when something was found wrong with them while in use.
_READ_THROUGH = 16 * 1024 * 1024
_CHUNK = 500
_SUSPECT = "something was found wrong with it while in use"
_MAGIC = b"SQLite format 3\x00"
_HEADER = slice(18, 20)  # how it may be written and read: with or without a log
_TABLES = {"lane", "epoch", "batch", "meta", "command", "anchor"}
# Primary result codes (sqlite.org/rescode.html); the low byte of an extended code.
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_TORN = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ})


class Condition(StrEnum):
    """What a buffer file is worth."""

    ABSENT = "absent"
    SOUND = "sound"
    NEWER = "newer"  # written by a newer agent: not ours to touch
    BROKEN = "broken"


class Inspection(msgspec.Struct, frozen=True):
    """`detail` says why a file is broken or not ours."""

    condition: Condition
    detail: str = ""


def inspect(path: Path, *, is_suspect: bool = False, alive: Alive = nobody) -> Inspection:
    """Look at header, tables, counts, and pages and rows unless they are many.

    `is_suspect`: something was found wrong with it in use. If it is large, that is believed: to set
    a sound file aside costs nothing but time, and nobody waits for that. Only read; what SQLite
    takes of a log stays there. Raise sqlite3.Error when the file can not be opened.
    """
    if not path.exists() or path.stat().st_size == 0:
        return Inspection(Condition.ABSENT)
    is_small = path.stat().st_size <= _READ_THROUGH
    problem = _header_problem(path)
    if problem:
        return Inspection(Condition.BROKEN, problem)
    try:
        with closing(connect_read_only(path)) as connection:
            watched(connection, alive)
            seen = _judge(connection, reads_through=is_small)
        is_believed = is_suspect and not is_small and seen.condition is Condition.SOUND
        return Inspection(Condition.BROKEN, _SUSPECT) if is_believed else seen
    except (DamagedError, UnicodeDecodeError) as error:  # of a name in a message of SQLite's
        return Inspection(Condition.BROKEN, str(error))
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF in _BROKEN or code in _TORN:
            return Inspection(Condition.BROKEN, str(error))
        if _is_of_a_strange_schema(error):
            return Inspection(Condition.BROKEN, str(error))
        raise


def _header_problem(path: Path) -> str:
    """What SQLite would take for a file that it may only read."""
    if path.is_dir():
        return ""  # SQLite says it better
    with path.open("rb") as file:
        head = file.read(_HEADER.stop)
    is_ours = head.startswith(_MAGIC) and set(head[_HEADER.start :]) <= {1, 2}
    return "" if is_ours else "its header is not that of a buffer"


def _is_of_a_strange_schema(error: sqlite3.DatabaseError) -> bool:
    """A table without a column that its version has, or a text that is no text."""
    return (
        isinstance(error, sqlite3.OperationalError)
        and getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR
    )


def _judge(connection: sqlite3.Connection, *, reads_through: bool) -> Inspection:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION and not _was_raised(connection):
        detail = f"schema {version}; this agent knows {SCHEMA_VERSION}: install the newer agent"
        return Inspection(Condition.NEWER, detail)
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    missing = _TABLES - {name for (name,) in named}
    if missing:
        return Inspection(Condition.BROKEN, f"not a buffer: no table {', '.join(sorted(missing))}")
    if version != SCHEMA_VERSION:
        return Inspection(Condition.BROKEN, f"its header says schema {version}")
    if reads_through:
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            return Inspection(Condition.BROKEN, str(verdict))
    _prove(connection, every_row=reads_through)
    return Inspection(Condition.SOUND)


def _was_raised(connection: sqlite3.Connection) -> bool:
    """Whether the file proves that it is of this schema, whatever its header says."""
    try:
        return numbers.number(connection, numbers.SCHEMA) == SCHEMA_VERSION
    except sqlite3.Error:
        return False


def _prove(connection: sqlite3.Connection, *, every_row: bool) -> None:
    """Raise DamagedError for what does not match its proof."""
    for name in (numbers.CONNECTION, numbers.LAST_UTC_US):
        numbers.number(connection, name)
    for lane in Lane:
        epochs.stated(connection, lane, "")
        low, high = span_of_lane(lane)
        while every_row and (some := stored.between(connection, (low, high), _CHUNK)):
            low = some[-1].id + 1
