"""Finds in a broken buffer file, and in its log, everything that proves itself, page by page."""

import mmap
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from edge_agent.buffer.alive import Alive, nobody
from edge_agent.buffer.found import Found
from edge_agent.buffer.log_frames import NO_LOG, Frame, Log, read_log
from edge_agent.buffer.migration import PAGE_BYTES
from edge_agent.buffer.table_page import free_pages, read_page

_SIZES = (PAGE_BYTES, 4_096)
_MAGIC = b"SQLite format 3\x00"
_FREE_AT = 32


class Pages:
    """The versions of each page, newest first: those of the log, then that of the file."""

    def __init__(self, body: bytes | mmap.mmap, size: int, frames: Sequence[Frame]) -> None:
        self._body = body
        self._size = size
        self._logged: dict[int, list[bytes]] = {}
        for frame in frames:
            self._logged.setdefault(frame.page, []).insert(0, frame.content)

    def numbers(self) -> Iterable[int]:
        return sorted({*range(1, len(self._body) // self._size + 1), *self._logged})

    def versions(self, number: int) -> Iterator[bytes]:
        yield from self._logged.get(number, ())
        start = (number - 1) * self._size
        page = bytes(self._body[start : start + self._size]) if number > 0 else b""
        if len(page) == self._size:
            yield page

    def newest(self, number: int) -> bytes | None:
        return next(self.versions(number), None)


def log_of(path: Path) -> Log:
    """The log beside a buffer, before SQLite opens it (which may begin it anew)."""
    try:
        data = path.with_name(f"{path.name}-wal").read_bytes()
    except FileNotFoundError:
        return NO_LOG
    return read_log(data, page_size(path))


def page_size(path: Path) -> int:
    """As the header says, if it is one of ours; else that of a new file."""
    try:
        with path.open("rb") as file:
            head = file.read(18)
    except FileNotFoundError:
        head = b""
    stated = int.from_bytes(head[16:18], "big") if head.startswith(_MAGIC) else 0
    return stated if stated in _SIZES else PAGE_BYTES


def found_in(path: Path, log: Log, alive: Alive = nobody) -> Found:
    """Everything in the file, and in the committed frames of its log. Raise OSError."""
    best = Found()
    with _mapped(path) as body:
        for size in dict.fromkeys((page_size(path), *_SIZES)):
            found = found_on(Pages(body, size, log.committed()), alive)
            if len(found.rows) > len(best.rows) or not best.numbers:
                best = found
    return best


def found_behind(log: Log) -> Found:
    """What the frames hold that SQLite does not take: committed, or about to be."""
    frames = log.frames[log.sound :]
    size = len(frames[0].content) if frames else PAGE_BYTES
    return found_on(Pages(b"", size, frames))


def found_on(pages: Pages, alive: Alive = nobody) -> Found:
    found = Found()
    free = _free(pages)
    for number in pages.numbers():
        alive()
        if number in free:
            continue
        for version in pages.versions(number):
            read = read_page(version, number, pages.newest)
            is_ours = [found.take(row, fields) for row, fields in read.rows]
            if read.is_clean and all(is_ours):
                break  # sound: what an older version says is no longer so
    return found


def _free(pages: Pages) -> set[int]:
    head = pages.newest(1)
    if head is None or not head.startswith(_MAGIC):
        return set()
    first, count = struct.unpack_from(">2I", head, _FREE_AT)
    return free_pages(first, count, pages.newest)


@contextmanager
def _mapped(path: Path) -> Iterator[bytes | mmap.mmap]:
    if not path.exists() or path.stat().st_size == 0:
        yield b""
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        yield body
