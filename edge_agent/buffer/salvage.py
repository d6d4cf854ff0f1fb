"""Finds in a broken buffer file, and in its log, everything that proves itself, page by page."""

import errno
import os
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from edge_agent.buffer.found import Found
from edge_agent.buffer.log_frames import NO_LOG, Frame, Log, read_log
from edge_agent.buffer.migration import PAGE_BYTES
from edge_agent.buffer.table_page import free_pages, read_page

_SIZES = (PAGE_BYTES, 4_096)
_FIRST = 64
_REST_S = 0.0002  # whoever watches goes first
_MAGIC = b"SQLite format 3\x00"
_FREE_AT = 32


class Body(Protocol):
    """Bytes, or what gives them piece by piece."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...


class Pages:
    """The versions of each page, newest first: those of the log, then that of the file."""

    def __init__(self, body: Body, size: int, frames: Sequence[Frame]) -> None:
        self._body = body
        self._size = size
        self._logged: dict[int, list[bytes]] = {}
        for frame in frames:
            self._logged.setdefault(frame.page, []).insert(0, frame.content)

    def numbers(self) -> list[int]:
        return sorted({*range(1, len(self._body) // self._size + 1), *self._logged})

    def versions(self, number: int) -> Iterator[bytes]:
        yield from self._logged.get(number, ())
        start = (number - 1) * self._size
        page = self._body[start : start + self._size] if number > 0 else b""
        if len(page) == self._size:
            yield page

    def newest(self, number: int) -> bytes | None:
        return next(self.versions(number), None)


def log_of(path: Path, rest: Callable[[], None] = lambda: None) -> Log:
    """The log beside a buffer, before SQLite opens it (which may begin it anew).

    `rest` is called for each frame, of which there are thousands.
    """
    try:
        data = path.with_name(f"{path.name}-wal").read_bytes()
    except FileNotFoundError:
        return NO_LOG
    return read_log(data, page_size(path), rest)


def page_size(path: Path) -> int:
    """As the header says, if it is one of ours; else that of a new file."""
    try:
        with path.open("rb") as file:
            head = file.read(18)
    except FileNotFoundError:
        head = b""
    stated = int.from_bytes(head[16:18], "big") if head.startswith(_MAGIC) else 0
    return stated if stated in _SIZES else PAGE_BYTES


class Search(msgspec.Struct, frozen=True):
    """What was found so far in a file that was set aside, and in its log."""

    path: Path
    found: Found

    def pages(self) -> Iterator[float]:
        """Look at one page after the other; the share of the work that is done. Raise OSError.

        Behind what SQLite takes of the log may be newer rows, of commits that were on their way.
        """
        log = log_of(self.path, lambda: time.sleep(_REST_S))
        with _opened(self.path) as body:
            for size in dict.fromkeys((page_size(self.path), PAGE_BYTES)):
                pages = Pages(body, size, log.committed())
                numbers = pages.numbers()
                for done, _ in enumerate(_taken(pages, numbers, self.found), start=1):
                    yield done / len(numbers)
                if self.found.rows or self.found.numbers:
                    break
        behind = found_behind(log)
        yield 1.0
        self.found.follow(behind)


def found_in(path: Path) -> Found:
    """Everything in the file and its log, at once. Raise OSError."""
    search = Search(path, Found())
    for _ in search.pages():
        pass
    return search.found


def glimpsed(path: Path, log: Log) -> Found:
    """What stands on the first pages, where the smallest tables begin. Raise OSError."""
    found = Found()
    with _opened(path) as body:
        pages = Pages(body, page_size(path), [one for one in log.committed() if one.page <= _FIRST])
        for _ in _taken(pages, [n for n in pages.numbers() if n <= _FIRST], found):
            pass
    return found


def found_behind(log: Log) -> Found:
    """What the frames hold that SQLite does not take: committed, or about to be."""
    frames = log.frames[log.sound :]
    size = len(frames[0].content) if frames else PAGE_BYTES
    found = Found()
    pages = Pages(b"", size, frames)
    for _ in _taken(pages, pages.numbers(), found):
        pass
    return found


def _taken(pages: Pages, numbers: Iterable[int], found: Found) -> Iterator[None]:
    free = _free(pages)
    for number in numbers:
        for version in pages.versions(number) if number not in free else ():
            read = read_page(version, number, pages.newest)
            is_ours = [found.take(row, fields) for row, fields in read.rows]
            if read.is_clean and all(is_ours):
                break  # sound: what an older version says is no longer so
        yield


def _free(pages: Pages) -> set[int]:
    head = pages.newest(1)
    if head is None or not head.startswith(_MAGIC):
        return set()
    first, count = struct.unpack_from(">2I", head, _FREE_AT)
    return free_pages(first, count, pages.newest)


class _File:
    """Bytes of a file. What the disk can not read is missing; a mapped file would kill us there."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._size = os.fstat(number).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, end, _ = part.indices(self._size)
        try:
            return os.pread(self._number, max(end - start, 0), start)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""


@contextmanager
def _opened(path: Path) -> Iterator[Body]:
    if not path.exists():
        yield b""
        return
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield _File(number)
    finally:
        os.close(number)
