"""Readings held because no birth has named their device yet, and counts of those not kept."""

import sqlite3
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from wire.quality import parse_quality
from wire.reading import Reading, Value

HELD_MAXIMUM = 10_000


class NotEvaluated(StrEnum):
    """Why readings that were stored fed no rule."""

    HELD_TOO_MANY = "held_too_many"  # the gateway's room for readings of unnamed devices is full
    UNKNOWN_PROFILE = "unknown_profile"  # the catalogue of this server lacks the device's profile
    ENTRY_FAILED = "entry_failed"  # judging the entry raised an error: set aside, logged


def hold(
    connection: sqlite3.Connection,
    gateway: str,
    readings: Iterable[Reading],
    clock: str,
    maximum: int = HELD_MAXIMUM,
) -> int:
    """Keep them within the gateway's room; what does not fit is counted. Return how many fit."""
    (used,) = connection.execute(
        "SELECT count(*) FROM held WHERE gateway = ?",
        (gateway,),
    ).fetchone()
    every = list(readings)
    fitting = every[: max(0, maximum - used)]
    connection.executemany(
        "INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(gateway, *to_row(one), clock) for one in fitting],
    )
    if len(fitting) < len(every):
        count_not_evaluated(
            connection,
            gateway,
            NotEvaluated.HELD_TOO_MANY,
            len(every) - len(fitting),
        )
    return len(fitting)


def release(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
) -> list[tuple[Reading, str]]:
    """Take out what was held of a device, with the state of the clock, in order of time."""
    rows = connection.execute(
        "DELETE FROM held WHERE gateway = ? AND device = ?"
        " RETURNING device, point, time_us, value, unit, quality, clock",
        (gateway, device),
    ).fetchall()
    return sorted(
        ((from_row(row[:6]), row[6]) for row in rows),
        key=lambda pair: (pair[0].time_us, pair[0].point),
    )


def held_devices(connection: sqlite3.Connection, gateway: str) -> dict[str, int]:
    """The devices that no birth has named, and how many readings of each are held."""
    return dict(
        connection.execute(
            "SELECT device, count(*) FROM held WHERE gateway = ? GROUP BY device",
            (gateway,),
        ).fetchall(),
    )


def count_not_evaluated(
    connection: sqlite3.Connection,
    gateway: str,
    reason: NotEvaluated,
    readings: int,
) -> None:
    connection.execute(
        "INSERT INTO not_evaluated VALUES (?, ?, ?) ON CONFLICT (gateway, reason)"
        " DO UPDATE SET readings = readings + excluded.readings",
        (gateway, reason.value, readings),
    )


def not_evaluated(connection: sqlite3.Connection, gateway: str) -> dict[str, int]:
    """How many readings fed no rule, by reason."""
    return dict(
        connection.execute(
            "SELECT reason, readings FROM not_evaluated WHERE gateway = ?",
            (gateway,),
        ).fetchall(),
    )


Row = tuple[str, str, int, str, str | None, str]


def to_row(reading: Reading) -> Row:
    """(device, point, time_us, value as JSON, unit, quality) as `held` and `sample` keep it."""
    value = msgspec.json.encode(reading.value).decode()
    return (
        reading.device,
        reading.point,
        reading.time_us,
        value,
        reading.unit,
        str(reading.quality),
    )


def from_row(row: Row) -> Reading:
    device, point, time_us, value, unit, quality = row
    return Reading(
        device,
        point,
        time_us,
        msgspec.json.decode(value, type=Value | None),
        unit,
        parse_quality(quality),
    )
