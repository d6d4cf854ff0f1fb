"""What people ask of the quarantine: which messages were refused, why, and how often."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused message without its payload. Times are arrivals, UTC microseconds."""

    id: int
    first_us: int
    last_us: int
    times: int
    topic: str
    gateway: str | None
    reason: str
    detail: str
    payload_bytes: int
    replayed: bool
    tried_us: int | None
    tried_by: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A refused message whole."""

    summary: Quarantined
    properties: list[tuple[str, str]]
    content_type: str | None
    payload: bytes


_NAMES = tuple(Quarantined.__dataclass_fields__)
_SUMMARY = ", ".join(_NAMES).replace("payload_bytes", "length(payload)")


def find(connection: sqlite3.Connection, number: int) -> Kept | None:
    row = connection.execute(
        f"SELECT {_SUMMARY}, properties, content_type, payload"  # noqa: S608 - a constant of ours
        " FROM quarantine WHERE id = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    *summary, properties, content_type, payload = row
    pairs = msgspec.json.decode(properties, type=list[tuple[str, str]])
    return Kept(_summary(summary), pairs, content_type, payload)


def page(
    connection: sqlite3.Connection,
    *,
    gateway: str | None = None,
    reason: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Quarantined]:
    """The newest first. For the next page pass the last one's `id` as `before`."""
    rows = connection.execute(
        f"SELECT {_SUMMARY}"  # noqa: S608 - same
        " FROM quarantine WHERE (?1 IS NULL OR gateway = ?1) AND (?2 IS NULL OR reason = ?2)"
        " AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4",
        (gateway, reason, before, limit),
    )
    return [_summary(row) for row in rows]


def _summary(row: Sequence[Any]) -> Quarantined:
    words = dict(zip(_NAMES, row, strict=True))
    words["replayed"] = bool(words["replayed"])
    return Quarantined(**words)
