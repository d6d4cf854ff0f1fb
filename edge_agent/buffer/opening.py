"""A buffer file that is broken is set aside, so that the agent always starts; one agent a file."""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from edge_agent.buffer.rows import SCHEMA_VERSION, NewerBufferError, migrate
from runtime.database import connect

_KEPT = 3
_BESIDE = ("-wal", "-shm")
# What each version of the schema added.
_TABLES = (
    {"lane", "epoch", "batch", "meta"},
    {"command"},
    {"anchor"},
)
# Primary result codes (sqlite.org/rescode.html); the low byte of an extended code.
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_TORN = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ})
_DISK_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
_DISK_CODES = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
)


class BufferInUseError(RuntimeError):
    """Another agent has this buffer; two would take each other's keys for clones."""


class Condition(StrEnum):
    """What a buffer file is worth."""

    ABSENT = "absent"
    SOUND = "sound"
    NEWER = "newer"  # written by a newer agent: not ours to touch
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Inspection:
    """`detail` says why a file is broken or not ours."""

    condition: Condition
    detail: str = ""


@contextmanager
def made_ready(path: Path, stamp: str) -> Iterator[tuple[str, ...]]:
    """Hold a sound buffer, a new one if the file was broken; what a person should know about it.

    Raise BufferInUseError, NewerBufferError, and OSError or sqlite3.Error: `is_of_the_disk` tells
    whether another place may help, or only a person.
    """
    with held(path):
        yield prepare(path, stamp)


def is_of_the_disk(error: OSError | sqlite3.Error) -> bool:
    """Full, read-only or failing: what can happen to a good installation at any time."""
    if isinstance(error, OSError):
        return error.errno in _DISK_ERRNO
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK_CODES


def prepare(path: Path, stamp: str) -> tuple[str, ...]:
    """Make the file sound and the schema present; say what was set aside."""
    seen = inspect(path)
    if seen.condition is Condition.NEWER:
        raise NewerBufferError(f"{path}: {seen.detail}")
    notices: tuple[str, ...] = ()
    if seen.condition is Condition.BROKEN:
        aside = set_aside(path, stamp)
        notices = (f"buffer {path} was broken ({seen.detail}) and was set aside as {aside.name}",)
    with closing(connect(path)) as connection:
        migrate(connection)
    return notices


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep every other agent off the file; raise BufferInUseError, or OSError for the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise BufferInUseError(f"{path} is in use by another agent: stop that one first") from error
    try:
        yield
    finally:
        os.close(lock)


def inspect(path: Path) -> Inspection:
    """Look at header, tables and pages. Raise sqlite3.Error when the file can not be opened."""
    if not path.exists() or path.stat().st_size == 0:
        return Inspection(Condition.ABSENT)
    try:
        with closing(sqlite3.connect(path, timeout=5.0)) as connection:
            return _judge(connection)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF in _BROKEN or code in _TORN:
            return Inspection(Condition.BROKEN, str(error))
        raise


def _judge(connection: sqlite3.Connection) -> Inspection:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        detail = f"schema {version}; this agent knows {SCHEMA_VERSION}: install the newer agent"
        return Inspection(Condition.NEWER, detail)
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    needed = set().union(*_TABLES[: max(version, 1)])
    missing = needed - {name for (name,) in named}
    if missing:
        return Inspection(Condition.BROKEN, f"not a buffer: no table {', '.join(sorted(missing))}")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        return Inspection(Condition.BROKEN, str(verdict))
    return Inspection(Condition.SOUND)


def set_aside(path: Path, stamp: str) -> Path:
    """Rename the file and what belongs to it to `<name>.broken-<stamp>`; the newest three stay."""
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    while aside.exists():
        aside = aside.with_name(f"{aside.name}x")
    for suffix in ("", *_BESIDE):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    _forget_the_oldest(path)
    return aside


def _forget_the_oldest(path: Path) -> None:
    """A card that breaks file after file must not be filled with them."""
    found = [one for one in path.parent.glob(f"{path.name}.broken-*") if _is_main(one)]
    found.sort(key=lambda one: one.stat().st_mtime_ns)
    for old in found[:-_KEPT]:
        for suffix in ("", *_BESIDE):
            old.with_name(old.name + suffix).unlink(missing_ok=True)


def _is_main(path: Path) -> bool:
    return not path.name.endswith(_BESIDE)
