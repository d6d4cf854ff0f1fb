"""A database file that can not be read is set aside at the start, and a new one begun."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from runtime.database import connect

_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_COMPANIONS = ("-wal", "-shm")
_PRIMARY = 0xFF  # the low byte of an extended result code (sqlite.org/rescode.html)
_CHECKED_WHOLE = 64 * 1024 * 1024


def is_broken(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is damaged: only a new one helps."""
    code = getattr(error, "sqlite_errorcode", None)  # set by sqlite3 since Python 3.11
    return code is not None and code & _PRIMARY in _BROKEN


def set_aside_if_broken(
    path: Path,
    migrate: Callable[[sqlite3.Connection], None],
    stamp: str,
    *,
    largest_checked: int | None = None,
) -> Path | None:
    """Rename a broken file to `<name>.broken-<stamp>` and return that; None when it is sound.

    Looks through the whole file, unless it is larger than `largest_checked` bytes. Raises
    sqlite3.Error when it can not be opened for a reason that a new file would meet too (disk full,
    no permission), NewerDatabaseError, OSError.
    """
    if not path.exists():
        return None
    is_checked = largest_checked is None or path.stat().st_size <= largest_checked
    if not _is_broken(path, migrate, is_checked=is_checked):
        return None
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    for suffix in ("", *_COMPANIONS):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _is_broken(
    path: Path, migrate: Callable[[sqlite3.Connection], None], *, is_checked: bool
) -> bool:
    try:
        with closing(connect(path)) as connection:
            migrate(connection)
            return is_checked and not _is_sound(connection, path.stat().st_size)
    except sqlite3.DatabaseError as error:
        if is_broken(error):
            return True
        raise


def _is_sound(connection: sqlite3.Connection, size: int) -> bool:
    """`integrity_check` compares the indexes too, which takes several times as long."""
    check = "integrity_check" if size <= _CHECKED_WHOLE else "quick_check"
    (verdict,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
    return bool(verdict == "ok")
