"""Reads SQLite's write-ahead log as bytes: its committed pages, also those behind a broken one.

SQLite itself stops at the first frame whose checksum fails, and what was committed after it is
forgotten without a word (sqlite.org/fileformat2.html, section 4).
"""

import struct
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

HEADER_BYTES = 32
FRAME_BYTES = 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
_PAGE_SIZES = frozenset(1 << power for power in range(9, 17))
_MASK = 0xFFFFFFFF

Salt = tuple[int, int]


class Frame(msgspec.Struct, frozen=True):
    """One version of one page; `place`: its number in the log."""

    page: int
    place: int
    is_commit: bool
    content: bytes


class Log(msgspec.Struct, frozen=True):
    """Frames of the present run of the log; `sound`: how many of them SQLite takes.

    What lies behind a broken frame may be committed too, and is lost unless somebody looks.
    """

    frames: tuple[Frame, ...]
    sound: int

    @property
    def is_whole(self) -> bool:
        return self.sound >= len(self.frames)

    def committed(self) -> tuple[Frame, ...]:
        """Through the last commit that is there to be seen, sound or not."""
        commits = [n for n, frame in enumerate(self.frames, start=1) if frame.is_commit]
        return self.frames[: max(commits, default=0)]


NO_LOG = Log((), 0)


def _nobody() -> None:
    """Nobody waits."""


def read_log(data: bytes, page_size: int | None = None, rest: Callable[[], None] = _nobody) -> Log:
    """`page_size` is asked for where the header of the log does not say it.

    `rest` is called for each frame: others want to compute too.
    """
    if len(data) < HEADER_BYTES + FRAME_BYTES:
        return NO_LOG
    magic, _, stated, _, *salt_and_sum = struct.unpack_from(">8I", data)
    size = stated if stated in _PAGE_SIZES else page_size
    if size is None:
        return NO_LOG
    salt = _salt(data, size, (salt_and_sum[0], salt_and_sum[1]))
    frames = list(_frames(data, size, salt))
    order = _MAGIC.get(magic)
    is_headed = order is not None and _sum(data[:24], (0, 0), order) == tuple(salt_and_sum[2:])
    sound = _sound(data, size, frames, order, rest) if is_headed and order is not None else 0
    return Log(tuple(frames), sound)


def _salt(data: bytes, size: int, stated: Salt) -> Salt:
    """That of the header, unless no frame has it: then the most frequent."""
    salts = Counter(struct.unpack_from(">2I", data, at + 8) for at in _places(data, size))
    return stated if stated in salts or not salts else salts.most_common(1)[0][0]


def _places(data: bytes, size: int) -> range:
    return range(HEADER_BYTES, len(data) - size - FRAME_BYTES + 1, size + FRAME_BYTES)


def _frames(data: bytes, size: int, salt: Salt) -> Iterator[Frame]:
    for place, at in enumerate(_places(data, size)):
        page, pages, *found = struct.unpack_from(">4I", data, at)
        if tuple(found) == salt:
            start = at + FRAME_BYTES
            yield Frame(page, place, pages > 0, data[start : start + size])


def _sound(
    data: bytes, size: int, frames: list[Frame], order: str, rest: Callable[[], None]
) -> int:
    """Frames from the first through the last commit before a checksum fails."""
    so_far, sound = struct.unpack_from(">2I", data, 24), 0
    for number, frame in enumerate(frames):
        rest()
        at = HEADER_BYTES + frame.place * (size + FRAME_BYTES)
        so_far = _sum(frame.content, _sum(data[at : at + 8], so_far, order), order)
        if frame.place != number or so_far != struct.unpack_from(">2I", data, at + 16):
            break
        if frame.is_commit:
            sound = number + 1
    return sound


def _sum(data: bytes, so_far: Salt, order: str) -> Salt:
    one, two = so_far
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    for first, second in zip(words, words, strict=True):
        one = (one + first + two) & _MASK
        two = (two + second + one) & _MASK
    return one, two
