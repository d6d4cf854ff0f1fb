"""Samples, rule states and episodes: what the watcher needs to fold late data in, as rows."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest_server.db.held import from_row, to_row
from wire.reading import Reading


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading (UTC us) and how far its time may be trusted."""

    reading: Reading
    clock: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Where a rule of a device stands. `state` and `marks` are the watcher's own JSON."""

    gateway: str
    device: str
    rule: str
    definition: str
    state: bytes
    last_us: int
    base_us: int
    due_us: int | None
    marks: bytes


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode and the alarm that shows it."""

    start_us: int
    end_us: int | None
    alarm_id: str
    learned_us: int
    withdrawn: bool = False


def add_samples(connection: sqlite3.Connection, gateway: str, kept: Iterable[Kept]) -> list[Kept]:
    """Keep them; return those that were not there yet (the first of a doubled one stays)."""
    return [
        one
        for one in kept
        if connection.execute(
            "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (gateway, *to_row(one.reading), one.clock),
        ).rowcount
    ]


def samples_after(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    points: Sequence[str],
    after_us: int,
) -> list[Kept]:
    """Samples of these points (empty: of all) later than `after_us`, by time and point."""
    marks = f" AND point IN ({', '.join('?' * len(points))})" if points else ""
    rows = connection.execute(
        "SELECT device, point, time_us, value, unit, quality, clock FROM sample"  # noqa: S608 - marks only
        f" WHERE gateway = ? AND device = ? AND time_us > ?{marks} ORDER BY time_us, point",
        (gateway, device, after_us, *points),
    )
    return [Kept(from_row(row[:6]), row[6]) for row in rows]


def prune_samples(connection: sqlite3.Connection, gateway: str, device: str) -> int:
    """Forget the samples that no rule of the device folds any more; return how many."""
    return connection.execute(
        "DELETE FROM sample WHERE gateway = ?1 AND device = ?2 AND time_us <="
        " (SELECT min(base_us) FROM evaluation WHERE gateway = ?1 AND device = ?2)",
        (gateway, device),
    ).rowcount


_EVALUATION = "SELECT * FROM evaluation"


def find_evaluation(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    rule: str,
) -> Evaluation | None:
    row = connection.execute(
        f"{_EVALUATION} WHERE gateway = ? AND device = ? AND rule = ?",
        (gateway, device, rule),
    ).fetchone()
    return None if row is None else Evaluation(*row)


def due_evaluations(
    connection: sqlite3.Connection,
    gateway: str,
    through_us: int,
) -> list[Evaluation]:
    """Those that time alone changes at or before `through_us`."""
    rows = connection.execute(
        f"{_EVALUATION} WHERE gateway = ? AND due_us <= ? ORDER BY device, rule",
        (gateway, through_us),
    )
    return [Evaluation(*row) for row in rows]


def write_evaluation(connection: sqlite3.Connection, one: Evaluation) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO evaluation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.gateway,
            one.device,
            one.rule,
            one.definition,
            one.state,
            one.last_us,
            one.base_us,
            one.due_us,
            one.marks,
        ),
    )


def episodes_after(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    rule: str,
    after_us: int,
) -> list[EpisodeRow]:
    """Episodes that go on after this source time, withdrawn ones not among them."""
    rows = connection.execute(
        "SELECT start_us, end_us, alarm_id, learned_us FROM episode WHERE gateway = ?"
        " AND device = ? AND rule = ? AND withdrawn = 0 AND (end_us IS NULL OR end_us > ?)"
        " ORDER BY start_us",
        (gateway, device, rule, after_us),
    )
    return [EpisodeRow(*row) for row in rows]


def write_episode(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    rule: str,
    row: EpisodeRow,
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO episode VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            gateway,
            device,
            rule,
            row.start_us,
            row.end_us,
            row.alarm_id,
            row.learned_us,
            row.withdrawn,
        ),
    )


def forget_episode(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    rule: str,
    start_us: int,
) -> None:
    """Take a row away whose start has moved: `write_episode` writes it under the new one."""
    connection.execute(
        "DELETE FROM episode WHERE gateway = ? AND device = ? AND rule = ? AND start_us = ?",
        (gateway, device, rule, start_us),
    )
