"""Makes a buffer ready: a broken one is set aside, so that the agent always starts, and at once."""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge_agent.buffer import adopt, aside
from edge_agent.buffer.alive import Alive, nobody, watched
from edge_agent.buffer.inspection import Condition, inspect
from edge_agent.buffer.log_frames import NO_LOG
from edge_agent.buffer.rows import NewerBufferError, migrate
from edge_agent.buffer.salvage import found_behind, log_of
from runtime.database import connect, run_transaction

_DISK_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
_DISK_CODES = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
)


class BufferInUseError(RuntimeError):
    """Another agent has this buffer; two would take each other's keys for clones."""


@contextmanager
def made_ready(path: Path, stamp: str, alive: Alive = nobody) -> Iterator[tuple[str, ...]]:
    """Hold a sound buffer, a new one if the file was broken; what a person should know about it.

    `alive` is called again and again meanwhile: a file is read through on a small machine.
    Raise BufferInUseError, NewerBufferError, and OSError or sqlite3.Error: `is_of_the_disk` tells
    whether another place may help, or only a person.
    """
    with held(path):
        notices = prepare(path, stamp, alive)
        try:
            yield notices
        except (sqlite3.DatabaseError, UnicodeDecodeError, BaseExceptionGroup) as error:
            if _is_damage(error):  # large files are not read through at each start
                _suspect(path).touch()
            raise


def _is_damage(error: BaseException) -> bool:
    """What is neither the disk's, nor a lock's, nor ours."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(_is_damage, error.exceptions))
    if isinstance(error, (sqlite3.OperationalError, sqlite3.ProgrammingError)):
        return False
    return isinstance(error, (sqlite3.DatabaseError, UnicodeDecodeError))


def is_of_the_disk(error: OSError | sqlite3.Error) -> bool:
    """Full, read-only or failing: what can happen to a good installation at any time."""
    if isinstance(error, OSError):
        return error.errno in _DISK_ERRNO
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK_CODES


def prepare(path: Path, stamp: str, alive: Alive = nobody) -> tuple[str, ...]:
    """Make the file sound and the schema present; say what was broken and what became of it.

    What a broken one holds waits beside the new one, see `aside.waiting`.
    """
    aside.mend(path)
    log = log_of(path)  # SQLite may begin it anew, so it is read before
    seen = inspect(path, is_suspect=_suspect(path).exists(), alive=alive)
    if seen.condition is Condition.NEWER:
        raise NewerBufferError(f"{path}: {seen.detail}")
    notices: tuple[str, ...] = ()
    if seen.condition is Condition.BROKEN:
        away, log = aside.set_aside(path, stamp), NO_LOG
        notices = (f"buffer {path} was broken ({seen.detail}) and was set aside as {away.name}",)
    _suspect(path).unlink(missing_ok=True)
    with closing(connect(path)) as connection:
        watched(connection, alive)
        migrate(connection)
        if log.is_whole:
            return notices
        behind = found_behind(log)
        adopted = run_transaction(connection, lambda c: adopt.add(c, behind))
    return (f"the log of buffer {path} was broken: {adopted}",) if adopted.batches else ()


def _suspect(path: Path) -> Path:
    return path.with_name(f"{path.name}.suspect")


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
