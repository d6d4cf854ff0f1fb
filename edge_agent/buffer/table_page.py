"""Reads the rows of one page of a table as bytes; what can not be read is passed over.

SQLite's own reader gives up on a table when a page above is broken; here every page stands for
itself (sqlite.org/fileformat2.html, sections 1.6 and 2.1).
"""

import struct
from collections.abc import Callable, Iterator

import msgspec

from edge_agent.buffer.proof import Field

_LEAF = 0x0D
_FILE_HEADER = 100
_CELL_LIMIT = 1 << 18  # no row of ours is half as long
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_VARINT_SHORT = 8  # bytes with seven bits each; a ninth has eight
_MORE = 0x80
_LONG = 12  # serial types from here on are blobs and texts

Fetch = Callable[[int], bytes | None]


class _UnreadableError(ValueError):
    """These bytes are no row."""


class Read(msgspec.Struct, frozen=True):
    """The rows of a page: row id and fields. `is_clean`: there was nothing that is no row."""

    rows: tuple[tuple[int, tuple[Field, ...]], ...]
    is_clean: bool


def read_page(page: bytes, number: int, fetch: Fetch) -> Read:
    """Rows of a leaf of a table; none of any other page. `fetch` gives overflow pages."""
    at = _FILE_HEADER if number == 1 else 0
    if page[at] != _LEAF:
        return Read((), is_clean=True)
    rows = []
    is_clean = True
    (cells,) = struct.unpack_from(">H", page, at + 3)
    room = (len(page) - at - 8) // 2
    for cell in range(min(cells, room)):
        try:
            rows.append(_cell(page, struct.unpack_from(">H", page, at + 8 + 2 * cell)[0], fetch))
        except (_UnreadableError, IndexError, struct.error, UnicodeDecodeError):
            is_clean = False
    return Read(tuple(rows), is_clean and cells <= room)


def free_pages(first: int, count: int, fetch: Fetch) -> set[int]:
    """Pages that belong to nothing, as far as their list can be followed."""
    found: set[int] = set()
    trunk = first
    while trunk and trunk not in found and len(found) < count:
        page = fetch(trunk)
        found.add(trunk)
        if page is None:
            break
        trunk, leaves = struct.unpack_from(">2I", page)
        if leaves > len(page) // 4 - 2:
            break
        found.update(struct.unpack_from(f">{leaves}I", page, 8))
    return found


def _cell(page: bytes, at: int, fetch: Fetch) -> tuple[int, tuple[Field, ...]]:
    size, at = _varint(page, at)
    number, at = _varint(page, at)
    if not 0 < size < _CELL_LIMIT:
        raise _UnreadableError
    local = _local(size, len(page))
    body = page[at : at + local]
    if len(body) < local:
        raise _UnreadableError
    if local < size:
        (following,) = struct.unpack_from(">I", page, at + local)
        body += _overflow(following, size - local, len(page), fetch)
    return number, tuple(_record(body))


def _local(size: int, usable: int) -> int:
    """How much of a cell of a table's leaf stands in the leaf itself."""
    most = usable - 35
    if size <= most:
        return size
    least = (usable - 12) * 32 // 255 - 23
    wanted = least + (size - least) % (usable - 4)
    return wanted if wanted <= most else least


def _overflow(number: int, size: int, usable: int, fetch: Fetch) -> bytes:
    body = bytearray()
    while len(body) < size:
        page = fetch(number) if number else None
        if page is None:
            raise _UnreadableError
        (number,) = struct.unpack_from(">I", page)
        body += page[4:usable]
    return bytes(body[:size])


def _record(body: bytes) -> Iterator[Field]:
    end, at = _varint(body, 0)
    types = []
    while at < end:
        kind, at = _varint(body, at)
        types.append(kind)
    for kind in types:
        value, at = _value(body, at, kind)
        yield value
    if at != len(body):
        raise _UnreadableError


def _value(body: bytes, at: int, kind: int) -> tuple[Field, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    is_long = kind >= _LONG
    if not is_long and kind not in _INTEGERS:  # a real number, or reserved: we keep none
        raise _UnreadableError
    length = (kind - _LONG) // 2 if is_long else _INTEGERS[kind]
    said = body[at : at + length]
    if len(said) < length:
        raise _UnreadableError
    if not is_long:
        return int.from_bytes(said, "big", signed=True), at + length
    return (said.decode() if kind % 2 else said), at + length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for _ in range(_VARINT_SHORT):
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < _MORE:
            return value, at
    value = value << 8 | data[at]
    return value - (1 << 64) if value >> 63 else value, at + 1
