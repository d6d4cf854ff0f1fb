"""Makes a buffer ready: a broken one is set aside and salvaged, so that the agent always starts."""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge_agent.buffer import adopt
from edge_agent.buffer.adopt import Adopted
from edge_agent.buffer.alive import Alive, nobody, watched
from edge_agent.buffer.inspection import Condition, inspect
from edge_agent.buffer.log_frames import Log
from edge_agent.buffer.rows import NewerBufferError, migrate
from edge_agent.buffer.salvage import found_behind, found_in, log_of
from runtime.database import connect, run_transaction

_KEPT = 3
_BESIDE = ("-wal", "-shm", "-journal")
_DISK_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
_DISK_CODES = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
)


class BufferInUseError(RuntimeError):
    """Another agent has this buffer; two would take each other's keys for clones."""


@contextmanager
def made_ready(path: Path, stamp: str, alive: Alive = nobody) -> Iterator[tuple[str, ...]]:
    """Hold a sound buffer, a new one if the file was broken; what a person should know about it.

    `alive` is called again and again meanwhile: a large file takes minutes on a small machine.
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
    """What is neither the disk's nor a lock's."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(_is_damage, error.exceptions))
    if isinstance(error, sqlite3.OperationalError):
        return False
    return isinstance(error, (sqlite3.DatabaseError, UnicodeDecodeError))


def is_of_the_disk(error: OSError | sqlite3.Error) -> bool:
    """Full, read-only or failing: what can happen to a good installation at any time."""
    if isinstance(error, OSError):
        return error.errno in _DISK_ERRNO
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK_CODES


def prepare(path: Path, stamp: str, alive: Alive = nobody) -> tuple[str, ...]:
    """Make the file sound and the schema present; say what was broken and what became of it."""
    _finish(path)
    log = log_of(path)  # SQLite may begin it anew, so it is read before
    seen = inspect(path, is_suspect=_suspect(path).exists(), alive=alive)
    if seen.condition is Condition.NEWER:
        raise NewerBufferError(f"{path}: {seen.detail}")
    if seen.condition is Condition.BROKEN:
        return (_salvage(path, log, stamp, seen.detail, alive),)
    _suspect(path).unlink(missing_ok=True)
    with closing(connect(path)) as connection:
        watched(connection, alive)
        migrate(connection)
        if log.is_whole:
            return ()
        behind = found_behind(log)
        adopted = run_transaction(connection, lambda c: adopt.add(c, behind))
    return (f"the log of buffer {path} was broken: {_told(adopted)}",) if adopted.batches else ()


def _salvage(path: Path, log: Log, stamp: str, why: str, alive: Alive) -> str:
    """A new file takes the place of the broken one at once, with all that could be proven."""
    new = _new(path)
    found, behind = found_in(path, log, alive), found_behind(log)
    for part in _parts(_half(path)):
        part.unlink(missing_ok=True)
    with closing(connect(_half(path))) as connection:
        watched(connection, alive)
        migrate(connection)
        adopted = run_transaction(connection, lambda c: adopt.replace_all(c, found))
        adopted += run_transaction(connection, lambda c: adopt.add(c, behind))
    os.replace(_half(path), new)  # noqa: PTH105 - beside the other calls
    _sync(path.parent)
    aside = set_aside(path, stamp)
    _finish(path)
    return f"buffer {path} was broken ({why}) and was set aside as {aside.name}: {_told(adopted)}"


def _told(adopted: Adopted) -> str:
    return (
        f"{adopted.readings} readings in {adopted.batches} batches were saved,"
        f" {adopted.lost} that it had are lost"
    )


def _finish(path: Path) -> None:
    """Put a salvaged file in its place, also where a start was cut off before it could."""
    new = _new(path)
    if new.exists() and not path.exists():
        for part in _parts(path):
            part.unlink(missing_ok=True)
        new.rename(path)
        _suspect(path).unlink(missing_ok=True)
        _sync(path.parent)
    for leftover in (*_parts(_half(path)), new):
        leftover.unlink(missing_ok=True)


def _half(path: Path) -> Path:
    return path.with_name(f"{path.name}.half")


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.salvaged")


def _suspect(path: Path) -> Path:
    return path.with_name(f"{path.name}.suspect")


def _parts(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + suffix) for suffix in ("", *_BESIDE))


def _sync(folder: Path) -> None:
    """A renamed file keeps its new name after a power cut."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


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
