"""The quarantine: what was refused, with its reason and its bytes, so that it can be replayed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from wire.envelope import key_text

ROWS_PER_GATEWAY = 2_000


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused message; `gateway` is None when the topic names none that can be read."""

    arrival_us: int
    topic: str
    gateway: str | None
    reason: str
    detail: str
    properties: Sequence[tuple[str, str]]
    payload: bytes
    content_type: str | None = None


def set_aside(connection: sqlite3.Connection, refused: Refused) -> int:
    """Keep it once however often it comes; at most 2 000 a gateway, the oldest go first.

    Returns its id. Two keys are two messages, even with the same bytes.
    """
    properties = msgspec.json.encode(refused.properties).decode()
    key = key_text(refused.properties)
    words = (refused.topic.encode(), refused.reason.encode(), key.encode(), refused.payload)
    (number,) = connection.execute(
        "INSERT INTO quarantine (first_us, last_us, times, topic, gateway, reason, detail,"
        " properties, payload, digest, content_type) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (digest) DO UPDATE SET times = times + 1, last_us = excluded.last_us"
        " RETURNING id",
        (
            refused.arrival_us,
            refused.arrival_us,
            refused.topic,
            refused.gateway,
            refused.reason,
            refused.detail[:1_000],
            properties,
            refused.payload,
            blake2b(b"\0".join(words), digest_size=16).digest(),
            refused.content_type,
        ),
    ).fetchone()
    connection.execute(
        "DELETE FROM quarantine WHERE gateway IS ? AND id <= (SELECT id FROM quarantine"
        " WHERE gateway IS ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (refused.gateway, refused.gateway, ROWS_PER_GATEWAY),
    )
    return int(number)


def note_rejected(connection: sqlite3.Connection, number: int, keys: Sequence[int]) -> None:
    """These keys count as rejected because of this message: its replay takes them back."""
    connection.execute(
        "UPDATE quarantine SET rejected = ? WHERE id = ?",
        (msgspec.json.encode(list(keys)).decode(), number),
    )


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Messages refused so far and still kept, by reason."""
    rows = connection.execute("SELECT reason, sum(times) FROM quarantine GROUP BY reason")
    return {str(reason): int(times) for reason, times in rows}
