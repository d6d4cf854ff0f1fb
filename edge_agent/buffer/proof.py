"""A proof stored with each row: what a damaged page shows is believed only if it matches."""

import sqlite3
from enum import StrEnum
from hashlib import blake2b

import msgspec

_pack = msgspec.msgpack.Encoder().encode
_DIGEST = 8

Field = int | str | bytes | None


class Kind(StrEnum):
    """Which table a row is of; a row of one never passes for a row of another."""

    BATCH = "batch"
    EPOCH = "epoch"
    LANE = "lane"
    META = "meta"
    ANCHOR = "anchor"


class DamagedError(sqlite3.DatabaseError):
    """A row does not match its proof: the file is damaged, and only a start mends it."""


def proof(kind: Kind, fields: tuple[Field, ...]) -> int:
    """64 bits over all fields of the row, as SQLite keeps an integer."""
    digest = blake2b(_pack((kind.value, fields)), digest_size=_DIGEST).digest()
    return int.from_bytes(digest, "big", signed=True)


def is_proven(kind: Kind, fields: tuple[Field, ...]) -> bool:
    """Whether the last of `fields` is the proof of the others."""
    *said, stated = fields
    try:
        return proof(kind, tuple(said)) == stated
    except (UnicodeEncodeError, OverflowError, TypeError):  # a damaged text or number
        return False


def check(kind: Kind, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields without their proof; raise DamagedError when it does not match."""
    if not is_proven(kind, fields):
        raise DamagedError(f"a row of {kind} does not match its proof: {fields[0]!r:.40}")
    return fields[:-1]
