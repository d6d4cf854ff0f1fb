"""What people ask of the quarantine: which messages were refused, why, and how often."""

import sqlite3
from dataclasses import dataclass


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
        "SELECT id, first_us, last_us, times, topic, gateway, reason, detail, length(payload)"
        " FROM quarantine WHERE (?1 IS NULL OR gateway = ?1) AND (?2 IS NULL OR reason = ?2)"
        " AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4",
        (gateway, reason, before, limit),
    )
    return [Quarantined(*row) for row in rows]
