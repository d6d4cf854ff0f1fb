"""Files of the buffer that were set aside: what waits to be brought in, and what is kept of them.

A file that waits has a mark beside it with its place in line. A kill between any two steps leaves
what the next start goes on from.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from runtime.whole_file import write_whole

_KEPT = 3
_BESIDE = ("-wal", "-shm", "-journal")
_MARK = ".salvage"


def set_aside(path: Path, stamp: str) -> Path:
    """Rename the file and its log to `<name>.broken-<stamp>`, marked as waiting."""
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    while aside.exists() or _mark(aside).exists():
        aside = aside.with_name(f"{aside.name}x")
    place = 1 + max(map(_place, waiting(path)), default=0)
    write_whole(_mark(aside), str(place).encode())
    _part(path, "-shm").unlink(missing_ok=True)
    for suffix in ("", "-wal", "-journal"):
        if _part(path, suffix).exists():
            _part(path, suffix).rename(_part(aside, suffix))
    sync(path.parent)
    return aside


def mend(path: Path) -> None:
    """Finish what a kill left half set aside; before anything opens the file."""
    for mark in path.parent.glob(f"{path.name}.broken-*{_MARK}"):
        if not mark.with_name(mark.name.removesuffix(_MARK)).exists():
            mark.unlink()
    if path.exists():
        return
    for aside in reversed(waiting(path)):  # the newest: its log did not come along
        for suffix in ("-wal", "-journal"):
            if _part(path, suffix).exists() and not _part(aside, suffix).exists():
                _part(path, suffix).rename(_part(aside, suffix))


def waiting(path: Path) -> list[Path]:
    """Files set aside from here that are not brought in yet, the first one first."""
    return sorted((one for one in _asides(path) if _mark(one).exists()), key=_place)


def keep(path: Path, aside: Path) -> None:
    """It was brought in: it waits no more, and the newest three stay to be looked at."""
    _mark(aside).unlink(missing_ok=True)
    sync(path.parent)
    found = [one for one in _asides(path) if not _mark(one).exists()]
    found.sort(key=lambda one: one.stat().st_mtime_ns)
    for old in found[:-_KEPT]:
        remove(old)


def remove(aside: Path) -> None:
    """Nobody needs it any more; what names the others goes last."""
    for suffix in (*_BESIDE, "", _MARK):
        _part(aside, suffix).unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """A renamed file keeps its new name after a power cut."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _asides(path: Path) -> Iterator[Path]:
    for one in path.parent.glob(f"{path.name}.broken-*"):
        if not one.name.endswith((*_BESIDE, _MARK, f"{_MARK}.new")):
            yield one


def _place(aside: Path) -> int:
    text = _mark(aside).read_text()
    return int(text) if text.isdecimal() else 0


def _mark(aside: Path) -> Path:
    return _part(aside, _MARK)


def _part(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
