"""Lane books on disk, and the digests of their keys."""

import sqlite3
from typing import NamedTuple

import msgspec

from ingest_server.db.lane_book import Epoch, LaneBook, Live
from wire.ranges import Ranges
from wire.topic import Lane

_encoder = msgspec.json.Encoder(enc_hook=list)
_decoder = msgspec.json.Decoder(Epoch, dec_hook=lambda _, ranges: Ranges(ranges))


class KeyAt(NamedTuple):
    """Where a key stands: the idempotency key of the wire contract."""

    gateway: str
    lane: Lane
    epoch: str
    seq: int


def load_lane(connection: sqlite3.Connection, gateway: str, lane: Lane) -> LaneBook:
    """The book as committed; a lane that was never heard is empty."""
    book = LaneBook()
    row = connection.execute(
        "SELECT speaker, spoken, clones, arrival_us, through_us, foreign_readings,"
        " live_epoch, live_since_us, live_through_us FROM lane"
        " WHERE gateway = ? AND lane = ?",
        (gateway, lane.value),
    ).fetchone()
    if row is not None:
        book.speaker, spoken, book.clones, book.arrival_us, book.through_us, book.foreign = row[:6]
        book.live = None if row[6] is None else Live(*row[6:])
        book.spoken = set(msgspec.json.decode(spoken, type=list[str]))
    for (text,) in connection.execute(
        "SELECT book FROM epoch WHERE gateway = ? AND lane = ?",
        (gateway, lane.value),
    ):
        epoch = _decoder.decode(text)
        book.epochs[epoch.epoch] = epoch
    return book


def save_lane(connection: sqlite3.Connection, gateway: str, lane: Lane, book: LaneBook) -> None:
    """Write the lane and the epochs that changed since it was loaded."""
    connection.execute(
        "INSERT OR REPLACE INTO lane (gateway, lane, speaker, spoken, clones, arrival_us,"
        " through_us, foreign_readings, live_epoch, live_since_us, live_through_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            gateway,
            lane.value,
            book.speaker,
            msgspec.json.encode(sorted(book.spoken)).decode(),
            book.clones,
            book.arrival_us,
            book.through_us,
            book.foreign,
            *(book.live or (None, None, None)),
        ),
    )
    for name in book.changed:
        _save_epoch(connection, gateway, lane, book.epochs[name])
    book.changed.clear()


def _save_epoch(connection: sqlite3.Connection, gateway: str, lane: Lane, epoch: Epoch) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?)",
        (gateway, lane.value, epoch.epoch, epoch.floor, _encoder.encode(epoch).decode()),
    )
    connection.execute(
        "DELETE FROM digest WHERE gateway = ? AND lane = ? AND epoch = ? AND seq < ?",
        (gateway, lane.value, epoch.epoch, epoch.floor),
    )


def lanes(connection: sqlite3.Connection) -> list[tuple[str, Lane]]:
    """Every (gateway, lane) ever heard."""
    rows = connection.execute("SELECT gateway, lane FROM lane ORDER BY gateway, lane")
    return [(gateway, Lane(lane)) for gateway, lane in rows]


def digest_of(connection: sqlite3.Connection, key: KeyAt) -> tuple[bytes, bool] | None:
    """Digest of the payload that holds the key, and whether it was thinned; None if forgotten."""
    row = connection.execute(
        "SELECT digest, thinned FROM digest"
        " WHERE gateway = ? AND lane = ? AND epoch = ? AND seq = ?",
        key,
    ).fetchone()
    return None if row is None else (row[0], bool(row[1]))


def remember_digest(
    connection: sqlite3.Connection,
    key: KeyAt,
    digest: bytes,
    *,
    thinned: bool,
) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO digest VALUES (?, ?, ?, ?, ?, ?)",
        (*key, digest, thinned),
    )
